// Memberships that this page changed and that no list of members has shown yet: such lists lag some seconds behind writes.
import { signal } from '@preact/signals';
import { isOktaError } from 'okta-groups/external';
import type { OktaGroups } from 'okta-groups/external';

import type { Change } from '../model/history.ts';
import { asPerson } from './person.ts';

/** A change of one membership. */
export interface Unconfirmed {
  readonly id: string;
  /** The person's name, as far as it is known. */
  readonly name: string;
  /** Added, or removed. */
  readonly added: boolean;
  /** By `Date.now()`. */
  readonly at: number;
}

type OfGroup = ReadonlyMap<string, Unconfirmed>;
const NONE: OfGroup = new Map();

const all = signal<ReadonlyMap<string, OfGroup>>(new Map());

/** What is not confirmed yet of a group's members, by the id of the person. */
export const unconfirmed = (groupId: string): OfGroup => all.value.get(groupId) ?? NONE;

/** Takes note of a change that was made. */
export function noteMemberships(change: Change): void {
  switch (change.kind) {
    case 'member-added':
    case 'member-removed':
      return note(change.group.id, [[change.user.id, change.user.name, change.kind === 'member-added']]);
    case 'members-changed':
      return note(change.group.id, [
        ...change.removed.map((id) => [id, id, false] as const),
        ...change.added.map((id) => [id, id, true] as const),
      ]);
    case 'group-deleted':
      return put(change.group.id, NONE);
  }
}

function note(
  groupId: string,
  changed: readonly (readonly [id: string, name: string, added: boolean])[],
): void {
  const next = new Map(all.peek().get(groupId));
  const at = Date.now();
  for (const [id, name, added] of changed) next.set(id, { id, name, added, at });
  put(groupId, next);
}

function put(groupId: string, next: OfGroup): void {
  const groups = new Map(all.peek());
  if (next.size > 0) groups.set(groupId, next);
  else groups.delete(groupId);
  all.value = groups;
}

/**
 * Takes note of what a list of members shows.
 *
 * @param began - When the read was sent, by `Date.now()`: it confirms what was changed before that.
 * @param isComplete - The ids are all members; else they are some, and who is missing may be on another page.
 */
export function confirm(groupId: string, ids: ReadonlySet<string>, began: number, isComplete: boolean): void {
  const before = all.peek().get(groupId);
  if (!before) return;
  const left = [...before].filter(
    ([id, { added, at }]) => at > began || (added ? !ids.has(id) : ids.has(id) || !isComplete),
  );
  if (left.length < before.size) put(groupId, new Map(left));
}

/** Confirms one change that another list than the members showed. */
export function settle(groupId: string, { id, at }: Unconfirmed): void {
  const next = new Map(all.peek().get(groupId));
  if (next.get(id)?.at !== at) return;
  next.delete(id);
  put(groupId, next);
}

/**
 * Whether a person is a member now, from the person's own groups: they show a change at once, while lists of members lag.
 * `undefined` if the org does not let the console read them.
 */
export async function isMember(
  { users }: OktaGroups,
  groupId: string,
  userId: string,
  signal?: AbortSignal,
): Promise<boolean | undefined> {
  try {
    return await asPerson(async () => {
      for await (const { id } of users.listGroups(userId, { signal })) if (id === groupId) return true;
      return false;
    });
  } catch (error) {
    if (isOktaError(error, 'forbidden')) return undefined;
    throw error;
  }
}
