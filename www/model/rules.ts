// Group rules: the terms that a person edits, their changes, and the rules that put a member into a group.
import type { GroupRule, GroupRuleInput, User } from 'okta-groups/external';

/** Okta documents at most 50 characters; a character beyond the basic plane counts once. */
export const RULE_NAME_MAX = 50;

/** The part of a rule that can be edited. */
export interface RuleTerms {
  readonly name: string;
  readonly expression: string;
  /** Ids of the target groups. */
  readonly targets: readonly string[];
  /** Ids of the people whom the rule leaves alone. */
  readonly excluded: readonly string[];
}

export const NO_TERMS: RuleTerms = { name: '', expression: '', targets: [], excluded: [] };

export type TermField = keyof RuleTerms;
export const TERM_FIELDS: readonly TermField[] = ['name', 'expression', 'targets', 'excluded'];

/** The fields in words, within a sentence. */
export const TERM_WORDS: Readonly<Record<TermField, string>> = {
  name: 'name',
  expression: 'expression',
  targets: 'target groups',
  excluded: 'people it leaves alone',
};

/** The terms of a rule; what an answer leaves out is empty. */
export function termsOfRule(rule: GroupRule): RuleTerms {
  return {
    name: rule.name,
    expression: rule.conditions?.expression?.value ?? '',
    targets: rule.actions?.assignUserToGroups?.groupIds ?? [],
    excluded: rule.conditions?.people?.users?.exclude ?? [],
  };
}

const asSet = (value: string | readonly string[]): string =>
  typeof value === 'string' ? value : JSON.stringify([...value].sort());

/** The fields that differ; ids in another order are no difference. */
export function changedTerms(before: RuleTerms, after: RuleTerms): TermField[] {
  return TERM_FIELDS.filter((field) => asSet(before[field]) !== asSet(after[field]));
}

/** The patch that changes the terms to `after`: only the fields that differ. `undefined` if none does. */
export function patchOfTerms(before: RuleTerms, after: RuleTerms): GroupRuleInput | undefined {
  const changed = changedTerms(before, after);
  if (changed.length === 0) return undefined;
  const has = (field: TermField) => changed.includes(field);
  const conditions = {
    ...(has('expression') && { expression: { value: after.expression } }),
    ...(has('excluded') && { people: { users: { exclude: [...after.excluded] } } }),
  };
  return {
    ...(has('name') && { name: after.name }),
    ...(Object.keys(conditions).length > 0 && { conditions }),
    ...(has('targets') && { actions: { assignUserToGroups: { groupIds: [...after.targets] } } }),
  };
}

/** A new rule with these terms. */
export function ruleOfTerms({ name, expression, targets, excluded }: RuleTerms): GroupRuleInput {
  return {
    type: 'group_rule',
    name,
    conditions: {
      ...(excluded.length > 0 && { people: { users: { exclude: [...excluded] } } }),
      expression: { type: 'urn:okta:expression:1.0', value: expression },
    },
    actions: { assignUserToGroups: { groupIds: [...targets] } },
  };
}

/**
 * Merges typed terms into a rule that somebody else changed meanwhile. A text that was not typed becomes theirs; ids that were
 * added or taken out are added to and taken out of theirs. `conflicts` names the texts that both changed: `terms` has the typed
 * one.
 */
export function mergeTerms(
  base: RuleTerms,
  mine: RuleTerms,
  theirs: RuleTerms,
): { terms: RuleTerms; conflicts: TermField[] } {
  const conflicts: TermField[] = [];
  const text = (field: 'name' | 'expression'): string => {
    if (mine[field] === base[field]) return theirs[field];
    if (theirs[field] !== base[field] && theirs[field] !== mine[field]) conflicts.push(field);
    return mine[field];
  };
  const ids = (field: 'targets' | 'excluded'): string[] => {
    const kept = theirs[field].filter((id) => mine[field].includes(id) || !base[field].includes(id));
    const added = mine[field].filter((id) => !base[field].includes(id) && !kept.includes(id));
    return [...kept, ...added];
  };
  const terms = {
    name: text('name'),
    expression: text('expression'),
    targets: ids('targets'),
    excluded: ids('excluded'),
  };
  return { terms, conflicts };
}

/** Errors in the terms that are found before they are sent, by field. */
export function faultsOfTerms({ name, expression, targets }: RuleTerms): Partial<Record<TermField, string>> {
  const length = [...name].length;
  return {
    ...(name.trim() === '' && { name: 'A rule needs a name.' }),
    ...(length > RULE_NAME_MAX && {
      name: `A rule’s name has at most ${RULE_NAME_MAX} characters; these are ${length}.`,
    }),
    ...(expression.trim() === '' && { expression: 'A rule needs an expression that takes people.' }),
    ...(targets.length === 0 && { targets: 'A rule needs a group that it puts people into.' }),
  };
}

/** The field that the org's refusal (400) is about, by its texts; `undefined` if they do not tell. */
export function fieldOfRefusal(summary: string, causes: readonly string[]): TermField | undefined {
  const text = [...causes, summary].join('\n');
  if (/expression/i.test(text)) return 'expression';
  if (/groupIds|assignUserToGroups|invalid group/i.test(text)) return 'targets';
  if (/exclude/i.test(text)) return 'excluded';
  return /\bname\b/i.test(text) ? 'name' : undefined;
}

/** The state of a rule in words. "Documented" and "recorded" name the source. */
export function ruleStateWords(status: string): { word: string; means: string } {
  switch (status) {
    case 'ACTIVE':
      return {
        word: 'Active',
        means:
          'Okta puts the people whom the expression takes into the target groups, and takes out those whom it no longer takes, some seconds after a change (recorded).',
      };
    case 'INACTIVE':
      return {
        word: 'Inactive',
        means:
          'The rule does nothing. People whom it put into its groups before stay there (Okta’s support documents it; no recording shows it).',
      };
    case 'INVALID':
      return {
        word: 'Invalid',
        means:
          'A target group was deleted, and the rule does nothing. Okta can neither activate nor deactivate it (recorded). Name other target groups, or delete the rule.',
      };
    default:
      return { word: status, means: 'The console does not know this state.' };
  }
}

/**
 * How a member came into a group, as far as `expand=group-rules` says. `this`: by the rule alone; `also`: by the rule and others;
 * `other`: by other rules; `hand`: no rule; `unknown`: the org did not say.
 */
export type Way = 'this' | 'also' | 'other' | 'hand' | 'unknown';

export function wayOf(user: User, ruleId: string): Way {
  const rules = user._embedded?.['group-rules'];
  if (!Array.isArray(rules)) return 'unknown';
  if (rules.length === 0) return 'hand';
  if (!rules.some(({ id }) => id === ruleId)) return 'other';
  return rules.length === 1 ? 'this' : 'also';
}
