// The client's calls, from its events: one record for each call, with its attempts, waits and retries in their order.
import type { ClientEvent } from 'okta-groups/external';

/** What happened to a call, in the order in which it happened. */
export type CallStep =
  | {
      /** The client held the call back for the rate limit. */
      readonly kind: 'wait';
      /** Epoch milliseconds. */
      readonly at: number;
      readonly bucket: string;
      readonly reason: 'remaining' | 'reserve' | 'concurrency';
      /** When the wait ends, epoch milliseconds; `undefined` where that is not known. */
      readonly until: number | undefined;
    }
  | {
      /** The call was sent. */
      readonly kind: 'attempt';
      readonly at: number;
      /** From 1. */
      readonly number: number;
      /** Status of the answer, from its headers on. */
      readonly status?: number;
      /** From sending to the end of the body; `undefined` while the body has not ended. */
      readonly durationMs?: number;
      readonly requestId?: string;
      /** Why the attempt failed: there was no answer, or the answer leads to a retry. */
      readonly failure?: string;
      /** The client sends the call again after so many milliseconds; 0 if the rate limit alone decides when. */
      readonly retryMs?: number;
    }
  | {
      /** The list goes on with smaller pages. */
      readonly kind: 'shrink';
      readonly at: number;
      readonly from: number;
      readonly to: number;
    };

/** An attempt of a call. */
export type CallAttempt = Extract<CallStep, { kind: 'attempt' }>;

/** A call. A record is never changed; a change makes another record. */
export interface LoggedCall {
  /** Number of the call. */
  readonly id: string;
  readonly method: string;
  /** Path without host and query. */
  readonly path: string;
  /** Query of the last attempt, with its `?`; `''` without one. */
  readonly query: string;
  /** JSON that the last attempt sent. */
  readonly body: string | undefined;
  /** When it was first heard of, epoch milliseconds. */
  readonly at: number;
  readonly steps: readonly CallStep[];
}

/** The part of the middleware's request that the log reads. */
export interface SentRequest {
  readonly method: string;
  readonly url: URL;
  readonly body?: string | undefined;
}

/** What came of an attempt, as the middleware sees it: the status of an answer, or what was thrown in place of one. */
export type SentOutcome = { readonly status: number } | { readonly error: unknown };

/** Why an attempt has no whole answer, in words. */
const NO_ANSWER = {
  connection: 'the connection failed before the answer was complete',
  timeout: 'the client timed out before the answer was complete',
  'too-large': 'the client refused the answer: it is too large',
  aborted: 'the call was aborted',
};

/** Waits and attempts that one call keeps: a call that waits behind others hears of each of its turns. */
const STEPS = 50;

/**
 * The last calls of the client.
 *
 * The event `request` and the middleware of the same attempt run one right after the other, in the same task; an event
 * handler that itself begins a call runs that call's two between them. So the request belongs to the last event that no
 * request has yet, and no two calls are taken for one another, however alike they are.
 */
export class CallLog {
  readonly #now: () => number;
  readonly #kept: number;
  /** By id, the oldest first. */
  readonly #calls = new Map<string, LoggedCall>();
  /** Attempts that were told and have no request yet, the newest last. */
  #told: { id: string; number: number; method: string; path: string }[] = [];
  /** The call that the last event was about: an event without an id follows one of its call. */
  #last: string | undefined;
  #list: readonly LoggedCall[] | undefined = [];
  #version = 0;

  /**
   * @param now - The clock: `Date.now`.
   * @param kept - Calls that are kept; older ones are forgotten.
   */
  constructor(now: () => number, kept = 500) {
    this.#now = now;
    this.#kept = kept;
  }

  /** Counts changes. */
  get version(): number {
    return this.#version;
  }

  /** The calls, the newest first. The array is made when it is asked for, once for each version. */
  get list(): readonly LoggedCall[] {
    return (this.#list ??= [...this.#calls.values()].reverse());
  }

  get(id: string): LoggedCall | undefined {
    return this.#calls.get(id);
  }

  /** Forgets all calls; the rest of a call that is under way is not told any more. */
  clear(): void {
    this.#calls.clear();
    this.#changed();
  }

  /** Takes note of an event of the client. */
  note(event: ClientEvent): void {
    const at = this.#now();
    switch (event.type) {
      case 'request': {
        const { id, method, path, attempt: number } = event;
        this.#told.push({ id, number, method, path });
        if (this.#told.length > 8) this.#told.shift();
        const call = this.#calls.get(id) ?? this.#begun(id, at);
        // An id is counted anew by another client: the record of another call is not continued.
        const isOther = number === 1 && call.steps.some(({ kind }) => kind === 'attempt');
        if (isOther) this.#calls.delete(id);
        this.#put(
          { ...(isOther ? this.#begun(id, at) : call), method, path },
          { kind: 'attempt', at, number },
        );
        return;
      }
      case 'response': {
        const { id, status, durationMs, requestId } = event;
        this.#attempt(id, undefined, (attempt) => ({
          ...attempt,
          status,
          durationMs,
          ...(requestId !== undefined && { requestId }),
        }));
        return;
      }
      case 'no-answer': {
        const { id, attempt: number, reason } = event;
        this.#attempt(id, number, (attempt) => ({
          ...attempt,
          failure: attempt.failure ?? NO_ANSWER[reason],
        }));
        return;
      }
      case 'retry': {
        const { id, attempt: number, delayMs, error } = event;
        this.#attempt(id, number, (attempt) => ({ ...attempt, failure: error.message, retryMs: delayMs }));
        return;
      }
      case 'throttle': {
        const { id, bucket, reason, waitMs } = event;
        const until = waitMs === undefined ? undefined : at + waitMs;
        const call = this.#calls.get(id) ?? this.#begun(id, at);
        const last = call.steps.at(-1);
        const same = last?.kind === 'wait' && last.bucket === bucket && last.reason === reason;
        // The call hears of the same wait at each of its turns: that is one wait, from its first turn on.
        const wait: CallStep = { kind: 'wait', at: same ? last.at : at, bucket, reason, until };
        this.#put(same ? { ...call, steps: call.steps.slice(0, -1) } : call, wait);
        return;
      }
      case 'page-shrink': {
        const call = this.#last === undefined ? undefined : this.#calls.get(this.#last);
        const { from, to, path } = event;
        if (call?.path === path) this.#put(call, { kind: 'shrink', at, from, to });
      }
    }
  }

  /** Takes note of the middleware's request. What it gives takes note of what came of the attempt. */
  sent({ method, url, body }: SentRequest): (outcome: SentOutcome) => void {
    let told;
    do told = this.#told.pop();
    while (told && (told.method !== method || told.path !== url.pathname));
    const call = told && this.#calls.get(told.id);
    if (!told || !call) return () => undefined;
    this.#put({ ...call, query: url.search, body });
    const { id, number } = told;
    return (outcome) => {
      this.#attempt(id, number, (attempt) => {
        if (attempt.failure !== undefined || attempt.durationMs !== undefined) return attempt;
        if ('status' in outcome) return { ...attempt, status: outcome.status };
        return { ...attempt, failure: wordsOf(outcome.error) };
      });
    };
  }

  #begun(id: string, at: number): LoggedCall {
    return { id, method: '', path: '', query: '', body: undefined, at, steps: [] };
  }

  #put(call: LoggedCall, step?: CallStep): void {
    this.#last = call.id;
    this.#calls.set(call.id, step ? { ...call, steps: [...call.steps, step].slice(-STEPS) } : call);
    if (this.#calls.size > this.#kept) {
      for (const id of this.#calls.keys()) {
        this.#calls.delete(id);
        break;
      }
    }
    this.#changed();
  }

  /** Changes an attempt of a call: the last one without a `number`. */
  #attempt(id: string, number: number | undefined, change: (attempt: CallAttempt) => CallAttempt): void {
    this.#last = id;
    const call = this.#calls.get(id);
    if (!call) return;
    for (let at = call.steps.length - 1; at >= 0; at--) {
      const step = call.steps[at];
      if (step?.kind !== 'attempt' || (number !== undefined && step.number !== number)) continue;
      const changed = change(step);
      if (changed !== step) this.#put({ ...call, steps: call.steps.with(at, changed) });
      return;
    }
  }

  #changed(): void {
    this.#list = undefined;
    this.#version++;
  }
}

function wordsOf(error: unknown): string {
  const { name, message } = (error ?? {}) as { name?: unknown; message?: unknown };
  if (name === 'AbortError') return 'the call was aborted';
  return typeof message === 'string' && message !== '' ? message : String(error);
}

/** How many requests were sent in each of the last seconds. */
export class Pace {
  readonly #counts: Uint32Array;
  #second = 0;

  /** @param seconds - Seconds that are kept. */
  constructor(seconds = 180) {
    this.#counts = new Uint32Array(seconds);
  }

  #goTo(now: number): void {
    const second = Math.floor(now / 1000);
    const { length } = this.#counts;
    // Time may have stood still, or gone back by a change of the clock.
    const gone = Math.min(length, Math.max(0, second - this.#second));
    for (let at = 1; at <= gone; at++) this.#counts[(second - gone + at) % length] = 0;
    this.#second = Math.max(second, this.#second);
  }

  /** One request was sent at `now`, epoch milliseconds. */
  count(now: number): void {
    this.#goTo(now);
    const at = this.#second % this.#counts.length;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
  }

  /** The counts by second, the second of `now` last. */
  series(now: number): number[] {
    this.#goTo(now);
    const { length } = this.#counts;
    return Array.from({ length }, (_, at) => this.#counts[(this.#second + 1 + at) % length] ?? 0);
  }
}
