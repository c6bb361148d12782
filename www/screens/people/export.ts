// The groups of a person as a file: loaded when one is saved.
import type { Group } from 'okta-groups/external';

import { FileWriter, GROUP_COLUMNS, fileName } from '../../model/csv.ts';
import { dayOf } from '../../model/days.ts';
import type { Person } from '../../model/person.ts';
import { orgName } from '../../org/session.ts';
import { saveFile } from '../../ui/save.ts';

/** Saves the groups as CSV. A list that was not read to its end says so in its name and its last line. */
export function saveGroups(person: Person, groups: readonly Group[], isPartial: boolean): void {
  const writer = new FileWriter({ form: 'csv', columns: GROUP_COLUMNS });
  const text = [writer.rows(groups), writer.end(isPartial ? 'not read to the end' : undefined)];
  const parts = ['groups-of', person.login || person.id, orgName.value, dayOf(Date.now())];
  saveFile(fileName(parts, 'csv', isPartial), text, 'text/csv;charset=utf-8');
}
