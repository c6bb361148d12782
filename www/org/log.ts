// What the client did, from its events: requests with their tries and waits, and what the limits leave.
import { computed, signal } from '@preact/signals';
import type { ClientEvent, MiddlewareRequest } from 'okta-groups/external';

/** One call, with all its attempts. */
export interface LoggedCall {
  /** Number of the call. */
  id: string;
  method: string;
  /** Path without host and query. */
  path: string;
  /** Path and query of the last attempt. */
  url: string;
  /** Body of the request; profiles and rules, never a secret. */
  body?: string | undefined;
  /** When its first attempt was sent, by `Date.now()`. */
  at: number;
  attempts: number;
  /** Status of the last answer. */
  status?: number;
  durationMs?: number;
  requestId?: string;
  /** Waits and retries, in words. */
  notes: string[];
}

/** Calls beyond these are forgotten, the oldest first. */
const KEPT = 500;

/** The calls, the newest first. A call's object is replaced when it changes. */
export const calls = signal<readonly LoggedCall[]>([]);

/** A wait for the rate limit: until when (by `Date.now()`), and of which bucket. */
export interface Wait {
  bucket: string;
  until: number;
}
export const waits = signal<readonly Wait[]>([]);

/** Grows with each answer: the gauge reads the client's limits anew then. */
export const answers = signal(0);

const changed = (id: string, change: (call: LoggedCall) => LoggedCall): void => {
  calls.value = calls.value.map((call) => (call.id === id ? change(call) : call));
};

let latest: Pick<MiddlewareRequest, 'method' | 'url' | 'body'> | undefined;

/** A request is about to be sent: the client's middleware runs right before the event of its attempt, or right after. */
export function noteRequest({ method, url, body }: MiddlewareRequest): void {
  latest = { method, url: new URL(url), body };
  const { pathname, search } = latest.url;
  const call = calls.value.find(
    (each) =>
      each.status === undefined && each.method === method && each.url === each.path && each.path === pathname,
  );
  if (call) changed(call.id, (old) => ({ ...old, url: pathname + search, body }));
}

export function noteEvent(event: ClientEvent): void {
  switch (event.type) {
    case 'request': {
      const { id, method, path, attempt } = event;
      if (calls.value.some((call) => call.id === id)) {
        changed(id, (call) => ({ ...call, attempts: attempt }));
        return;
      }
      const call: LoggedCall = { id, method, path, url: path, at: Date.now(), attempts: attempt, notes: [] };
      calls.value = [call, ...calls.value].slice(0, KEPT);
      return;
    }
    case 'response': {
      const { id, status, durationMs, requestId } = event;
      changed(id, (call) => ({
        ...call,
        status,
        durationMs,
        ...(requestId !== undefined && { requestId }),
      }));
      answers.value++;
      return;
    }
    case 'retry': {
      const { id, error, delayMs } = event;
      changed(id, (call) => ({
        ...call,
        notes: [...call.notes, `${error.message}; retried after ${Math.round(delayMs)} ms`],
      }));
      if (error.kind === 'rate-limit') waitFor('groups', delayMs);
      return;
    }
    case 'throttle':
      waitFor(event.bucket, event.waitMs ?? 0);
  }
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
