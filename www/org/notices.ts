// The changes that were made through this page, and the notices that say them. What makes changes is in changes.ts, which loads
// with the screens that write.
import { signal } from '@preact/signals';

import type { Change as Made } from '../model/history.ts';

/** A change as the model describes it: in words, and the write that undoes it as data. */
export type { Change as Made } from '../model/history.ts';

/** How a change is undone. */
export interface Undo {
  /** What comes of it, if it differs from what was: "She comes back as a member by hand, not by the rule". */
  note?: string;
  /** The inverse write. What it gives is recorded as a change of its own, unless it is recorded already. */
  run(signal: AbortSignal): Promise<Made | Done | Change | undefined>;
  /** Reads whether it was done, after a lost answer. It throws where nobody knows. */
  look?(signal: AbortSignal): Promise<Made | Done | undefined>;
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
  /** A problem stays until it is dismissed. A write that is under way has `null`, and stays until it ends. */
  error?: unknown;
  /** Ends the write that is under way. */
  cancel?: () => void;
}
export const notices = signal<readonly Notice[]>([]);

let last = 0;

function show(notice: Notice): void {
  const all = [...notices.value, notice];
  const passing = all.filter(({ error }) => error === undefined);
  const gone = new Set(passing.slice(0, Math.max(0, passing.length - SHOWN)));
  notices.value = all.filter((each) => !gone.has(each));
}

/** Puts a change that was made into the history, and says it. */
export function add(done: Done): Change {
  const change: Change = { ...done, id: ++last, at: Date.now(), state: 'done' };
  changes.value = [change, ...changes.value];
  show({ id: change.id, change });
  recorded.value = change;
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

/** Undoes a change once, by its inverse write. Tells itself what fails. */
export async function undo(change: Change): Promise<void> {
  try {
    await (await import('./changes.ts')).runUndo(change);
  } catch (error) {
    // The part of the console that writes did not come.
    warn(`Could not undo: ${change.text}.`, error);
  }
}
