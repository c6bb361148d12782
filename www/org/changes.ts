// What was changed through this page: said in a notice, kept in the history, undone by the inverse write.
import { isOktaError } from 'okta-groups/external';

import { changeText, inverseOf } from '../model/history.ts';
import type { Change as Made } from '../model/history.ts';
import { membersChanged, removed } from './groups.ts';
import { noteMemberships } from './memberships.ts';
import { add, changes, dismiss, notices, say, warn } from './notices.ts';
import type { Change, Done } from './notices.ts';
import { asPerson } from './person.ts';
import { noteRefusedWrite } from './rights.ts';
import { theClient } from './session.ts';

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
        run: async (signal) => (await import('./writes.ts')).send(theClient(), inverse, becomes, signal),
        look: async (signal) => (await import('./writes.ts')).look(theClient(), inverse, becomes, signal),
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
/** Errors of writes that ended before their answer, and which the org did not show when it was read afterwards. */
const unseen = new WeakSet<object>();

/** Whether nobody knows if the write that failed was done. */
export const mayHaveRun = (error: unknown): boolean =>
  isOktaError(error) && error.mayHaveRun === true && !notDone.has(error);

/** Why nobody knows if a write was done: see {@link mayHaveRun}. */
export function whyUnknown(error: unknown): string {
  const why = isOktaError(error, 'aborted')
    ? 'You cancelled after the request was sent'
    : 'The answer was lost';
  return unseen.has(error as object) ? `${why}, and the org does not show the change so far` : why;
}

/** Says that something "was not …" done, or that nobody knows it. */
export function failure(error: unknown, words: string): string {
  if (!mayHaveRun(error)) return words;
  return `${whyUnknown(error)}, so it is not known whether this was done. ${words.replace(' was not ', ' may not have been ')}`;
}

/** A write that is under way. */
export interface Going {
  /** `looking`: the answer was lost or not waited for, and the console reads what the org has. */
  readonly state: 'sending' | 'cancelled' | 'looking';
  /** Ends the write, or the look after it. */
  cancel(): void;
}

/** The states of a write that is under way, in words. */
export const GOING_WORDS: Readonly<Record<Going['state'], string>> = {
  sending: 'Waiting',
  cancelled: 'Cancelling',
  looking: 'Looking whether this was done',
};

/** When a write that no dialog shows gets a notice with *Cancel*, in milliseconds. */
const HELD_AFTER = 1000;

let lastHeld = 0;

/** Shows a write that takes long in a notice. */
function inNotice(text: string): (going: Going | undefined) => void {
  const id = --lastHeld;
  let last: Going | undefined;
  const draw = () => {
    const others = notices.value.filter((notice) => notice.id !== id);
    if (!last) {
      if (others.length < notices.value.length) notices.value = others;
      return;
    }
    const { state, cancel } = last;
    notices.value = [...others, { id, text: `${GOING_WORDS[state]}: ${text}.`, error: null, cancel }];
  };
  const timer = setTimeout(draw, HELD_AFTER);
  return (going) => {
    last = going;
    if (!going) clearTimeout(timer);
    if (!going || notices.value.some((notice) => notice.id === id)) draw();
  };
}

/**
 * Runs a write and records what it did. A failure is thrown to whoever shows it; a 403 makes the console read-only. A write that
 * waits for the rate limit, a retry or an answer can be cancelled: then the failure says whether it may have run all the same.
 *
 * @param text - What is to be done, in words: "Add Ana Li to Payroll".
 * @param run - Gives nothing where nothing was changed.
 * @param look - Reads what is there after the answer of the write was lost: gives the change if it was made, nothing if not. See
 * {@link mayHaveRun} for the error that is thrown.
 * @param show - Shows the write while it is under way, with a way to cancel. By itself a notice does, once it takes a second.
 */
export async function write(
  text: string,
  run: (signal: AbortSignal) => Promise<Done | Made | Change | undefined>,
  look?: (signal: AbortSignal) => Promise<Done | Made | undefined>,
  show: (going: Going | undefined) => void = inNotice(text),
): Promise<Change | undefined> {
  const begin = (state: 'sending' | 'looking'): AbortSignal => {
    const turn = new AbortController();
    const cancel = () => {
      show({ state: 'cancelled', cancel });
      turn.abort();
    };
    show({ state, cancel });
    return turn.signal;
  };
  const sent = begin('sending');
  try {
    const done = await asPerson(() => run(sent));
    return done && ('id' in done ? done : record(done));
  } catch (error) {
    noteRefusedWrite(error);
    // Whoever shows the failure says why, and the way on.
    if (isOktaError(error, 'aborted')) {
      const summary = error.mayHaveRun ? 'read again later to see it.' : 'you cancelled it.';
      Object.assign(error, { summary });
    }
    if (!look || !mayHaveRun(error)) throw error;
    let done: Done | Made | undefined;
    const read = begin('looking');
    try {
      done = await asPerson(() => look(read));
    } catch {
      throw error;
    }
    if (done) return record(done);
    // The org may still do what was sent and not waited for.
    const isOver = !isOktaError(error, 'aborted') && !isOktaError(error, 'timeout');
    (isOver ? notDone : unseen).add(error as object);
    throw error;
  } finally {
    show(undefined);
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
    // A bulk run shows itself how far it is, with *Stop*.
    const done = await write(`Undo “${current.text}”`, run, look, look ? undefined : () => undefined);
    if (!done) say(`The org has that state already, so nothing was changed to undo: ${current.text}.`);
    put('undone');
  } catch (error) {
    put('done');
    if (error instanceof NotUndone)
      say(`${error.isPartial ? 'Undone in part' : 'Not undone'}. ${error.message}`);
    else {
      const words = mayHaveRun(error) ? 'This may or may not be undone' : 'Could not undo';
      warn(`${words}: ${current.text}.`, error);
    }
  }
}

/** An undo that would take back what others did meanwhile, or that did not come to its end. */
export class NotUndone extends Error {
  constructor(
    message: string,
    readonly isPartial = false,
  ) {
    super(message);
  }
}
