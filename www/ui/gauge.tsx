import { computed, signal } from '@preact/signals';
import type { RateLimitState } from 'okta-groups/external';
import type { JSX } from 'preact';

import { answers } from '../org/log.ts';
import { client } from '../org/session.ts';
import { hrefOf } from './route.ts';

const read = signal<(() => ReadonlyMap<string, RateLimitState>) | undefined>(undefined);
client().then(
  (org) => (read.value = () => org.rateLimits()),
  // The first screen tells that there is no client.
  () => undefined,
);

/** What the org's limits leave, by bucket, as of the last answer. */
export const buckets = computed<readonly RateLimitState[]>(() => {
  answers.value;
  return [...(read.value?.().values() ?? [])];
});

/** The two buckets with the least left, as meters; all of them are on the screen *Activity*. */
export function Gauge(): JSX.Element {
  const least = [...buckets.value].sort((a, b) => a.remaining / a.limit - b.remaining / b.limit).slice(0, 2);
  return (
    <a class="gauge" href={hrefOf('activity')}>
      <span class={least.length > 0 ? 'unseen' : 'muted'}>Rate limits</span>
      {least.map(({ bucket, limit, remaining }) => (
        <span key={bucket}>
          <span class="muted">{bucket}</span>{' '}
          <meter min={0} max={limit} low={limit / 5} value={remaining} aria-hidden="true" /> {remaining}/
          {limit}
        </span>
      ))}
    </a>
  );
}
