// What was changed through this page: said in a notice, kept in the history, undone by the inverse write.
import { isOktaError } from 'okta-groups/external';

import { changeText, inverseOf } from '../model/history.ts';
import type { Change as Made } from '../model/history.ts';
import { membersChanged, removed } from './groups.ts';
import { noteMemberships } from './memberships.ts';
import { add, changes, dismiss, say, warn } from './notices.ts';
import type { Change, Done } from './notices.ts';
import { asPerson } from './person.ts';
import { noteRefusedWrite, theClient } from './session.ts';

export * from './notices.ts';

/** A change of the model in words, with its undo. */
function doneOf(made: Made): Done {
  const { write: inverse, becomes, note, reason } = inverseOf(made);
  return {
    text: changeText(made),
    made,
    ...('group' in made && { groupId: made.group.id }),
    ...(reason !== undefined && { final: reason }),
    ...(inverse && {
      undo: {
        ...(note !== undefined && { note }),
        run: async () => (await import('./writes.ts')).send(theClient(), inverse, becomes),
        look: async () => (await import('./writes.ts')).look(theClient(), inverse, becomes),
      },
    }),
  };
}

/** Records what a write did, says it, and takes note of it in the lists of groups. */
export function record(done: Done | Made): Change {
  const all = 'kind' in done ? doneOf(done) : done;
  const change = add(all);
  const { made } = all;
  if (made) noteMemberships(made);
  switch (made?.kind) {
    case 'member-added':
    case 'member-removed':
      membersChanged(made.group.id, made.kind === 'member-added' ? 1 : -1);
      break;
    case 'members-changed':
      membersChanged(made.group.id, made.added.length - made.removed.length);
      break;
    case 'group-deleted':
      removed(made.group.id);
  }
  return change;
}

/** Errors of writes whose answer was lost, and which were not done, as reading showed. */
const notDone = new WeakSet<object>();

/** Whether nobody knows if the write that failed was done. */
export const mayHaveRun = (error: unknown): boolean =>
  isOktaError(error) && error.mayHaveRun === true && !notDone.has(error);

/**
 * Runs a write and records what it did. A failure is thrown to whoever shows it; a 403 makes the console read-only.
 *
 * @param run - Gives nothing where nothing was changed.
 * @param look - Reads what is there after the answer of the write was lost: gives the change if it was made, nothing if not. See
 * {@link mayHaveRun} for the error that is thrown.
 */
export async function write(
  run: () => Promise<Done | Made | undefined>,
  look?: () => Promise<Done | Made | undefined>,
): Promise<Change | undefined> {
  try {
    const done = await asPerson(run);
    return done && record(done);
  } catch (error) {
    noteRefusedWrite(error);
    if (!look || !mayHaveRun(error)) throw error;
    let done: Done | Made | undefined;
    try {
      done = await look();
    } catch {
      throw error;
    }
    if (done) return record(done);
    notDone.add(error as object);
    throw error;
  }
}

/** Does what `undo` of notices.ts asks for. Tells itself what fails. */
export async function runUndo(change: Change): Promise<void> {
  const current = changes.value.find(({ id }) => id === change.id);
  if (!current?.undo || current.state !== 'done') return;
  const put = (state: Change['state']) => {
    changes.value = changes.value.map((each) => (each.id === change.id ? { ...each, state } : each));
  };
  put('undoing');
  dismiss(change.id);
  const { run, look } = current.undo;
  try {
    const done = await write(
      () => run(new AbortController().signal),
      look && (() => look(new AbortController().signal)),
    );
    if (!done) say(`The org has that state already, so nothing was changed to undo: ${current.text}.`);
    put('undone');
  } catch (error) {
    put('done');
    if (error instanceof NotUndone) say(`Not undone. ${error.message}`);
    else {
      const words = mayHaveRun(error) ? 'This may or may not be undone' : 'Could not undo';
      warn(`${words}: ${current.text}.`, error);
    }
  }
}

/** An undo that would take back what others did meanwhile. */
export class NotUndone extends Error {}
