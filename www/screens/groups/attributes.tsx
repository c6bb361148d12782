// The org's own attributes as columns of the list: their names, their heads and their cells.
import { computed } from '@preact/signals';

import type { Field } from '../../model/profile.ts';
import { attributeOf, seenAttributes } from '../../model/row.ts';
import type { GroupRow } from '../../model/row.ts';
import { attributeName } from '../../model/rows.ts';
import { groupSchema, needGroupSchema } from '../../org/schema.ts';
import type { Column } from '../../ui/grid.tsx';
import { Name } from '../../ui/name.tsx';

/** Attributes that the menu offers at most. */
const MOST = 200;

// Whatever shows the columns of attributes, or offers them, wants their titles.
needGroupSchema();

/** The attributes of the org's schema, where it was read. */
export const schema = computed(() => {
  const state = groupSchema.state.value;
  return state.state === 'ready' ? state.value : undefined;
});

const fieldOf = (name: string): Field | undefined => schema.value?.find((field) => field.name === name);

/** How the column of an attribute looks. The schema gives its title and type. */
export function attributeColumn(name: string): Pick<Column<GroupRow>, 'title' | 'width' | 'align' | 'cell'> {
  const field = fieldOf(name);
  const labels = new Map(field?.values?.map(({ value, label }) => [value, label]));
  return {
    title: attributeTitle(name),
    width: 'minmax(6rem, 12rem)',
    ...((field?.type === 'integer' || field?.type === 'number') && { align: 'end' as const }),
    cell: (row) => {
      const value = attributeOf(row, name);
      // A number may be a code: it has no separators.
      return value === undefined ? '' : <Name text={labels.get(value) ?? String(value)} />;
    },
  };
}

/** Names that were offered. They stay, so that a box that was unchecked does not vanish under the pointer. */
const offered = new Set<string>();

/** Names of attributes that may be columns: those of the schema, of the rows that were read, and of the columns there are. */
export function attributeNames(columns: readonly string[]): string[] {
  const known = schema.value?.flatMap((field) => (field.isCustom ? field.name : [])) ?? [];
  const shown = columns.flatMap((key) => attributeName(key) ?? []);
  for (const name of [...known, ...[...seenAttributes].sort(), ...shown])
    if (attributeName(`profile.${name}`) !== undefined) offered.add(name);
  return [...offered].slice(0, MOST);
}

/** The title that the schema has for an attribute, or its name. */
export const attributeTitle = (name: string): string => fieldOf(name)?.title ?? name;
