// What the groups that were read say of the org. Each figure leads to its list.
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';

import { COMPARE_LIMIT, writeAddress } from '../../model/address.ts';
import { insightsOf } from '../../model/insights.ts';
import type { Alike, Figure, FigureList, Insights } from '../../model/insights.ts';
import { nameText } from '../../model/names.ts';
import { counted, grouped } from '../../model/numbers.ts';
import { ago, estimateText, readOn } from '../../model/time.ts';
import { listOf, totalOf, version } from '../../org/groups.ts';
import type { GroupList } from '../../org/groups.ts';
import { mayComeBack } from '../../org/load.ts';
import { RESERVE, comebacks, host } from '../../org/session.ts';
import { inTurns } from '../../org/turns.ts';
import { Bars } from '../../ui/bars.tsx';
import type { Bar } from '../../ui/bars.tsx';
import { Button } from '../../ui/button.tsx';
import { ErrorNote } from '../../ui/error.tsx';
import { buckets } from '../../ui/gauge.tsx';
import { Name } from '../../ui/name.tsx';
import { Countdown, Empty, Loading } from '../../ui/states.tsx';
import { useTitle } from '../../ui/title.ts';

/** Groups that are read when the screen is opened; for more of them the person says so. */
const AT_ONCE = 2_000;
/** Bars of a chart, and rows of a list of names. */
const MOST = 12;
const MOST_NAMES = 50;

export default function InsightsScreen(): JSX.Element {
  useTitle('Insights');
  const list = useMemo(() => listOf({}), []);
  const figures = useSignal<Insights | undefined>(undefined);
  useEffect(() => {
    if (list.rows.size < AT_ONCE) void list.read(AT_ONCE);
  }, [list]);
  const comeback = comebacks.value;
  useEffect(() => {
    // The network or the sign-in is back.
    const { state, error } = list.state.peek();
    if (state === 'failed' && mayComeBack(error)) void list.read(AT_ONCE);
  }, [comeback]);
  useEffect(() => {
    // Figures follow the rows: one count at a time, in slices, so that the page answers keys at 100,000 groups.
    const end = new AbortController();
    let counted = -1;
    let running = false;
    const count = async () => {
      if (running) return;
      running = true;
      while (!end.signal.aborted && counted !== list.rows.version) {
        counted = list.rows.version;
        const began = performance.now();
        try {
          const found = await inTurns(insightsOf(list.rows, Date.now()), end.signal);
          figures.value = found;
        } catch {
          // The screen was left.
        }
        // While pages come, counting takes a fifth of the time at most, and the figures change twice a second at most.
        const took = performance.now() - began;
        await new Promise((done) => setTimeout(done, Math.max(500, 4 * took)));
      }
      running = false;
    };
    const stop = version.subscribe(() => void count());
    return () => {
      stop();
      end.abort();
    };
  }, [list, figures]);
  const all = figures.value;
  return (
    <div class="insights">
      <h1>Insights</h1>
      <Progress list={list} />
      {all && all.total > 0 && <Charts figures={all} list={list} />}
      {all && all.total === 0 && list.isComplete && <Empty>The org has no groups.</Empty>}
    </div>
  );
}

/** How much of the org the figures cover, and the way to all of it. */
function Progress({ list }: { list: GroupList }): JSX.Element {
  const { state, error, waitsUntil, readAt } = list.state.value;
  // Rows change with pages and with what this page writes.
  version.value;
  const read = list.rows.size;
  const total = totalOf(undefined);
  const known = total !== undefined && total >= read ? total : undefined;
  const words =
    known === undefined
      ? `${counted(read, 'group')} read`
      : `${grouped(read)} of ${counted(known, 'group')} read`;
  const bucket = buckets.value.find((each) => each.bucket === 'groups');
  const cost = readOn(read, known, {
    bucket,
    reserve: RESERVE,
    ...(list.pageMs > 0 && { paceMs: list.pageMs }),
  });
  switch (state) {
    case 'loading':
      return (
        <div class="loading">
          {read === 0 ? (
            <Loading text="Loading: the groups…" />
          ) : (
            <p role="status">
              {words} so far; the figures are partial.{' '}
              {waitsUntil !== undefined && (
                <>
                  The rate limit keeps its reserve: reading goes on in <Countdown until={waitsUntil} />.
                </>
              )}
            </p>
          )}
          {known !== undefined && <progress max={known} value={read} aria-label="Groups read" />}
          <Button action={() => list.cancel()}>Cancel</Button>
        </div>
      );
    case 'failed':
      return (
        <ErrorNote
          what={`The groups could not all be read: ${words}. The figures are partial.`}
          error={error}
        >
          <Button action={() => void list.read(Infinity)}>Retry</Button>
        </ErrorNote>
      );
    case 'complete':
      return (
        <p class="said" role="status">
          {counted(read, 'group')}, all that this sign-in may see; read{' '}
          {readAt === undefined ? '' : ago(readAt, Date.now())}.
        </p>
      );
    default:
      return (
        <div class="loading">
          <p role="status" class="banner">
            Partial: {words}, more exist. Every figure covers these groups alone.
          </p>
          <Button kind="primary" action={() => void list.read(Infinity)}>
            Read all groups
          </Button>
          {cost.isAll && <span class="muted">{estimateText(cost)}</span>}
        </div>
      );
  }
}

/** The address of the list behind a figure; groups that no condition finds have none. */
function addressOf(list: FigureList): string | undefined {
  if (list.ids) return undefined;
  const shown = list.search === undefined ? { conditions: list.conditions } : { search: list.search };
  const address = writeAddress({
    screen: 'groups',
    ...shown,
    ...(host.kind === 'page' && { org: 'page' as const }),
  });
  return address || location.pathname;
}

function barOf({ key, label, count, list }: Figure): Bar {
  return { key, label: nameText(label), name: <Name text={label} />, count, href: addressOf(list) };
}

/** The largest ones as bars, the rest as one. */
function barsOf(figures: readonly Figure[]): Bar[] {
  const bars = figures.slice(0, figures.length > MOST ? MOST - 1 : MOST).map(barOf);
  const rest = figures.slice(bars.length);
  const count = rest.reduce((sum, each) => sum + each.count, 0);
  return rest.length === 0
    ? bars
    : [...bars, { key: ' rest', label: `${grouped(rest.length)} others`, count }];
}

function Charts({ figures, list }: { figures: Insights; list: GroupList }): JSX.Element {
  return (
    <>
      <ul class="tiles">
        {[figures.empty, figures.stale].map((figure) => (
          <li key={figure.key} class="panel">
            <a href={addressOf(figure.list) ?? location.pathname}>
              <strong>{grouped(figure.count)}</strong> <span>{figure.label}</span>
            </a>
          </li>
        ))}
        <li class="panel">
          <a href="#duplicates">
            <strong>{grouped(figures.duplicates.length)}</strong> <span>Names used more than once</span>
          </a>
        </li>
        <li class="panel">
          <a href="#look-alikes">
            <strong>{grouped(figures.lookAlikes.length)}</strong> <span>Names that look alike</span>
          </a>
        </li>
      </ul>
      <div class="charts">
        <Bars title="Type" bars={barsOf(figures.types)} />
        <Bars
          title="Members"
          hint="Groups by their number of members, as the org counted them when they were read."
          log
          bars={figures.sizes.map(barOf)}
        />
        <Bars
          title="Last change"
          hint="Of the profile or of the members, whichever is later."
          bars={figures.ages.map(barOf)}
        />
        <Bars title="Source" hint="The app that a group comes from." log bars={barsOf(figures.sources)} />
      </div>
      <Names
        id="duplicates"
        title="Names used more than once"
        hint="The same letters, in upper or lower case."
        all={figures.duplicates}
        list={list}
      />
      <Names
        id="look-alikes"
        title="Names that look alike"
        hint="They differ by case, accents, separators, or letters of another script that look the same."
        all={figures.lookAlikes}
        list={list}
      />
    </>
  );
}

function Names({
  id,
  title,
  hint,
  all,
  list,
}: {
  id: string;
  title: string;
  hint: string;
  all: readonly Alike[];
  list: GroupList;
}): JSX.Element {
  const most = useSignal(MOST_NAMES);
  const org = host.kind === 'page' ? { org: 'page' as const } : {};
  return (
    <section class="panel" id={id} tabIndex={-1} aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{title}</h2>
      <p class="hint">{hint}</p>
      {all.length === 0 ? (
        <Empty>None among the groups that were read.</Empty>
      ) : (
        <div class="scrolls">
          <table class="plain">
            <thead>
              <tr>
                <th scope="col">Groups</th>
                <th scope="col">How many</th>
                <th scope="col">Side by side</th>
              </tr>
            </thead>
            <tbody>
              {all.slice(0, most.value).map(({ name, ids }) => (
                <tr key={ids[0]}>
                  <td>
                    <ul class="alike">
                      {ids.slice(0, MOST).map((each) => (
                        <li key={each}>
                          <a href={writeAddress({ screen: 'groups', group: each, ...org })}>
                            <Name text={list.rows.get(each)?.name ?? each} />
                          </a>
                        </li>
                      ))}
                      {ids.length > MOST && <li class="muted">and {grouped(ids.length - MOST)} others</li>}
                    </ul>
                  </td>
                  <td>{grouped(ids.length)}</td>
                  <td>
                    {ids.length <= COMPARE_LIMIT && (
                      <a
                        href={writeAddress({ screen: 'compare', ids, ...org })}
                        aria-label={`Compare ${nameText(name)}`}
                      >
                        Compare
                      </a>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {all.length > most.value && (
        <div class="actions">
          <Button action={() => (most.value += 200)}>Show more</Button>
          <span class="muted">
            {grouped(most.value)} of {grouped(all.length)}
          </span>
        </div>
      )}
    </section>
  );
}
