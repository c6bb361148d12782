import { isOktaError } from 'okta-groups/external';

import type { Named } from '../model/history.ts';
import { nameText } from '../model/names.ts';
import { write } from './changes.ts';
import type { Change, Going } from './changes.ts';
import { client } from './session.ts';

/**
 * Deletes a group, and records it, with what hung on it as far as that is known. A lost answer is looked up.
 *
 * @param show - Shows the deletion while it is under way, with a way to cancel.
 */
export function deleteGroup(
  { id, name }: Named,
  members: number | undefined,
  apps: number | undefined,
  show: (going: Going | undefined) => void,
): Promise<Change | undefined> {
  const change = {
    kind: 'group-deleted',
    group: { id, name },
    ...(members !== undefined && { members }),
    ...(apps !== undefined && { apps }),
  } as const;
  return write(
    `Delete ${nameText(name)}`,
    async (signal) => {
      await (await client()).groups.delete(id, { signal });
      return change;
    },
    async (signal) => {
      try {
        await (await client()).groups.get(id, { signal });
        return undefined;
      } catch (error) {
        if (isOktaError(error, 'not-found')) return change;
        throw error;
      }
    },
    show,
  );
}
