// The writes that undo a change, sent from their data in this one place.
import { isOktaError } from 'okta-groups/external';
import type { OktaGroups } from 'okta-groups/external';

import type { Write } from '../model/history.ts';
import { record } from './changes.ts';
import type { Made } from './changes.ts';
import { updated } from './groups.ts';

/**
 * Sends a write, and gives the change that it made: `becomes` if all of it is done. Of several writes in one, what was done before
 * one failed is recorded here.
 */
export async function send(
  { groups, rules }: OktaGroups,
  write: Write,
  becomes: Made,
): Promise<Made | undefined> {
  switch (write.op) {
    case 'assignUser':
    case 'unassignUser':
      await groups[write.op](write.groupId, write.userId);
      return becomes;
    case 'changeMembers': {
      const added: string[] = [];
      const removed: string[] = [];
      const done = () => ({ ...becomes, added, removed }) as Made;
      try {
        await inLanes(write.add, async (id) => {
          await groups.assignUser(write.groupId, id);
          added.push(id);
        });
        await inLanes(write.remove, async (id) => {
          await groups.unassignUser(write.groupId, id, { ifMissing: 'ignore' });
          removed.push(id);
        });
      } catch (error) {
        if (added.length + removed.length > 0) record(done());
        throw error;
      }
      return done();
    }
    case 'updateGroup': {
      updated(await groups.update(write.groupId, write.patch));
      return becomes;
    }
    case 'assignOwner':
      try {
        await groups.assignOwner(write.groupId, write.owner);
      } catch (error) {
        // Okta refuses to assign an owner twice: somebody else did it meanwhile.
        if (!isOktaError(error, 'bad-request')) throw error;
        const owners = await groups.listOwners(write.groupId).toArray({ max: Infinity });
        if (!owners.some(({ id }) => id === write.owner.id)) throw error;
        return undefined;
      }
      return becomes;
    case 'deleteOwner':
      await groups.deleteOwner(write.groupId, write.ownerId, { ifMissing: 'ignore' });
      return becomes;
    case 'updateRule':
      await rules.update(write.ruleId, write.patch);
      return becomes;
  }
}

/** Writes of members that are under way at once; the client holds them back where the org's limit asks for it. */
const LANES = 4;

/** Runs one call for each id. After a failure no further call begins; those under way end first. */
async function inLanes(ids: readonly string[], call: (id: string) => Promise<void>): Promise<void> {
  let next = 0;
  let failure: { error: unknown } | undefined;
  const lane = async () => {
    while (!failure && next < ids.length) {
      const id = ids[next++];
      if (id === undefined) return;
      try {
        await call(id);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  if (failure) throw failure.error;
}
