// The fault panel: what can go wrong in a local org, when, and what the console should do then.
import type { CreateOrgOptions, Fault } from 'okta-groups/emulator';

/** What an org is given of faults; `{}` ends all. */
export type FaultOptions = NonNullable<CreateOrgOptions['faults']>;

/** A fault that the panel offers. */
export interface FaultKind {
  readonly id: string;
  readonly name: string;
  readonly fault: Fault;
  /** What the console should do. */
  readonly expect: string;
}

export const FAULT_KINDS: readonly FaultKind[] = [
  {
    id: 'rate-limit',
    name: '429: the rate limit is used up',
    fault: 'rateLimit',
    expect:
      'The client waits until the window ends, the screen counts down and offers Cancel, then the client sends the request again.',
  },
  {
    id: 'concurrency',
    name: '429: too many requests at once',
    fault: 'concurrency',
    expect:
      'The client sends fewer requests at once for a while, and the refused ones again. Nothing is lost.',
  },
  {
    id: '500',
    name: '500: the org fails',
    fault: { error: { status: 500, code: 'E0000009' } },
    expect:
      'The client retries what is safe to send again, lists with smaller pages. A create that may have run is never sent twice: the screen says so.',
  },
  {
    id: '503',
    name: '503: the org is not available',
    fault: { error: { status: 503 } },
    expect:
      'The client retries. If it goes on, the screen names the failure and offers Retry at the page that failed.',
  },
  {
    id: 'html',
    name: '502 with a page of HTML',
    fault: 'proxyError',
    expect: 'The client retries. The screen shows words of its own, never the page.',
  },
  {
    id: 'login',
    name: '200 with a page of HTML',
    fault: 'loginPage',
    expect: 'The client takes it for no answer of the org: an error, never an empty list.',
  },
  {
    id: 'slow',
    name: 'Late by 3 seconds',
    fault: { latency: 3000 },
    expect:
      'The screen says that it loads, and stays usable. A later search does not wait for the answer to an earlier one.',
  },
  {
    id: 'trickle',
    name: 'A body that comes in small pieces',
    fault: { slowBody: { chunk: 4096, pauseMs: 100 } },
    expect:
      'The client reads the body to its end; one that takes over 30 seconds is given up and asked for again.',
  },
  {
    id: 'cut',
    name: 'A connection that breaks in the body',
    fault: { cutBody: 2000 },
    expect: 'The client retries what is safe to send again. No list ends at the break.',
  },
  {
    id: 'short',
    name: 'A body that ends early, as if it were whole',
    fault: { truncatedBody: 2000 },
    expect: 'The client sees that the JSON has no end: an error or a retry, never a shorter list.',
  },
  {
    id: 'next-self',
    name: 'A next link that leads to the same page',
    fault: 'nextSelf',
    expect: 'The list stops with an error that names the circle. It is not shown as complete.',
  },
  {
    id: 'next-first',
    name: 'A next link that leads to the first page',
    fault: 'nextFirst',
    expect: 'The list stops with an error that names the circle. No group is shown twice.',
  },
  {
    id: 'next-host',
    name: 'A next link to another host',
    fault: { nextHost: 'https://elsewhere.example' },
    expect:
      'The client asks its own org for that path and query; it never sends a request, or the token, to the other host.',
  },
];

/** When a fault strikes. */
export type FaultWhen = 'once' | 'every' | 'share';

/** What the panel sets. */
export interface FaultChoice {
  readonly kind: string;
  readonly when: FaultWhen;
  /** Every so many requests, from 1: of `every`. */
  readonly every?: number;
  /** Percent of the requests, 1 to 100: of `share`. */
  readonly percent?: number;
  /** Only requests whose path and query hold this. */
  readonly path?: string;
}

/** Requests that the panel can choose, by a part of their path. */
export const FAULT_PATHS = [
  ['', 'all requests'],
  ['/api/v1/groups?', 'lists of groups'],
  ['/users', 'members and people'],
  ['/api/v1/groups/rules', 'rules'],
] as const;

/** The options of the org for a choice; a text that says what is wrong with it. */
export function faultOptions({
  kind,
  when,
  every = 2,
  percent = 20,
  path = '',
}: FaultChoice): FaultOptions | string {
  const chosen = FAULT_KINDS.find(({ id }) => id === kind);
  if (!chosen) return 'Choose a fault.';
  const { fault } = chosen;
  const where = path === '' ? {} : { path };
  switch (when) {
    case 'once':
      return { rules: [{ ...where, times: 1, fault }] };
    case 'every':
      if (!Number.isInteger(every) || every < 1) return 'Every how many requests: a whole number from 1.';
      return { rules: [{ ...where, every, fault }] };
    case 'share':
      if (!(percent > 0 && percent <= 100)) return 'The share is more than 0 and at most 100 %.';
      return { random: { seed: 1, rate: percent / 100, of: [fault] } };
  }
}

/** What an org's faults are, in words; none if there are none. */
export function faultWords({ rules = [], random }: FaultOptions): string[] {
  const words = rules.map(({ fault, every, times, nth, path, operation }) => {
    const when = [
      nth !== undefined && `request ${nth}`,
      every !== undefined && (every === 1 ? 'every request' : `every ${every} requests`),
      times !== undefined && (times === 1 ? 'once' : `${times} times`),
      (path ?? operation) !== undefined && `of ${path ?? operation}`,
    ].filter(Boolean);
    return `${nameOf(fault)} (${when.join(', ') || 'every request'})`;
  });
  if (random) {
    const { rate = 0.1, of } = random;
    words.push(
      `${of?.map(nameOf).join(' or ') ?? 'every kind of fault'} (${Math.round(rate * 100)} % of requests)`,
    );
  }
  return words;
}

function nameOf(fault: Fault): string {
  const text = JSON.stringify(fault);
  return FAULT_KINDS.find((kind) => JSON.stringify(kind.fault) === text)?.name ?? text;
}
