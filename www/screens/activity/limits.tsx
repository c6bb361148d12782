// What the org's rate limits leave, and how many requests were sent in the last minutes.
import { useSignal } from '@preact/signals';
import type { RateLimitState } from 'okta-groups/external';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';

import { binned, linePath } from '../../model/charts.ts';
import { counted, grouped } from '../../model/numbers.ts';
import { paceNow } from '../../org/log.ts';
import { RESERVE } from '../../org/session.ts';
import { buckets } from '../../ui/gauge.tsx';

/** Grows each second: countdowns and the pace are drawn anew. */
function useSeconds(): number {
  const ticks = useSignal(0);
  useEffect(() => {
    const timer = setInterval(() => ticks.value++, 1000);
    return () => clearInterval(timer);
  }, [ticks]);
  return ticks.value;
}

export function Limits(): JSX.Element {
  useSeconds();
  const all = buckets.value;
  const now = Date.now();
  return (
    <section class="panel limits" aria-labelledby="limits">
      <h2 id="limits">Rate limits</h2>
      {all.length === 0 ? (
        <p class="empty">No answer of the org has told its limits yet.</p>
      ) : (
        <div class="scrolls" tabIndex={0} role="region" aria-label="Rate limits by bucket">
          <table class="plain">
            <thead>
              <tr>
                <th scope="col">Bucket</th>
                <th scope="col">Left</th>
                <th scope="col">Reserve</th>
                <th scope="col">Under way</th>
                <th scope="col">New window</th>
              </tr>
            </thead>
            <tbody>
              {all.map((bucket) => (
                <Bucket key={bucket.bucket} bucket={bucket} now={now} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <p class="hint">
        The client leaves the reserve of each bucket to other programs, and waits before the org has to
        refuse.
      </p>
      <Pace />
    </section>
  );
}

function Bucket({ bucket, now }: { bucket: RateLimitState; now: number }): JSX.Element {
  const { bucket: name, limit, remaining, inFlight, kind } = bucket;
  const reserve = Math.ceil(limit * RESERVE);
  // Both ends are the org's: its clock may differ, so the client's own bound of the wait decides once it is over.
  const seconds = Math.max(0, Math.ceil((bucket.resetAt - now) / 1000));
  const isOver = bucket.resetsInMs === 0 && seconds === 0;
  return (
    <tr>
      <th scope="row">
        <code>{name}</code>
      </th>
      <td>
        <meter min={0} max={limit} low={reserve + 1} value={remaining} aria-hidden="true" />{' '}
        {grouped(remaining)} of {grouped(limit)}
        {kind === 'concurrency' && <span class="badge">too many at once</span>}
      </td>
      <td>{grouped(reserve)}</td>
      <td>{grouped(inFlight)}</td>
      <td>{isOver ? 'with the next request' : `in ${seconds} s`}</td>
    </tr>
  );
}

const SIZE = [360, 36] as const;

function Pace(): JSX.Element {
  const series = paceNow();
  const bins = binned(series, 3);
  const most = Math.max(0, ...bins);
  const [width, height] = SIZE;
  const words = `${counted(
    series.slice(-60).reduce((sum, count) => sum + count, 0),
    'request',
  )} in the last minute, ${counted(
    series.slice(-1)[0] ?? 0,
    'request',
  )} in this second; at most ${grouped(most)} in 3 seconds of the last 3 minutes.`;
  return (
    <figure class="pace">
      <svg
        viewBox={`0 -2 ${width} ${height + 4}`}
        role="img"
        aria-label={`Requests of the last 3 minutes: ${words}`}
      >
        <path class="axis" d={`M0 ${height}L${width} ${height}`} />
        <path class="line" d={linePath(bins, width, height)} />
      </svg>
      <figcaption class="hint">{words}</figcaption>
    </figure>
  );
}
