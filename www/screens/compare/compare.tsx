// Groups side by side: who is in which, and a plan of the difference.
import { useSignal, useSignalEffect } from '@preact/signals';
import type { User } from 'okta-groups/external';
import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';

import { COMPARED, comparing, desiredMembers, missingIn, regionText } from '../../model/compare.ts';
import type { Comparison, Region } from '../../model/compare.ts';
import { nameText } from '../../model/names.ts';
import { counted, grouped } from '../../model/numbers.ts';
import { personOf } from '../../model/person.ts';
import { isChangeable } from '../../model/row.ts';
import type { Work } from '../../model/slices.ts';
import { handed } from '../../org/handover.ts';
import { ListLoad } from '../../org/load.ts';
import { groups, people } from '../../org/names.ts';
import { running } from '../../org/running.ts';
import { readOnly } from '../../org/session.ts';
import { inTurns } from '../../org/turns.ts';
import { Button } from '../../ui/button.tsx';
import { Grid } from '../../ui/grid.tsx';
import { Person } from '../../ui/known.tsx';
import { Name } from '../../ui/name.tsx';
import { GROUPS, Picker } from '../../ui/picker.tsx';
import { go, hrefOf, param, set } from '../../ui/route.ts';
import { saveFile } from '../../ui/save.ts';
import { SearchField } from '../../ui/search-field.tsx';
import { Select } from '../../ui/select.tsx';
import { Empty, ListFoot, useMedia } from '../../ui/states.tsx';
import { useTitle } from '../../ui/title.ts';

/** The ids of an address. A group may stand there twice: it has no difference from itself. */
const idsOf = (text: string): string[] =>
  text
    .split(',')
    .filter((id) => /^\w[\w.-]{0,99}$/.test(id))
    .slice(0, COMPARED.max);

const nameOf = (id: string): string => {
  const group = groups.get(id);
  return group ? nameText(group.profile.name) : id;
};

/** What a comparison is about, and what is left out of it. */
interface Compared {
  comparison: Comparison;
  ids: readonly string[];
  /** Number of the comparison: what is shown of one begins anew with the next. */
  number: number;
}

let last = 0;

export default function Compare(): JSX.Element {
  const text = param('ids');
  const ids = useMemo(() => idsOf(text), [text]);
  useTitle(ids.map(nameOf).join(' and '), 'Compare');
  const lists = useMemo(() => new Map<string, ListLoad<User>>(), []);
  const compared = useSignal<Compared | undefined>(undefined);
  const version = useSignal(0);
  useEffect(() => {
    for (const [id, list] of lists) {
      if (ids.includes(id)) continue;
      list.stop();
      lists.delete(id);
    }
    for (const id of ids) {
      if (lists.has(id)) continue;
      const list = new ListLoad<User>();
      lists.set(id, list);
      void read(list, id);
    }
    version.value++;
  }, [ids]);
  useEffect(
    () => () => {
      for (const list of lists.values()) list.stop();
    },
    [],
  );
  useSignalEffect(() => {
    void version.value;
    // A group that is not read to its end would seem to lack people.
    const whole = idsOf(param('ids')).filter((id) => lists.get(id)?.state.value.state === 'complete');
    compared.value = undefined;
    if (whole.length < COMPARED.min) return undefined;
    const turn = new AbortController();
    const members = whole.map((groupId) => {
      const items = lists.get(groupId)?.state.peek().items ?? [];
      for (const user of items) people.note(user);
      return { groupId, members: items.map(({ id }) => id) };
    });
    inTurns(comparing(members), turn.signal).then(
      (comparison) => (compared.value = { comparison, ids: whole, number: ++last }),
      () => undefined,
    );
    return () => turn.abort();
  });
  // The lists of members are made after the first drawing.
  void version.value;
  const put = (next: readonly string[]) => set({ ids: next.join(',') }, { replace: true });
  const now = compared.value;
  return (
    <div class="compare">
      <h1>Compare</h1>
      {ids.length < COMPARED.max ? (
        <Picker
          source={GROUPS}
          label={ids.length === 0 ? 'Choose a group' : 'Choose another group'}
          hint="2 to 5 groups are compared by their members."
          unread
          pick={({ id, of }) => {
            if (of) groups.note(of);
            put([...ids, id]);
          }}
        />
      ) : (
        <p class="muted">5 groups are the most that are compared.</p>
      )}
      {ids.length === 0 && <Empty>No group is chosen.</Empty>}
      {ids.length > 0 && (
        <ul class="sides" aria-label="Compared groups">
          {ids.map((id, at) => (
            <Side
              key={`${id} ${at}`}
              id={id}
              list={lists.get(id)}
              leaveOut={() => put(ids.filter((_, place) => place !== at))}
              again={() => {
                const list = lists.get(id);
                if (list) void read(list, id);
              }}
            />
          ))}
        </ul>
      )}
      {now && now.ids.length < ids.length && (
        <p class="banner" role="status">
          The comparison is partial: {counted(ids.length - now.ids.length, 'group')}{' '}
          {ids.length - now.ids.length === 1 ? 'is' : 'are'} not read to the end, and left out.
        </p>
      )}
      {now && <Result key={now.number} {...now} />}
    </div>
  );
}

/** Reads all members of a group. */
async function read(list: ListLoad<User>, id: string): Promise<void> {
  await list.start((client, cursor, signal) => client.groups.listUsers(id, { cursor, signal }));
  // Not after a failure or a cancel: the person says when it goes on.
  if (list.state.peek().state === 'idle') await list.rest();
}

/** A group that is compared, and how far its members are read. */
function Side({
  id,
  list,
  leaveOut,
  again,
}: {
  id: string;
  list: ListLoad<User> | undefined;
  leaveOut: () => void;
  again: () => void;
}): JSX.Element {
  const group = groups.get(id);
  const name = nameOf(id);
  const state = list?.state.value;
  return (
    <li class="panel">
      <a href={hrefOf('groups', { group: id })}>
        {group ? <Name text={group.profile.name} /> : <code>{id}</code>}
      </a>
      {list && state && (
        <>
          <ListFoot
            list={state}
            what="The members"
            one="member"
            next={() => void list.rest()}
            cancel={() => list.cancel()}
          />
          {state.state === 'loading' && (
            <Button label={`Cancel reading ${name}`} action={() => list.cancel()}>
              Cancel
            </Button>
          )}
          {state.state === 'complete' && (
            <Button kind="quiet" label={`Read again: ${name}`} action={again}>
              Read again
            </Button>
          )}
        </>
      )}
      <Button
        kind="quiet"
        label={`Leave out ${name}`}
        action={() => {
          leaveOut();
          // The picker comes back when there is room for another group.
          requestAnimationFrame(() =>
            document.querySelector<HTMLElement>('.compare [role=combobox]')?.focus(),
          );
        }}
      >
        ✕
      </Button>
    </li>
  );
}

interface Row {
  id: string;
  region: number;
}

/** The rows of a region whose people have the text in their names, logins or ids, in pieces. */
function* filtered(
  rows: readonly Row[],
  { region, text }: { region: number | undefined; text: string },
): Work<Row[]> {
  const found: Row[] = [];
  for (const [at, row] of rows.entries()) {
    if (at % 2_000 === 1_999) yield;
    if (region !== undefined && row.region !== region) continue;
    if (text === '' || textOf(row.id).includes(text)) found.push(row);
  }
  return found;
}

function Result({ comparison, ids }: Compared): JSX.Element {
  const { regions, total, counts } = comparison;
  const names = ids.map(nameOf);
  const pressed = useSignal<number | undefined>(undefined);
  const text = useSignal('');
  const active = useSignal(0);
  const isNarrow = useMedia('(max-width: 48rem)');
  const rows = useMemo<Row[]>(
    () => regions.flatMap(({ members }, region) => members.map((id) => ({ id, region }))),
    [comparison],
  );
  const shown = useSignal<readonly Row[]>(rows);
  useSignalEffect(() => {
    const turn = new AbortController();
    const wanted = { region: pressed.value, text: text.value.trim().toLowerCase() };
    inTurns(filtered(rows, wanted), turn.signal).then(
      (some) => (shown.value = some),
      () => undefined,
    );
    return () => turn.abort();
  });
  const choose = (region: number | undefined) => {
    pressed.value = region;
    active.value = 0;
  };
  if (total === 0) return <Empty>None of the groups has a member.</Empty>;
  return (
    <>
      <div class="compare-facts">
        <table class="plain regions">
          <caption>
            {counted(total, 'person', 'people')} in{' '}
            {ids.map((id, at) => (
              <span key={at}>
                {at > 0 && ', '}
                <Name text={groups.get(id)?.profile.name ?? id} /> ({grouped(counts[at] ?? 0)})
              </span>
            ))}
          </caption>
          <thead>
            <tr>
              <th scope="col">Members</th>
              <th scope="col" class="end">
                People
              </th>
              <th scope="col">
                <span class="unseen">Share</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {regions.map((region, at) => (
              <tr key={region.groups.join()}>
                <th scope="row">
                  <Button
                    class="chip"
                    aria-pressed={pressed.value === at ? 'true' : 'false'}
                    action={() => choose(pressed.value === at ? undefined : at)}
                  >
                    <bdi>{regionText(region, names)}</bdi>
                  </Button>
                </th>
                <td class="end">{grouped(region.members.length)}</td>
                <td>
                  <Bar share={region.members.length / total} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        <Plans comparison={comparison} ids={ids} names={names} />
      </div>
      {regions.length === 1 && regions[0]?.groups.length === ids.length && (
        <p role="status">The groups have the same members.</p>
      )}
      <div class="filters">
        <p class="said" role="status">
          {shown.value.length === rows.length
            ? counted(rows.length, 'person', 'people')
            : `${grouped(shown.value.length)} of ${counted(rows.length, 'person', 'people')}`}
        </p>
        <SearchField label="Find a person" text={text} typed={() => (active.value = 0)} />
        <Button
          action={async () => {
            const { comparisonCsv } = await import('./csv.ts');
            saveFile('compared-groups.csv', comparisonCsv(comparison, ids), 'text/csv');
          }}
        >
          Save as CSV
        </Button>
      </div>
      <Grid
        label="People of the compared groups"
        rows={shown.value}
        keyOf={({ id }) => id}
        active={active.value}
        activate={(index) => (active.value = index)}
        columns={[
          {
            id: 'person',
            title: 'Person',
            width: isNarrow ? 'minmax(8rem, 2fr)' : 'minmax(14rem, 2fr)',
            cell: ({ id }) => <Person id={id} />,
          },
          ...ids.map((id, at) => ({
            id: `${id} ${at}`,
            title: isNarrow ? String(at + 1) : (names[at] ?? id),
            width: isNarrow ? '2rem' : 'minmax(5rem, 1fr)',
            cell: ({ region }: Row) => <Mark region={regions[region]} at={at} />,
          })),
        ]}
      />
    </>
  );
}

function Mark({ region, at }: { region: Region | undefined; at: number }): JSX.Element {
  const isMember = region?.groups.includes(at);
  return (
    <>
      <span aria-hidden="true" class={isMember ? 'is' : 'muted'}>
        {isMember ? '●' : '–'}
      </span>
      <span class="unseen">{isMember ? 'member' : 'no member'}</span>
    </>
  );
}

function Bar({ share }: { share: number }): JSX.Element {
  return (
    <svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
      <rect class="of" width="100" height="8" />
      <rect class="part" width={Math.max(1, 100 * share)} height="8" />
    </svg>
  );
}

function textOf(id: string): string {
  const user = people.peek(id);
  const { name = '', login = '' } = user ? personOf(user) : {};
  return `${id} ${name} ${login}`.toLowerCase();
}

/** The differences as plans: they are looked at on the screen Members in bulk before anything is written. */
function Plans({
  comparison,
  ids,
  names,
}: {
  comparison: Comparison;
  ids: readonly string[];
  names: readonly string[];
}): JSX.Element | undefined {
  const from = useSignal(0);
  const to = useSignal(1);
  if (readOnly.value) return <p class="muted">The console only reads: {readOnly.value}</p>;
  const missing = missingIn(comparison, from.value, to.value);
  const target = groups.get(ids[to.value] ?? '');
  const isSame = from.value === to.value || ids[from.value] === ids[to.value];
  const isFixed = target !== undefined && !isChangeable(target);
  const plan = (mode: 'add' | 'exact') => {
    const id = ids[to.value];
    if (id === undefined) return;
    const people = mode === 'add' ? missing : desiredMembers(comparison, from.value, to.value, 'same');
    handed.value = { groups: [id], people, mode };
    go(hrefOf('bulk', { ids: id }));
  };
  const extra = missingIn(comparison, to.value, from.value).length;
  const select = (label: string, of: typeof from) => (
    <Select
      label={label}
      value={of.value}
      choose={(value) => (of.value = value)}
      options={names.map((name, at) => [at, name])}
    />
  );
  return (
    <section class="panel" aria-labelledby="compare-plan">
      <h2 id="compare-plan">Bring a group in line</h2>
      <div class="pair">
        {select('From', from)}
        {select('To', to)}
      </div>
      <div class="actions">
        <Button
          kind="primary"
          disabled={isSame || isFixed || missing.length === 0 || running.value !== undefined}
          action={() => plan('add')}
        >
          {`Plan: add the ${grouped(missing.length)} missing`}
        </Button>
        <Button
          disabled={isSame || isFixed || missing.length + extra === 0 || running.value !== undefined}
          action={() => plan('exact')}
        >
          {`Plan: make it the same, add ${grouped(missing.length)}, remove ${grouped(extra)}`}
        </Button>
        <span class="muted">
          {isFixed
            ? 'The members of this group cannot be changed by hand.'
            : running.value
              ? 'A bulk change is under way.'
              : 'A plan is shown first; nothing is written.'}
        </span>
      </div>
    </section>
  );
}
