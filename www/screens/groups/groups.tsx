import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';

import { DEFAULT_COLUMNS } from '../../model/address.ts';
import { nameText } from '../../model/names.ts';
import { typeName, sourceName } from '../../model/row.ts';
import type { GroupRow } from '../../model/row.ts';
import { attributeName } from '../../model/rows.ts';
import type { OwnKey, SortKey } from '../../model/rows.ts';
import { version } from '../../org/groups.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorNote } from '../../ui/error.tsx';
import { Grid } from '../../ui/grid.tsx';
import type { Column } from '../../ui/grid.tsx';
import { Lazy } from '../../ui/lazy.tsx';
import { Name } from '../../ui/name.tsx';
import { address } from '../../ui/route.ts';
import { Loading, useMedia } from '../../ui/waiting.tsx';
import { useTitle } from '../../ui/title.ts';
import { SearchBox } from './search.tsx';
import { TITLES } from './titles.ts';
import {
  AHEAD,
  activate,
  activeId,
  attributes,
  change,
  choose,
  connect,
  follow,
  keepPlaceSoon,
  narrowing,
  needAttributes,
  openGroup,
  ready,
  select,
  selected,
  shown,
} from './state.ts';

const loadSide = () => import('./side.tsx');
const loadBar = () => import('./bar.tsx');
const loadFoot = () => import('./foot.tsx');
const loadSelection = () => import('./selection.tsx');

export function Groups(): JSX.Element {
  useEffect(follow, []);
  version.value;
  const current = shown.value;
  const by = narrowing.value;
  const { group, view } = address.value;
  const isConnected = ready.value;
  const isLate = useSignal(false);
  const readState = current?.list.state.value.state;
  const isRead = readState === 'complete' || readState === 'idle' || (current?.list.rows.size ?? 0) > 0;
  useEffect(() => {
    // The first rows come first; what is beside them is loaded then.
    if (isConnected === true && (isRead || by?.fault)) isLate.value = true;
  }, [isConnected, isRead, by?.fault]);
  const name = group === undefined ? undefined : current?.list.rows.get(group)?.name;
  useTitle(name && nameText(name), view && nameText(view), 'Groups');
  return (
    <>
      <div class="groups-head">
        <h1>{view === undefined ? 'Groups' : <Name text={view} />}</h1>
        <SearchBox />
      </div>
      <div class="groups-bar">
        {isLate.value && <Lazy load={loadBar} what="The bar above the list" props={{}} />}
      </div>
      <div class="groups">
        {typeof isConnected === 'object' ? (
          <ErrorNote what="The console could not start." error={isConnected.error}>
            <Button action={connect}>Try again</Button>
          </ErrorNote>
        ) : by?.fault ? (
          <p class="empty">The expression has a fault: nothing was asked of the org.</p>
        ) : (
          <List />
        )}
        {group !== undefined && <Lazy load={loadSide} what="The group" props={{ id: group }} />}
      </div>
      {selected.value.size > 0 && isLate.value && (
        <Lazy load={loadSelection} what="The bar for what is selected" props={{}} />
      )}
      {isLate.value && !by?.fault && <Lazy load={loadFoot} what="The line below the list" props={{}} />}
    </>
  );
}

/** The rows, or why there are none. */
function List(): JSX.Element {
  version.value;
  const current = shown.value;
  const columns = useColumns();
  const isNarrow = useMedia('(max-width: 48rem)');
  const { density, group } = address.value;
  if (!current) return <Loading text="Loading the groups…" />;
  const { list, view } = current;
  const { state, error } = list.state.value;
  const chosen = selected.value;
  const readAhead = (): void => {
    if (list.state.peek().state === 'idle' && list.rows.size < AHEAD) void list.read();
  };
  if (list.rows.size === 0 && state === 'failed') {
    return (
      <ErrorNote what="The groups could not be read." error={error}>
        <Button action={() => list.read()}>Retry</Button>
      </ErrorNote>
    );
  }
  if (view.list.length === 0 && state === 'loading') {
    return <Loading text="Loading the groups…" cancel={() => list.cancel()} />;
  }
  return (
    <>
      <Grid<GroupRow>
        label="Groups"
        rows={view.list}
        keyOf={idOf}
        columns={columns}
        rowHeight={isNarrow ? 44 : density === 'compact' ? 28 : 36}
        complete={state === 'complete'}
        active={Math.max(0, activeId.value === undefined ? 0 : view.indexOf(activeId.value))}
        activate={(index, isRange) => activate(view.list[index]?.id, isRange)}
        open={({ id }) => openGroup(id)}
        opened={group}
        selected={({ id }) => chosen.has(id)}
        select={select}
        nearEnd={readAhead}
        describe="groups-count"
        place={{ key: current.key, top: current.top }}
        scrolled={keepPlaceSoon}
      />
      {view.list.length === 0 && (
        <p class="empty grid-none" aria-hidden="true">
          {state === 'complete'
            ? 'Nothing matches.'
            : list.rows.size > 0
              ? 'None of those that were read matches.'
              : 'Nothing is read.'}
        </p>
      )}
    </>
  );
}

const idOf = ({ id }: GroupRow): string => id;

const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
const day = (time: number): JSX.Element | string =>
  Number.isNaN(time) ? '' : <span title={new Date(time).toLocaleString()}>{DAY.format(time)}</span>;
const count = (value: number | undefined): string => (value === undefined ? '' : value.toLocaleString());

const CELLS: Record<Exclude<OwnKey, 'name'>, Pick<Column<GroupRow>, 'width' | 'align' | 'cell'>> = {
  description: {
    width: 'minmax(8rem, 1.5fr)',
    cell: ({ description }) => description && <Name text={description} />,
  },
  type: { width: '5rem', cell: ({ type }) => typeName(type) },
  source: { width: 'minmax(6rem, 10rem)', cell: (row) => <Name text={sourceName(row)} /> },
  users: { width: '6.5rem', align: 'end', cell: ({ users }) => count(users) },
  apps: { width: '5rem', align: 'end', cell: ({ apps }) => count(apps) },
  created: { width: '8rem', cell: ({ created }) => day(created) },
  lastUpdated: { width: '9.5rem', cell: ({ lastUpdated }) => day(lastUpdated) },
  lastMembershipUpdated: {
    width: '10.5rem',
    cell: ({ lastMembershipUpdated }) => day(lastMembershipUpdated),
  },
  id: { width: '13rem', cell: ({ id }) => <code>{id}</code> },
};
const nameCell = (hasDescription: boolean): Pick<Column<GroupRow>, 'width' | 'cell'> => ({
  width: 'minmax(9rem, 2.5fr)',
  cell: ({ name, description }) => (
    <>
      <Name text={name} />
      {!hasDescription && description && (
        <span class="muted">
          {' '}
          <Name text={description} />
        </span>
      )}
    </>
  ),
});

/** Columns whose highest values are wanted first. */
const FROM_TOP: readonly SortKey[] = ['users', 'apps', 'created', 'lastUpdated', 'lastMembershipUpdated'];

function useColumns(): readonly Column<GroupRow>[] {
  const { columns: chosen = DEFAULT_COLUMNS, sort, order = 'asc' } = address.value;
  const isNarrow = useMedia('(max-width: 48rem)');
  const hasOwn = !isNarrow && chosen.some(attributeName);
  useEffect(() => void (hasOwn && needAttributes()), [hasOwn]);
  const own = attributes.value;
  return useMemo(() => {
    // The columns of attributes load with their part.
    const names = ['name', ...(isNarrow ? ['users'] : chosen)].filter(
      (key) => own || !attributeName(key),
    ) as SortKey[];
    const hasDescription = names.includes('description');
    return [
      {
        id: 'select',
        title: 'Selected',
        head: <SelectAll />,
        width: '1.5rem',
        cell: ({ id, name }: GroupRow, index: number) => (
          <input
            type="checkbox"
            tabIndex={-1}
            aria-label={`Select ${nameText(name)}`}
            checked={selected.peek().has(id)}
            onClick={(event) => select(event.shiftKey ? 'range' : 'toggle', index, index)}
          />
        ),
      },
      ...names.map((key): Column<GroupRow> => {
        const isSorted = key === sort;
        const first = FROM_TOP.includes(key) ? 'desc' : 'asc';
        const attribute = attributeName(key);
        return {
          id: key,
          ...((attribute !== undefined ? own?.attributeColumn(attribute) : undefined) ?? {
            title: TITLES[key as OwnKey],
            ...(key === 'name' ? nameCell(hasDescription) : CELLS[key as Exclude<OwnKey, 'name'>]),
          }),
          sorted: isSorted ? order : undefined,
          // The first press sorts, the next turns the order round, the third gives the order of the org.
          sort: () =>
            change(
              !isSorted
                ? { sort: key, order: first }
                : order === first
                  ? { sort: key, order: first === 'asc' ? 'desc' : 'asc' }
                  : { sort: undefined, order: undefined },
            ),
        };
      }),
    ];
  }, [chosen.join(), sort, order, isNarrow, own, own?.schema.value]);
}

/** Selects every row that is read, or none. */
function SelectAll(): JSX.Element {
  version.value;
  const rows = shown.value?.view.list ?? [];
  const { size } = selected.value;
  // Groups of another list may be selected, too.
  const isAll = rows.length > 0 && size >= rows.length && rows.every(({ id }) => selected.value.has(id));
  return (
    <input
      type="checkbox"
      aria-label="Select all that are read"
      indeterminate={size > 0 && !isAll}
      checked={isAll}
      onChange={({ currentTarget }) => (currentTarget.checked ? select('all', 0, 0) : choose(new Map()))}
    />
  );
}
