// What the API can change of a group, and the rules that lead into it.
import { signal } from '@preact/signals';
import { isOktaError } from 'okta-groups/external';
import type { Group, GroupRule, OktaGroups } from 'okta-groups/external';
import { useEffect } from 'preact/hooks';

import { nameText } from '../../model/names.ts';
import { isChangeable } from '../../model/row.ts';
import { readOnly } from '../../org/session.ts';

/** Why the members and the profile cannot be changed here; `undefined` if they can. */
export function fixedBecause(group: Group): string | undefined {
  const { type, _embedded, source } = group;
  if (isChangeable(group)) return undefined;
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

/** The last sign that the group may be gone, such as a 404: the panel looks then whether it is. */
export const missed = signal<unknown>(undefined);

export function noteMissed(error: unknown): void {
  if (isOktaError(error, 'not-found')) missed.value = error;
}

/** Takes note of an error that a tab shows. */
export function useMissed(error: unknown): void {
  useEffect(() => noteMissed(error), [error]);
}
