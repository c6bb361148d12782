// The writes that undo a change, sent from their data in this one place.
import type { GroupRule, OktaGroups } from 'okta-groups/external';

import { sameValue } from '../model/history.ts';
import type { Write } from '../model/history.ts';
import { nameText } from '../model/names.ts';
import { TERM_WORDS, changedTerms, termsOfRule } from '../model/rules.ts';
import type { RuleTerms } from '../model/rules.ts';
import { NotUndone, record } from './changes.ts';
import type { Made } from './changes.ts';
import { updated } from './groups.ts';
import { inLanes } from './lanes.ts';
import { isMember } from './memberships.ts';

/**
 * Sends a write, and gives the change that it made: `becomes` if all of it is done, nothing if the org has that state already. Of
 * several writes in one, what was done before one failed is recorded here.
 *
 * @throws NotUndone if others changed meanwhile what the write would restore.
 */
export async function send(
  client: OktaGroups,
  write: Write,
  becomes: Made,
  signal: AbortSignal,
): Promise<Made | undefined> {
  const { groups, rules } = client;
  const options = { signal };
  switch (write.op) {
    case 'assignUser':
    case 'unassignUser':
      if ((await isMember(client, write.groupId, write.userId, signal)) === (write.op === 'assignUser'))
        return undefined;
      await groups[write.op](write.groupId, write.userId, options);
      return becomes;
    case 'changeMembers': {
      const added: string[] = [];
      const removed: string[] = [];
      const done = () => ({ ...becomes, added, removed }) as Made;
      try {
        // What others did meanwhile is no change of this page: an undo of the undo leaves it.
        await inLanes(write.add, async (id) => {
          if (await isMember(client, write.groupId, id, signal)) return;
          await groups.assignUser(write.groupId, id, options);
          added.push(id);
        });
        await inLanes(write.remove, async (id) => {
          if ((await isMember(client, write.groupId, id, signal)) === false) return;
          await groups.unassignUser(write.groupId, id, { ...options, ifMissing: 'ignore' });
          removed.push(id);
        });
      } catch (error) {
        if (added.length + removed.length > 0) record(done());
        throw error;
      }
      return added.length + removed.length > 0 ? done() : undefined;
    }
    case 'updateGroup': {
      const { profile } = await groups.get(write.groupId, options);
      const names = Object.keys(write.patch);
      const wrote = 'before' in becomes ? becomes.before : {};
      if (names.every((name) => sameValue(profile[name], write.patch[name]))) return undefined;
      const others = names.filter((name) => !sameValue(profile[name], wrote[name]));
      if (others.length > 0) {
        throw new NotUndone(
          `Somebody changed ${others.join(', ')} of ${nameText(profile.name)} since; an undo would take that back, too.`,
        );
      }
      updated(await groups.update(write.groupId, write.patch, options));
      return becomes;
    }
    case 'assignOwner':
      if (await isOwner(client, write.groupId, write.owner.id, signal)) return undefined;
      await groups.assignOwner(write.groupId, write.owner, options);
      return becomes;
    case 'deleteOwner':
      if (!(await isOwner(client, write.groupId, write.ownerId, signal))) return undefined;
      await groups.deleteOwner(write.groupId, write.ownerId, { ...options, ifMissing: 'ignore' });
      return becomes;
    case 'updateRule': {
      const terms = termsOfRule(await rules.get(write.ruleId, options));
      const { before, after } = rulesOf(becomes);
      if (changedTerms(terms, after).length === 0) return undefined;
      const others = changedTerms(terms, before);
      if (others.length > 0) {
        throw new NotUndone(
          `Somebody changed ${others.map((field) => TERM_WORDS[field]).join(', ')} of the rule ${nameText(terms.name)} since; an undo would take that back, too.`,
        );
      }
      await rules.update(write.ruleId, write.patch, options);
      return becomes;
    }
  }
}

/**
 * Reads whether a write was done whose answer was lost: gives the change if it was, nothing if not.
 *
 * @throws if the org does not tell.
 */
export async function look(
  client: OktaGroups,
  write: Write,
  becomes: Made,
  signal: AbortSignal,
): Promise<Made | undefined> {
  let isDone: boolean | undefined;
  switch (write.op) {
    case 'assignUser':
    case 'unassignUser': {
      const is = await isMember(client, write.groupId, write.userId, signal);
      isDone = is === undefined ? is : is === (write.op === 'assignUser');
      break;
    }
    case 'updateGroup': {
      const group = await client.groups.get(write.groupId, { signal });
      isDone = Object.entries(write.patch).every(([name, value]) => sameValue(group.profile[name], value));
      if (isDone) updated(group);
      break;
    }
    case 'assignOwner':
      isDone = await isOwner(client, write.groupId, write.owner.id, signal);
      break;
    case 'deleteOwner':
      isDone = !(await isOwner(client, write.groupId, write.ownerId, signal));
      break;
    case 'updateRule': {
      const terms = termsOfRule(await client.rules.get(write.ruleId, { signal }));
      isDone = changedTerms(terms, rulesOf(becomes).after).length === 0;
    }
  }
  if (isDone === undefined) throw new Error('The org does not tell.');
  return isDone ? becomes : undefined;
}

/** The terms of a rule before and after a change of it. */
function rulesOf(change: Made): { before: RuleTerms; after: RuleTerms } {
  if (change.kind !== 'rule-changed') throw new TypeError('a rule is changed by a change of a rule');
  return {
    before: termsOfRule(change.before as unknown as GroupRule),
    after: termsOfRule(change.after as unknown as GroupRule),
  };
}

async function isOwner(
  { groups }: OktaGroups,
  groupId: string,
  ownerId: string,
  signal: AbortSignal,
): Promise<boolean> {
  const owners = await groups.listOwners(groupId, { signal }).toArray({ max: Infinity });
  return owners.some(({ id }) => id === ownerId);
}
