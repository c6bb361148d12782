// Selecting by clicks and keys: single rows, ranges, all that are read.
import { oneOf } from 'okta-groups/external';

import { toRow } from '../../model/row.ts';
import type { GroupRow } from '../../model/row.ts';
import { PAGE } from '../../org/groups.ts';
import { client } from '../../org/session.ts';
import type { Selecting } from '../../ui/grid.tsx';
import { choose, range, selected, shown } from './state.ts';

/** The row from which a range is counted, and what was selected before the range. */
let anchor: string | undefined;
let base: ReadonlyMap<string, GroupRow | undefined> = new Map();

export function select(how: Selecting, index: number, from: number): void {
  const current = shown.peek();
  if (!current) return;
  const { list: rows } = current.view;
  const row = rows[index];
  if (how === 'all') {
    const next = new Map(selected.peek());
    for (const each of rows) next.set(each.id, each);
    const count = rows.length.toLocaleString();
    const said = current.list.isComplete ? 'are selected' : 'read are selected, not all that exist';
    choose(next, `All ${count} ${said}.`);
    return;
  }
  if (!row) return;
  if (how === 'toggle') {
    const next = new Map(selected.peek());
    if (!next.delete(row.id)) next.set(row.id, row);
    anchor = row.id;
    base = next;
    choose(next);
    return;
  }
  if (how === 'extend' && !range.isOpen) {
    anchor = rows[from]?.id;
    base = selected.peek();
  }
  range.isOpen = true;
  const start = anchor === undefined ? -1 : current.view.indexOf(anchor);
  const [first, last] = [start < 0 ? from : start, index].sort((a, b) => a - b) as [number, number];
  const next = new Map(base);
  for (const each of rows.slice(first, last + 1)) next.set(each.id, each);
  choose(next);
}

export function deselectAll(): void {
  anchor = undefined;
  base = new Map();
  choose(base);
}

/** The rows that are selected, as far as they were read. */
export function selectedRows(): GroupRow[] {
  const rows = shown.peek()?.list.rows;
  return [...selected.peek()].flatMap(([id, row]) => rows?.get(id) ?? row ?? []);
}

/** Ids of groups that are selected, of which no row is there: a reload keeps the ids alone. */
export function unreadSelected(): string[] {
  const rows = shown.peek()?.list.rows;
  return [...selected.value].flatMap(([id, row]) => ((rows?.get(id) ?? row) ? [] : [id]));
}

/** Ids in one search. */
const AT_ONCE = 100;

/** Reads the rows of groups that are selected and were not read. Of those that the org has no more there is none then. */
export async function readSelected(): Promise<void> {
  const ids = unreadSelected();
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const search = oneOf('id', ids.slice(at, at + AT_ONCE));
    const { items } = await (await client()).groups.list({ search, limit: PAGE, expand: ['stats', 'app'] });
    const next = new Map(selected.peek());
    for (const group of items) if (next.has(group.id)) next.set(group.id, toRow(group));
    choose(next);
  }
}
