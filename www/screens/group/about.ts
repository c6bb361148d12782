// What the API can change of a group, and the rules that lead into it.
import type { Group, GroupRule, OktaGroups } from 'okta-groups/external';

import { nameText } from '../../model/names.ts';
import { mayHaveRun } from '../../org/changes.ts';
import { readOnly } from '../../org/session.ts';

/** Why the members and the profile cannot be changed here; `undefined` if they can. */
export function fixedBecause({ type, _embedded, source }: Group): string | undefined {
  if (type === 'OKTA_GROUP') return undefined;
  if (type === 'APP_GROUP') {
    const label = _embedded?.app?.label ?? source?.id;
    const from = label === undefined ? 'an app' : nameText(label);
    return `This group is imported from ${from}: its profile and members change only there.`;
  }
  if (type === 'BUILT_IN') {
    return 'This group is built in: Okta manages its members, and it cannot be renamed or deleted.';
  }
  return `Okta lets no program change a group of the type ${type}.`;
}

/** Why nothing can be written to the group: the group's own reason, or the console's. */
export const unwritable = (group: Group): string | undefined => fixedBecause(group) ?? readOnly.value;

/** The rules that put people into the group, whatever their state. Reads the list of all rules. */
export async function rulesInto(
  { rules }: OktaGroups,
  groupId: string,
  signal: AbortSignal,
): Promise<GroupRule[]> {
  const found: GroupRule[] = [];
  for await (const rule of rules.list({ signal })) {
    if (rule.actions?.assignUserToGroups?.groupIds?.includes(groupId)) found.push(rule);
  }
  return found;
}

/** "was not …", unless nobody knows: the answer of the write was lost, and looking failed. */
export function failure(error: unknown, words: string): string {
  if (!mayHaveRun(error)) return words;
  return `The answer was lost, so it is not known whether this was done. ${words.replace(' was not ', ' may not have been ')}`;
}
