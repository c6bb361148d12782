// Adds a person to a group and removes a person from one, at once and with Undo.
import type { Group } from 'okta-groups/external';

import { nameText } from '../../model/names.ts';
import { isChangeable } from '../../model/row.ts';
import { failure, say, write } from '../../org/changes.ts';
import { isMember } from '../../org/memberships.ts';
import { theClient } from '../../org/session.ts';

interface Named {
  id: string;
  name: string;
}

/** A failed write, in words. */
export interface Failure {
  what: string;
  error: unknown;
}

/** Whether the person is a member. Throws where the org does not tell: then nobody knows whether a write was done. */
async function isIn(group: Named, user: Named, signal: AbortSignal): Promise<boolean> {
  const is = await isMember(theClient(), group.id, user.id, signal);
  if (is === undefined) throw new Error('The org does not tell.');
  return is;
}

/** Adds the person. Gives the failure, if it failed. */
export async function add(group: Named, user: Named): Promise<Failure | undefined> {
  const made = { kind: 'member-added', group, user } as const;
  const [person, where] = [nameText(user.name), nameText(group.name)];
  try {
    await write(
      `Add ${person} to ${where}`,
      async (signal) => {
        if (await isMember(theClient(), group.id, user.id, signal)) {
          say(`${person} is a member of ${where} already. Nothing was changed.`);
          return undefined;
        }
        await theClient().groups.assignUser(group.id, user.id, { signal });
        return made;
      },
      async (signal) => ((await isIn(group, user, signal)) ? made : undefined),
    );
    return undefined;
  } catch (error) {
    return { what: failure(error, `${person} was not added to ${where}.`), error };
  }
}

/**
 * Removes the person. Gives the failure, if it failed.
 *
 * @param rules - Names of the rules that had put the person there; empty: by hand; not given: not known.
 */
export async function remove(
  group: Named,
  user: Named,
  rules: readonly string[] | undefined,
): Promise<Failure | undefined> {
  const made = { kind: 'member-removed', group, user, ...(rules && { rules }) } as const;
  const [person, where] = [nameText(user.name), nameText(group.name)];
  try {
    await write(
      `Remove ${person} from ${where}`,
      async (signal) => {
        if ((await isMember(theClient(), group.id, user.id, signal)) === false) {
          say(`${person} is no member of ${where} any more. Nothing was changed.`);
          return undefined;
        }
        await theClient().groups.unassignUser(group.id, user.id, { signal });
        return made;
      },
      async (signal) => ((await isIn(group, user, signal)) ? undefined : made),
    );
    return undefined;
  } catch (error) {
    return { what: failure(error, `${person} was not removed from ${where}.`), error };
  }
}

/** Why the members of a group cannot be changed by the API; `undefined` if they can. */
export function fixedMembers(group: Pick<Group, 'type'>): string | undefined {
  if (isChangeable(group)) return undefined;
  switch (group.type) {
    case 'APP_GROUP':
      return 'its members change only in the app that it comes from';
    case 'BUILT_IN':
      return 'Okta manages its members';
    default:
      return `the API does not change groups of the type ${group.type}`;
  }
}
