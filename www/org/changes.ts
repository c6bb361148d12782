// What was changed through this page: said in a notice, kept in the history, undone by the inverse write.
import { signal } from '@preact/signals';
import { isOktaError } from 'okta-groups/external';

import { changeText, inverseOf } from '../model/history.ts';
import type { Change as Made } from '../model/history.ts';
import { membersChanged, removed } from './groups.ts';
import { asPerson } from './person.ts';
import { noteRefusedWrite, theClient } from './session.ts';

/** A change as the model describes it: in words, and the write that undoes it as data. */
export type { Change as Made } from '../model/history.ts';

/** How a change is undone. */
export interface Undo {
  /** What comes of it, if it differs from what was: "She comes back as a member by hand, not by the rule". */
  note?: string;
  /** The inverse write. What it gives is recorded as a change of its own, also by a failure that is thrown after it. */
  run(signal: AbortSignal): Promise<Made | Done | undefined>;
}

/** What a write did, as it happened. Writes that the model describes give a {@link Made} in place of it. */
export interface Done {
  /** In words, past tense: "Removed Ana Li from Payroll". */
  text: string;
  /** The group that it is about. */
  groupId?: string;
  /** Not given where nothing can be undone. */
  undo?: Undo;
  /** Why it cannot be undone. */
  final?: string;
  /** The change, where the model describes it. */
  made?: Made;
}

export interface Change extends Done {
  id: number;
  /** By `Date.now()`. */
  at: number;
  state: 'done' | 'undoing' | 'undone';
}

/** How long a notice stays, in milliseconds, unless it is pointed at or focused. */
export const NOTICE_MS = 10_000;

/** Notices that are shown at once: an older one that tells of no problem goes. */
const SHOWN = 4;

/** The changes, the newest first, in memory alone: a reload forgets them. */
export const changes = signal<readonly Change[]>([]);

/** The change that was recorded last. Screens follow it, whoever made it: a form, a bulk run, an undo. */
export const recorded = signal<Change | undefined>(undefined);

/** What the notices show: changes and problems. */
export interface Notice {
  id: number;
  change?: Change;
  /** Text of a notice that is about no change. */
  text?: string;
  /** A problem stays until it is dismissed. */
  error?: unknown;
}
export const notices = signal<readonly Notice[]>([]);

let last = 0;

function show(notice: Notice): void {
  const all = [...notices.value, notice];
  const passing = all.filter(({ error }) => error === undefined);
  const gone = new Set(passing.slice(0, Math.max(0, passing.length - SHOWN)));
  notices.value = all.filter((each) => !gone.has(each));
}

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
      },
    }),
  };
}

/** Records what a write did, says it, and takes note of it in the lists of groups. */
export function record(done: Done | Made): Change {
  const all = 'kind' in done ? doneOf(done) : done;
  const change: Change = { ...all, id: ++last, at: Date.now(), state: 'done' };
  changes.value = [change, ...changes.value];
  show({ id: change.id, change });
  recorded.value = change;
  const { made } = all;
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

/** Says something that changed nothing: "Ana Li is a member already". */
export function say(text: string): void {
  show({ id: ++last, text });
}

/** Tells a failure whose own place is gone. It stays until it is dismissed. */
export function warn(text: string, error?: unknown): void {
  show({ id: ++last, text, error });
}

export function dismiss(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id);
}

/** Forgets the history and the notices: another org, or another sign-in. */
export function forgetChanges(): void {
  changes.value = [];
  notices.value = [];
  recorded.value = undefined;
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

/** Undoes a change once, by its inverse write. Tells itself what fails. */
export async function undo(change: Change): Promise<void> {
  const current = changes.value.find(({ id }) => id === change.id);
  if (!current?.undo || current.state !== 'done') return;
  const put = (state: Change['state']) => {
    changes.value = changes.value.map((each) => (each.id === change.id ? { ...each, state } : each));
  };
  put('undoing');
  dismiss(change.id);
  const { run } = current.undo;
  try {
    await write(() => run(new AbortController().signal));
    put('undone');
  } catch (error) {
    put('done');
    warn(
      `${mayHaveRun(error) ? 'This may or may not be undone' : 'Could not undo'}: ${current.text}.`,
      error,
    );
  }
}
