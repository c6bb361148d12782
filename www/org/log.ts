// What the client did, from its events, as signals: requests with their attempts and waits, and what the limits leave.
import { computed, signal } from '@preact/signals';
import type { ClientEvent, MiddlewareRequest } from 'okta-groups/external';

import type { CallLog, LoggedCall, Pace, SentOutcome } from '../model/calls.ts';

export type { LoggedCall };

/** The signals follow the events at most this often, in milliseconds: 500 pages make few drawings. */
const DRAW_MS = 100;

/** The log loads after the first request; what came before it is put in with its time then. */
let made: { log: CallLog; pace: Pace } | undefined;
let early: (() => void)[] = [];
/** Calls that wait for the log; a page without it keeps no more. */
const EARLY = 5_000;
let time: number | undefined;

function tell(run: (log: CallLog, pace: Pace) => void): void {
  if (made) run(made.log, made.pace);
  else if (early.length < EARLY) {
    const at = Date.now();
    early.push(() => {
      time = at;
      if (made) run(made.log, made.pace);
    });
  }
}

/** Loads the log, for a screen that shows it: requests without any answer are told, too. */
export async function load(): Promise<void> {
  const { CallLog, Pace } = await import('../model/calls.ts');
  if (made) return;
  made = { log: new CallLog(() => time ?? Date.now()), pace: new Pace() };
  for (const run of early) run();
  time = undefined;
  early = [];
  draw();
}

/** The calls, the newest first. A call's record is replaced when it changes. */
export const calls = signal<readonly LoggedCall[]>([]);

/** A wait for the rate limit: until when (by `Date.now()`), and of which bucket. */
export interface Wait {
  bucket: string;
  until: number;
}
export const waits = signal<readonly Wait[]>([]);

/** The last call that waits for a second or longer before the client sends it again, with the status of its last answer. */
export const retry = signal<{ id: string; until: number; status: number | undefined } | undefined>(undefined);

/** Grows after answers: the gauge reads the client's limits anew then. */
export const answers = signal(0);

let answered = false;
let drawing: ReturnType<typeof setTimeout> | undefined;

function draw(): void {
  drawing ??= setTimeout(() => {
    drawing = undefined;
    if (made) calls.value = made.log.list;
    if (answered) answers.value++;
    answered = false;
  }, DRAW_MS);
}

/** How many requests were sent in each of the last seconds, the present one last. */
export const paceNow = (): number[] => made?.pace.series(Date.now()) ?? [];

/** A request is about to be sent. What this gives takes note of what came of it. */
export function noteRequest(request: MiddlewareRequest): (outcome: SentOutcome) => void {
  let told: ((outcome: SentOutcome) => void) | undefined;
  tell((log) => (told = log.sent(request)));
  draw();
  return (outcome) => {
    tell(() => told?.(outcome));
    draw();
    // Without the log the page goes on; the next request asks for it again.
    if (!made) load().catch(() => undefined);
  };
}

export function noteEvent(event: ClientEvent): void {
  tell((log, pace) => {
    log.note(event);
    if (event.type === 'request') pace.count(time ?? Date.now());
  });
  draw();
  switch (event.type) {
    case 'response':
      answered = true;
      return;
    case 'request':
      if (retry.value?.id === event.id) retry.value = undefined;
      return;
    case 'retry': {
      const { id, delayMs, error } = event;
      const { status } = error as { status?: number };
      if (delayMs >= 1000) retry.value = { id, until: Date.now() + delayMs, status };
      return;
    }
    case 'throttle':
      // The end of a wait for another request's answer is not known.
      if (event.waitMs !== undefined) waitFor(event.bucket, event.waitMs);
  }
}

/** Forgets the calls. */
export function clearCalls(): void {
  early = [];
  made?.log.clear();
  calls.value = made?.log.list ?? [];
}

function waitFor(bucket: string, ms: number): void {
  const until = Date.now() + ms;
  waits.value = [...waits.value.filter((wait) => wait.bucket !== bucket), { bucket, until }];
  setTimeout(() => {
    waits.value = waits.value.filter((wait) => wait.until > Date.now());
  }, ms + 50);
}

/** The longest wait that is under way, if it is worth a word (a second). */
export const longestWait = computed(() => {
  const [first] = [...waits.value].sort((a, b) => b.until - a.until);
  return first && first.until - Date.now() > 1000 ? first : undefined;
});
