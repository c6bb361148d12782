// The groups of one person, and of two people side by side.
import type { Group, GroupRule } from 'okta-groups/external';

/** The reason why a person is in a group, as far as it is known. */
export type How =
  /** Okta or the app manages the members of the group. */
  | { readonly by: 'okta' | 'app' }
  /** The org said it: by these rules, or by hand where there are none. */
  | { readonly by: 'rules'; readonly rules: readonly { readonly id: string; readonly name: string }[] }
  | { readonly by: 'hand' }
  /** The org did not say; these rules have the group as a target, as far as the rules were read. */
  | { readonly by: 'unknown'; readonly targetedBy: readonly GroupRule[] | undefined };

/**
 * The reason why a person is in a group, without reading the group's members.
 *
 * @param rules - All rules of the org; not given if they were not read.
 */
export function howWithoutMembers(group: Group, rules: readonly GroupRule[] | undefined): How {
  if (group.type === 'BUILT_IN') return { by: 'okta' };
  if (group.type === 'APP_GROUP') return { by: 'app' };
  const targetedBy = rules?.filter(({ actions }) =>
    actions?.assignUserToGroups?.groupIds?.includes(group.id),
  );
  return targetedBy?.length === 0 ? { by: 'hand' } : { by: 'unknown', targetedBy };
}

/** The members of a group among two people. */
export type Side = 'both' | 'first' | 'second';

/** A group that one of two people or both are in. */
export interface SharedGroup {
  readonly group: Group;
  readonly side: Side;
}

/** The groups of two people: those of the first in their order, then those that only the second has. */
export function compareGroups(first: readonly Group[], second: readonly Group[]): SharedGroup[] {
  const seconds = new Set(second.map(({ id }) => id));
  const firsts = new Set(first.map(({ id }) => id));
  return [
    ...first.map((group): SharedGroup => ({ group, side: seconds.has(group.id) ? 'both' : 'first' })),
    ...second.filter(({ id }) => !firsts.has(id)).map((group): SharedGroup => ({ group, side: 'second' })),
  ];
}
