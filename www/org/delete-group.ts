import { isOktaError } from 'okta-groups/external';

import type { Named } from '../model/history.ts';
import { write } from './changes.ts';
import type { Change } from './changes.ts';
import { client } from './session.ts';

/** Deletes a group, and records it, with what hung on it as far as that is known. A lost answer is looked up. */
export function deleteGroup(
  { id, name }: Named,
  members: number | undefined,
  apps: number | undefined,
): Promise<Change | undefined> {
  const change = {
    kind: 'group-deleted',
    group: { id, name },
    ...(members !== undefined && { members }),
    ...(apps !== undefined && { apps }),
  } as const;
  return write(
    async () => {
      await (await client()).groups.delete(id);
      return change;
    },
    async () => {
      try {
        await (await client()).groups.get(id);
        return undefined;
      } catch (error) {
        if (isOktaError(error, 'not-found')) return change;
        throw error;
      }
    },
  );
}
