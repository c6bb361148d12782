// What was changed: in words, and the write that undoes it, as data. The layer above sends it.

import { nameText } from './names.ts';
import { counted, grouped } from './numbers.ts';

/** Who or what a change is about: the id, and the name as it was then. */
export interface Named {
  readonly id: string;
  readonly name: string;
}

/** A profile's attributes. */
export type Profile = Readonly<Record<string, unknown>>;

/** A change that the org confirmed. */
export type Change =
  | { readonly kind: 'member-added'; readonly group: Named; readonly user: Named }
  | {
      readonly kind: 'member-removed';
      readonly group: Named;
      readonly user: Named;
      /** Names of the rules that had put the user there; empty: by hand; absent: not known. */
      readonly rules?: readonly string[];
    }
  | {
      readonly kind: 'members-changed';
      readonly group: Named;
      /** Ids of the users who were really added, and removed. */
      readonly added: readonly string[];
      readonly removed: readonly string[];
      /** How many of `removed` a rule had put there; absent: not known. */
      readonly removedOfRules?: number;
    }
  | {
      readonly kind: 'profile-changed';
      readonly group: Named;
      readonly before: Profile;
      readonly after: Profile;
    }
  | { readonly kind: 'group-created'; readonly group: Named }
  | {
      readonly kind: 'group-deleted';
      readonly group: Named;
      readonly members?: number;
      readonly apps?: number;
    }
  | {
      readonly kind: 'owner-added' | 'owner-removed';
      readonly group: Named;
      readonly owner: Named & { readonly type: 'USER' | 'GROUP' };
    }
  | {
      readonly kind: 'rule-created' | 'rule-deleted' | 'rule-activated' | 'rule-deactivated';
      readonly rule: Named;
    }
  | {
      readonly kind: 'rule-changed';
      readonly rule: Named;
      readonly before: Profile;
      readonly after: Profile;
    };

/** A write of the client, by the name of its method. */
export type Write =
  | { readonly op: 'assignUser' | 'unassignUser'; readonly groupId: string; readonly userId: string }
  | {
      /** Several of the two, as one run. */
      readonly op: 'changeMembers';
      readonly groupId: string;
      readonly add: readonly string[];
      readonly remove: readonly string[];
    }
  | { readonly op: 'updateGroup'; readonly groupId: string; readonly patch: Profile }
  | {
      readonly op: 'assignOwner';
      readonly groupId: string;
      readonly owner: { readonly id: string; readonly type: 'USER' | 'GROUP' };
    }
  | { readonly op: 'deleteOwner'; readonly groupId: string; readonly ownerId: string }
  | { readonly op: 'updateRule'; readonly ruleId: string; readonly patch: Profile };

/** How a change is undone, or why it is not. */
export type Inverse =
  | {
      readonly write: Write;
      /** The change that the write makes: it has an inverse of its own. */
      readonly becomes: Change;
      /** What the undo does not bring back. */
      readonly note?: string;
      readonly reason?: undefined;
    }
  | {
      readonly reason: string;
      readonly write?: undefined;
      readonly becomes?: undefined;
      readonly note?: undefined;
    };

/** The change in words, past tense: `Removed Ana Li from Payroll`. */
export function changeText(change: Change): string {
  switch (change.kind) {
    case 'member-added':
      return `Added ${shown(change.user)} to ${shown(change.group)}`;
    case 'member-removed':
      return `Removed ${shown(change.user)} from ${shown(change.group)}`;
    case 'members-changed': {
      const { added, removed, group } = change;
      const parts = [
        ...(added.length > 0 ? [`added ${people(added.length)}`] : []),
        ...(removed.length > 0 ? [`removed ${people(removed.length)}`] : []),
      ];
      const text = parts.join(', ') || 'changed no members';
      return `${text.charAt(0).toUpperCase()}${text.slice(1)} in ${shown(group)}`;
    }
    case 'profile-changed': {
      const { before, after, group } = change;
      const changed = changedAttributes(before, after);
      if (changed.length === 1 && changed[0] === 'name')
        return `Renamed ${nameText(String(before['name']))} to ${nameText(String(after['name']))}`;
      return `Changed ${changed.join(', ') || 'nothing'} of ${shown(group)}`;
    }
    case 'group-created':
      return `Created the group ${shown(change.group)}`;
    case 'group-deleted':
      return `Deleted the group ${shown(change.group)}`;
    case 'owner-added':
      return `Made ${shown(change.owner)} an owner of ${shown(change.group)}`;
    case 'owner-removed':
      return `Removed ${shown(change.owner)} as an owner of ${shown(change.group)}`;
    case 'rule-created':
      return `Created the rule ${shown(change.rule)}`;
    case 'rule-changed':
      return `Changed the rule ${shown(change.rule)}`;
    case 'rule-deleted':
      return `Deleted the rule ${shown(change.rule)}`;
    case 'rule-activated':
      return `Activated the rule ${shown(change.rule)}`;
    case 'rule-deactivated':
      return `Deactivated the rule ${shown(change.rule)}`;
  }
}

const shown = ({ name }: Named): string => nameText(name);

/** The write that undoes a change, with what it does not bring back; or the reason why there is none. */
export function inverseOf(change: Change): Inverse {
  switch (change.kind) {
    case 'member-added': {
      const { group, user } = change;
      return {
        write: { op: 'unassignUser', groupId: group.id, userId: user.id },
        // Somebody added the user by hand, so no rule is lost.
        becomes: { kind: 'member-removed', group, user, rules: [] },
      };
    }
    case 'member-removed': {
      const { group, user, rules } = change;
      const note = byHandNote(1, rules && (rules.length > 0 ? 1 : 0), rules);
      return {
        write: { op: 'assignUser', groupId: group.id, userId: user.id },
        becomes: { kind: 'member-added', group, user },
        ...(note !== undefined && { note }),
      };
    }
    case 'members-changed': {
      const { group, added, removed, removedOfRules } = change;
      if (added.length + removed.length === 0) return { reason: 'Nothing was changed.' };
      const note = removed.length > 0 ? byHandNote(removed.length, removedOfRules) : undefined;
      return {
        write: { op: 'changeMembers', groupId: group.id, add: removed, remove: added },
        becomes: { kind: 'members-changed', group, added: removed, removed: added, removedOfRules: 0 },
        ...(note !== undefined && { note }),
      };
    }
    case 'profile-changed': {
      const { group, before, after } = change;
      const changed = changedAttributes(before, after);
      if (changed.length === 0) return { reason: 'Nothing was changed.' };
      // `null` clears an attribute that was not there before.
      const patch = Object.fromEntries(changed.map((name) => [name, before[name] ?? null]));
      const name = typeof before['name'] === 'string' ? before['name'] : group.name;
      return {
        write: { op: 'updateGroup', groupId: group.id, patch },
        becomes: { kind: 'profile-changed', group: { ...group, name }, before: after, after: before },
      };
    }
    case 'owner-added': {
      const { group, owner } = change;
      return {
        write: { op: 'deleteOwner', groupId: group.id, ownerId: owner.id },
        becomes: { kind: 'owner-removed', group, owner },
      };
    }
    case 'owner-removed': {
      const { group, owner } = change;
      return {
        write: { op: 'assignOwner', groupId: group.id, owner: { id: owner.id, type: owner.type } },
        becomes: { kind: 'owner-added', group, owner },
      };
    }
    case 'rule-changed': {
      const { rule, before, after } = change;
      const patch = restoring(ruleText(before), ruleText(after));
      if (Object.keys(patch).length === 0) return { reason: 'Nothing was changed.' };
      const name = typeof before['name'] === 'string' ? before['name'] : rule.name;
      return {
        write: { op: 'updateRule', ruleId: rule.id, patch },
        becomes: { kind: 'rule-changed', rule: { ...rule, name }, before: after, after: before },
        note: 'The rule gets its earlier text back. Whom Okta added or removed by the later text is not undone.',
      };
    }
    case 'group-created':
      return { reason: 'Delete the group on its own page, which shows what hangs on it.' };
    case 'group-deleted':
      return {
        reason: 'Okta does not bring back a deleted group. A new one has another id and no members or apps.',
      };
    case 'rule-created':
      return { reason: 'Delete the rule on the screen Rules.' };
    case 'rule-deleted':
      return { reason: 'Okta does not bring back a deleted rule. A new one has another id.' };
    case 'rule-activated':
      return {
        reason:
          'The people whom a rule added stay when it is deactivated (documented). Deactivate it on the screen Rules.',
      };
    case 'rule-deactivated':
      return { reason: 'An activated rule adds everybody whom it matches. Activate it on the screen Rules.' };
  }
}

/** What a program may change of a rule: Okta sets the rest. */
const ruleText = ({ name, conditions, actions }: Profile): Profile => ({ name, conditions, actions });

/**
 * The patch that makes `before` of `after`. `rules.update` merges objects, so what `after` has besides is emptied, not left out.
 */
function restoring(before: Profile, after: Profile): Profile {
  return Object.fromEntries(
    changedAttributes(before, after).map((key) => {
      const [was, is] = [before[key], after[key]];
      if (isRecord(is) && (isRecord(was) || was === undefined)) return [key, restoring(was ?? {}, is)];
      return [key, was ?? (Array.isArray(is) ? [] : null)];
    }),
  );
}

const isRecord = (value: unknown): value is Profile =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Attributes in which two profiles differ. An absent attribute and `null` are the same. */
export function changedAttributes(before: Profile, after: Profile): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => !sameValue(before[name], after[name]));
}

/** Whether two JSON values are equal, whatever the order of their keys; absent and `null` are equal. */
export function sameValue(a: unknown, b: unknown): boolean {
  if ((a ?? null) === (b ?? null)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((each, at) => sameValue(each, b[at]));
  const [one, other] = [a as Profile, b as Profile];
  return changedAttributes(one, other).length === 0;
}

const people = (count: number): string => counted(count, 'member');

/** Who comes back by an undo comes back by hand. Nothing is said where it is certain that no rule had put them there. */
function byHandNote(
  count: number,
  ofRules: number | undefined,
  rules: readonly string[] = [],
): string | undefined {
  if (ofRules === 0) return undefined;
  const who = count === 1 ? 'The member comes' : 'The members come';
  if (ofRules === undefined)
    return `${who} back as added by hand; whether a rule had put them there is not known.`;
  const named = rules.map((rule) => nameText(rule)).join(', ');
  const had = named ? `, not by the rule ${named} as before` : ', not by a rule as before';
  return count === 1
    ? `${who} back as added by hand${had}.`
    : `${grouped(ofRules)} of ${counted(count, 'member')} come back as added by hand${had}.`;
}
