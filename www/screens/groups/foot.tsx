import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';

import { countTest } from '../../model/conditions.ts';
import { counted, grouped } from '../../model/numbers.ts';
import { ago, estimateText, readOn } from '../../model/time.ts';
import { PAGE, setTotal, totalOf, version } from '../../org/groups.ts';
import { IN_PAGE, host, theClient } from '../../org/session.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNote } from '../../ui/error.tsx';
import { address } from '../../ui/route.ts';
import { Countdown } from '../../ui/states.tsx';
import { AHEAD, isSortedByOrg, isSorting, narrow, narrowing, shown } from './state.ts';

/** What is read, what is shown, whether that is all, and how to go on. */
export default function Foot(): JSX.Element {
  version.value;
  const current = shown.value;
  const by = narrowing.value;
  const { sort, order } = address.value;
  const { state, error, waitsUntil, target, readAt, refreshed } = current?.list.state.value ?? {};
  if (!current || !by)
    return <div class="groups-foot keeps-focus" role="group" aria-label="State of the list" tabIndex={-1} />;
  const { list, view } = current;
  const read = list.rows.size;
  const isPartial = state !== 'complete';
  const isCounting = countTest(by.conditions) !== undefined;
  const isSortedHere = !isSortedByOrg(list, sort, order);
  const isReadingAll = state === 'loading' && (target ?? 0) > AHEAD;
  return (
    <div class="groups-foot keeps-focus" role="group" aria-label="State of the list" tabIndex={-1}>
      <p id="groups-count" role="status">
        {(read > 0 || state !== 'loading') &&
          countWords({
            read,
            shown: view.list.length,
            isPartial,
            isCounting,
            isSearch: by.search !== undefined,
          })}
        {isSortedHere && isPartial && ' They are sorted among those that were read.'}
        {isSorting.value && ' Sorting…'}
      </p>
      {view.list.length === 0 && (by.search !== undefined || isCounting) && (
        <Button action={() => narrow({})}>Show all groups</Button>
      )}
      {waitsUntil !== undefined ? (
        <span class="actions">
          <span>
            The console leaves a tenth of the rate limit to others. It reads on in{' '}
            <Countdown until={waitsUntil} />.
          </span>
          <Button action={() => list.cancel()}>Cancel</Button>
        </span>
      ) : refreshed !== undefined && state === 'loading' ? (
        <span class="actions">
          <span class="muted">Reading anew: {grouped(refreshed)} so far…</span>
          <Button action={() => list.cancel()}>Cancel</Button>
        </span>
      ) : isReadingAll ? (
        <ReadingAll />
      ) : (
        state === 'loading' && <span class="muted">Reading on…</span>
      )}
      {state === 'failed' && read > 0 && (
        <ErrorNote
          what={
            refreshed === undefined
              ? `The groups could not all be read: ${grouped(read)} so far.`
              : 'The groups could not be read anew.'
          }
          error={error}
        >
          <Button action={() => list.read()}>Retry</Button>
          {refreshed !== undefined && <Button action={() => list.cancel()}>Keep what was read before</Button>}
        </ErrorNote>
      )}
      {(state === 'idle' || state === 'cancelled') && <Offer />}
      {readAt !== undefined && (
        <span class="actions fresh">
          <Age since={readAt} />
          {state !== 'loading' && <Button action={() => list.refresh()}>Refresh</Button>}
        </span>
      )}
    </div>
  );
}

/** The line below the list in words. */
function countWords({
  read,
  shown,
  isPartial,
  isCounting,
  isSearch,
}: {
  read: number;
  shown: number;
  isPartial: boolean;
  isCounting: boolean;
  isSearch: boolean;
}): string {
  if (isPartial && read === 0) return 'No group is read.';
  if (isCounting) {
    const all = `${grouped(shown)} of ${counted(read, 'group')} read`;
    return isPartial ? `${all} match; more groups exist that were not read.` : `${all} match.`;
  }
  if (isPartial) return `${counted(read, 'group')} read, more exist.`;
  if (read === 0) return isSearch ? 'No group matches.' : 'This org has no groups.';
  return isSearch ? `${counted(read, 'group')} found.` : `${counted(read, 'group')}.`;
}

/** How long ago it was read, as time goes on. */
function Age({ since }: { since: number }): JSX.Element {
  const now = useSignal(Date.now());
  useEffect(() => {
    now.value = Date.now();
    const timer = setInterval(() => (now.value = Date.now()), 20_000);
    return () => clearInterval(timer);
  }, [since]);
  return <span class="muted">Read {ago(since, Math.max(now.value, since))}</span>;
}

/** What is left to read, and what that costs, as far as it is known. */
function left(): { all: number | undefined; cost: string } {
  const list = shown.peek()?.list;
  const read = list?.rows.size ?? 0;
  const known = totalOf(narrowing.peek()?.search);
  const all = known !== undefined && known > read ? known : undefined;
  const bucket = theClient().rateLimits().get('groups');
  const estimate = readOn(read, all, { pageSize: PAGE, bucket, paceMs: list?.pageMs || 200 });
  return { all, cost: estimateText(estimate) };
}

/** Offers to read all that is left. */
function Offer(): JSX.Element {
  version.value;
  const list = shown.value?.list;
  const isBig = (list?.rows.size ?? 0) >= AHEAD;
  useEffect(() => {
    // A local org tells how many groups it has.
    if (!isBig || narrowing.peek()?.search !== undefined || totalOf(undefined) !== undefined) return;
    void sizeOfLocalOrg().then((count) => count !== undefined && setTotal(undefined, count));
  }, [isBig]);
  const { all, cost } = left();
  return (
    <span class="actions">
      <Button action={() => list?.read(list.rows.size + 1000)}>Read 1,000 more</Button>
      <Button action={() => list?.read(Infinity)}>
        {all === undefined ? 'Read all' : `Read all ${grouped(all)} (${cost})`}
      </Button>
      {all === undefined && isBig && (
        <span class="muted">Okta tells no total. Until the next wait for the rate limit: {cost}.</span>
      )}
    </span>
  );
}

/** Progress of reading all. */
function ReadingAll(): JSX.Element {
  version.value;
  const current = shown.value;
  const read = current?.list.rows.size ?? 0;
  const { all, cost } = left();
  return (
    <span class="actions">
      {all !== undefined && <progress aria-label="Read" max={all} value={read} />}
      <span class="muted">
        {all === undefined ? 'Reading all…' : `Reading about ${grouped(all)}: ${cost} left`}
      </span>
      <Button action={() => current?.list.cancel()}>Cancel</Button>
    </span>
  );
}

async function sizeOfLocalOrg(): Promise<number | undefined> {
  if (host.kind === 'page') return IN_PAGE.groups;
  if (host.kind !== 'same-origin') return undefined;
  try {
    const answer = await fetch(new URL('/local-org', location.origin));
    const { groups } = (await answer.json()) as { groups?: unknown };
    return typeof groups === 'number' ? groups : undefined;
  } catch {
    // Another host at the page's origin does not tell.
    return undefined;
  }
}
