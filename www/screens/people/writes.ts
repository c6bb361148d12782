// Adds a person to a group and removes a person from one, at once and with Undo.
import type { Group } from 'okta-groups/external';

import { nameText } from '../../model/names.ts';
import { mayHaveRun, say, write } from '../../org/changes.ts';
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
  retry: () => void;
}

/** Whether the person is a member, as far as the org lets the console read it. */
const isIn = (group: Named, user: Named): Promise<boolean | undefined> =>
  isMember(theClient(), group.id, user.id);

/** What the org tells. Throws where it does not tell: then nobody knows whether a write was done. */
async function told<T>(answer: Promise<T | undefined>): Promise<T> {
  const value = await answer;
  if (value === undefined) throw new Error('The org does not tell.');
  return value;
}

/** Adds the person. Gives the failure, if it failed. */
export async function add(group: Named, user: Named): Promise<Omit<Failure, 'retry'> | undefined> {
  const made = { kind: 'member-added', group, user } as const;
  try {
    if ((await isIn(group, user)) === true) {
      say(`${nameText(user.name)} is a member of ${nameText(group.name)} already. Nothing was changed.`);
      return undefined;
    }
    await write(
      async () => {
        await theClient().groups.assignUser(group.id, user.id);
        return made;
      },
      async () => ((await told(isIn(group, user))) ? made : undefined),
    );
    return undefined;
  } catch (error) {
    return { what: failed(error, `${nameText(user.name)} was not added to ${nameText(group.name)}.`), error };
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
): Promise<Omit<Failure, 'retry'> | undefined> {
  const made = { kind: 'member-removed', group, user, ...(rules && { rules }) } as const;
  try {
    if ((await isIn(group, user)) === false) {
      say(`${nameText(user.name)} is no member of ${nameText(group.name)} any more. Nothing was changed.`);
      return undefined;
    }
    await write(
      async () => {
        await theClient().groups.unassignUser(group.id, user.id);
        return made;
      },
      async () => ((await told(isIn(group, user))) ? undefined : made),
    );
    return undefined;
  } catch (error) {
    return {
      what: failed(error, `${nameText(user.name)} was not removed from ${nameText(group.name)}.`),
      error,
    };
  }
}

const failed = (error: unknown, words: string): string =>
  mayHaveRun(error)
    ? `The answer was lost, so it is not known whether this was done. ${words.replace(' was not ', ' may not have been ')}`
    : words;

/** Why the members of a group cannot be changed by the API; `undefined` if they can. */
export function fixedMembers({ type }: Pick<Group, 'type'>): string | undefined {
  switch (type) {
    case 'OKTA_GROUP':
      return undefined;
    case 'APP_GROUP':
      return 'its members change only in the app that it comes from';
    case 'BUILT_IN':
      return 'Okta manages its members';
    default:
      return `the API does not change groups of the type ${type}`;
  }
}
