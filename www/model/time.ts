// Times in words: how long ago, how long yet.
import { counted } from './numbers.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365.25 * DAY;

/** `just now`, `5 minutes ago`, `3 months ago`; a time ahead is `in 5 minutes`. `''` if it is not known. */
export function ago(time: number, now: number): string {
  if (Number.isNaN(time)) return '';
  const passed = Math.abs(now - time);
  if (passed < MINUTE) return 'just now';
  const words = spanText(passed);
  return time <= now ? `${words} ago` : `in ${words}`;
}

function spanText(ms: number): string {
  if (ms < HOUR) return counted(Math.floor(ms / MINUTE), 'minute');
  if (ms < DAY) return counted(Math.floor(ms / HOUR), 'hour');
  if (ms < 60 * DAY) return counted(Math.floor(ms / DAY), 'day');
  if (ms < 2 * YEAR) return counted(Math.floor(ms / (YEAR / 12)), 'month');
  return counted(Math.floor(ms / YEAR), 'year');
}

/**
 * `under a second`, `40 s`, `4 min 10 s`, `12 min`, `2 h 5 min`, `3 days`: rounded up, so that nobody waits longer than was said;
 * below an hour and a half by no more than a tenth.
 */
export function duration(ms: number): string {
  if (ms < SECOND) return 'under a second';
  const seconds = Math.ceil(ms / SECOND);
  if (seconds < 90) return `${seconds} s`;
  if (seconds <= 600) {
    const tens = Math.ceil(seconds / 10);
    return `${Math.floor(tens / 6)} min${tens % 6 ? ` ${(tens % 6) * 10} s` : ''}`;
  }
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h${minutes % 60 ? ` ${minutes % 60} min` : ''}`;
  return counted(Math.ceil(minutes / (24 * 60)), 'day');
}

/** What a bucket of the rate limit holds: of `client.rateLimits()`. */
export interface Bucket {
  /** Requests a window. */
  readonly limit: number;
  readonly remaining: number;
  /** Milliseconds until the window ends. */
  readonly resetsInMs: number;
}

/** How many requests there are to send, and how long that takes. */
export interface Estimate {
  readonly requests: number;
  readonly ms: number;
}

/** Share of the limit that the client leaves to others by default. */
const RESERVE = 0.1;
/** A window of Okta's rate limits. */
const WINDOW_MS = MINUTE;

/**
 * How long a number of requests takes. The client leaves `reserve` of each window to others: what this window has left beyond that
 * goes at the pace of the org's answers, the rest a window's share each.
 *
 * @param bucket - What is known of the limit; without it, the pace alone decides.
 * @param reserve - Share of the limit that stays free, as `rateLimit.reserve` of the client.
 * @param paceMs - Milliseconds a request takes, answers of several at once counted.
 */
export function estimate(
  requests: number,
  {
    bucket,
    reserve = 0.1,
    paceMs = 200,
  }: { bucket?: Bucket | undefined; reserve?: number; paceMs?: number } = {},
): Estimate {
  const paced = requests * paceMs;
  if (!bucket || bucket.limit <= 0 || requests <= 0) return { requests, ms: Math.max(0, paced) };
  const each = usable(bucket.limit, reserve);
  const now = pagesNow(bucket, reserve);
  if (requests <= now) return { requests, ms: paced };
  const later = requests - now;
  const windows = Math.ceil(later / each);
  const last = later - (windows - 1) * each;
  const wait = bucket.resetsInMs <= 0 ? WINDOW_MS : bucket.resetsInMs;
  return {
    requests,
    ms: Math.max(paced, wait + (windows - 1) * WINDOW_MS + Math.min(WINDOW_MS, last * paceMs)),
  };
}

/** `about 40 s, 86 requests`. */
export function estimateText({ requests, ms }: Estimate): string {
  return `about ${duration(ms)}, ${counted(requests, 'request')}`;
}

/** What "read on" costs. */
export interface ReadOn extends Estimate {
  /** Whether that reads the list to its end. `false`: how long the list is is not known, or this reads a part. */
  readonly isAll: boolean;
}

/**
 * What it costs to read on. With the number of rows known: to the end of the list. Else as far as the limit lets the client read
 * without a wait; once that is used up, what the next window lets it read.
 *
 * @param read - Rows that were read.
 * @param total - Number of rows, if it is known.
 */
export function readOn(
  read: number,
  total: number | undefined,
  {
    pageSize = 200,
    ...options
  }: { pageSize?: number; bucket?: Bucket | undefined; reserve?: number; paceMs?: number } = {},
): ReadOn {
  if (total !== undefined)
    return { ...estimate(Math.ceil(Math.max(0, total - read) / pageSize), options), isAll: true };
  const { bucket, reserve } = options;
  const requests = pagesNow(bucket, reserve) || usable(bucket?.limit ?? 1, reserve);
  return { ...estimate(requests, options), isAll: false };
}

/** How many pages can be read now without touching the reserve: reading ahead stops there. Without a known limit one, which tells it. */
export function pagesNow(bucket: Bucket | undefined, reserve = RESERVE): number {
  if (!bucket) return 1;
  if (bucket.resetsInMs <= 0) return usable(bucket.limit, reserve);
  return Math.max(0, bucket.remaining - Math.ceil(bucket.limit * reserve));
}

/** Requests of a window that are not of the reserve: one at least. */
const usable = (limit: number, reserve = RESERVE): number => Math.max(1, limit - Math.ceil(limit * reserve));
