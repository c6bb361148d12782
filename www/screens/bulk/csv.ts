// A report as CSV: loaded when one is saved.
import Papa from 'papaparse';

import type { ReportRow } from '../../model/bulk.ts';
import { guarded } from '../../model/csv.ts';
import { personOf } from '../../model/person.ts';
import { groups, people } from '../../org/names.ts';
import { wordsOf } from '../../ui/error.tsx';

export function reportCsv(rows: readonly ReportRow[]): string {
  const table = rows.map(({ groupId, userId, op, status, error }) => {
    const user = people.peek(userId);
    return [
      groupId,
      groups.peek(groupId)?.profile.name ?? '',
      userId,
      user ? personOf(user).login : '',
      op,
      status,
      error === undefined ? '' : wordsOf(error),
    ].map((cell) => guarded(String(cell)));
  });
  const heading = ['groupId', 'groupName', 'userId', 'login', 'write', 'status', 'error'];
  return `${Papa.unparse([heading, ...table], { newline: '\n' })}\n`;
}
