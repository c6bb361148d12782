// What the log shows of a call, and which calls it shows: only the screen Activity needs it.
import type { CallAttempt, LoggedCall } from './calls.ts';

/** How far a call is. */
export type CallState = 'waiting' | 'sent' | 'answered' | 'failed' | 'dropped';

/**
 * How far a call is, at `now`. A call that ended while it waited tells no more: it counts as dropped a second after its wait
 * should have ended.
 */
export function stateOf({ steps }: LoggedCall, now: number): CallState {
  const last = steps.findLast(({ kind }) => kind !== 'shrink');
  if (last?.kind === 'wait')
    return last.until !== undefined && last.until + 1000 < now ? 'dropped' : 'waiting';
  if (last?.kind !== 'attempt') return 'waiting';
  if (last.retryMs !== undefined)
    return last.at + (last.durationMs ?? 0) + last.retryMs + 300_000 < now ? 'failed' : 'waiting';
  if (last.failure !== undefined) return 'failed';
  return last.durationMs === undefined ? 'sent' : 'answered';
}

/** The last attempt of a call. */
export function lastAttempt({ steps }: LoggedCall): CallAttempt | undefined {
  return steps.findLast((step) => step.kind === 'attempt');
}

/** Number of attempts of a call. */
export function attemptsOf(call: LoggedCall): number {
  return lastAttempt(call)?.number ?? 0;
}

/** Milliseconds that a call took from its first step to its last answer; `undefined` while there is none. */
export function tookMs(call: LoggedCall): number | undefined {
  const last = lastAttempt(call);
  return last?.durationMs === undefined ? undefined : last.at - call.at + last.durationMs;
}

/** What the log is filtered by. */
export interface CallFilter {
  readonly method?: string | undefined;
  /** `ok` for 2xx, `4xx`, `5xx`, `429`, `none` for calls without an answer, `retried` for calls that were sent again. */
  readonly status?: string | undefined;
  /** Part of path and query. */
  readonly text?: string | undefined;
}

/** The kinds of {@link CallFilter.status}, with their words. */
export const STATUS_FILTERS = [
  ['ok', 'Answered well (2xx)'],
  ['4xx', 'Refused (4xx)'],
  ['429', 'Rate limited (429)'],
  ['5xx', 'Server errors (5xx)'],
  ['none', 'Without an answer'],
  ['retried', 'Sent again or held back'],
] as const;

/** Whether a call passes a filter: one of its attempts had that status. */
export function passes(call: LoggedCall, { method, status, text }: CallFilter): boolean {
  if (method && call.method !== method) return false;
  if (text && !`${call.path}${call.query}`.toLowerCase().includes(text.toLowerCase())) return false;
  const attempts = call.steps.filter((step) => step.kind === 'attempt');
  const some = (test: (code: number) => boolean) =>
    attempts.some((attempt) => attempt.status !== undefined && test(attempt.status));
  switch (status) {
    case 'ok':
      return some((code) => code >= 200 && code < 300);
    case '4xx':
      return some((code) => code >= 400 && code < 500);
    case '429':
      return some((code) => code === 429);
    case '5xx':
      return some((code) => code >= 500);
    case 'none':
      return attempts.every((attempt) => attempt.durationMs === undefined);
    case 'retried':
      return attempts.length > 1 || call.steps.some(({ kind }) => kind !== 'attempt');
    default:
      return true;
  }
}
