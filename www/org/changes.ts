// What was changed through this page: said in a notice, kept in the history, undone by the inverse write.
import { signal } from '@preact/signals';

import { noteRefusedWrite } from './session.ts';

/** How a change is undone. */
export interface Undo {
  /** What comes of it, if it differs from what was: "She comes back as a member by hand, not by the rule". */
  note?: string;
  /** The inverse write. What it gives is recorded as a change of its own. */
  run(signal: AbortSignal): Promise<Done>;
}

/** What a write did, as it happened. */
export interface Done {
  /** In words, past tense: "Removed Ana Li from Payroll". */
  text: string;
  /** The group that it is about. */
  groupId?: string;
  /** Not given where nothing can be undone. */
  undo?: Undo;
}

export interface Change extends Done {
  id: number;
  /** By `Date.now()`. */
  at: number;
  state: 'done' | 'undoing' | 'undone';
}

/** How long a notice stays, in milliseconds, unless it is pointed at or focused. */
export const NOTICE_MS = 10_000;

/** The changes, the newest first, in memory alone: a reload forgets them. */
export const changes = signal<readonly Change[]>([]);

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

/** Records what a write did, and says it. */
export function record(done: Done): Change {
  const change: Change = { ...done, id: ++last, at: Date.now(), state: 'done' };
  changes.value = [change, ...changes.value];
  notices.value = [...notices.value, { id: change.id, change }];
  return change;
}

/** Says something that changed nothing: "Ana Li is a member already". */
export function say(text: string): void {
  notices.value = [...notices.value, { id: ++last, text }];
}

/** Tells a failure whose own place is gone. It stays until it is dismissed. */
export function warn(text: string, error?: unknown): void {
  notices.value = [...notices.value, { id: ++last, text, error }];
}

export function dismiss(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id);
}

/**
 * Runs a write and records what it did. A failure is thrown to whoever shows it; a 403 makes the console read-only.
 * `run` gives nothing where nothing was changed.
 */
export async function write(run: () => Promise<Done | undefined>): Promise<Change | undefined> {
  try {
    const done = await run();
    return done && record(done);
  } catch (error) {
    noteRefusedWrite(error);
    throw error;
  }
}

/** Undoes a change once, by its inverse write. */
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
    warn(`Could not undo: ${current.text}`, error);
  }
}
