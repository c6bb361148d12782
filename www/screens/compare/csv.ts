// A comparison as CSV: loaded when it is saved.
import Papa from 'papaparse';

import type { Comparison } from '../../model/compare.ts';
import { guarded } from '../../model/csv.ts';
import { personOf } from '../../model/person.ts';
import { groups, people } from '../../org/names.ts';

/** A row for each person, with `yes` or `no` for each group. */
export function comparisonCsv({ regions }: Comparison, ids: readonly string[]): string {
  const heading = ['userId', 'name', 'login', ...ids.map((id) => groups.peek(id)?.profile.name ?? id)];
  const rows = regions.flatMap(({ groups: of, members }) =>
    members.map((id) => {
      const user = people.peek(id);
      const { name = '', login = '' } = user ? personOf(user) : {};
      return [id, name, login, ...ids.map((_, at) => (of.includes(at) ? 'yes' : 'no'))];
    }),
  );
  return `${Papa.unparse(
    [heading, ...rows].map((row) => row.map(guarded)),
    { newline: '\n' },
  )}\n`;
}
