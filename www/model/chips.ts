// The chips of conditions in words.
import { normal, type Conditions } from './conditions.ts';
import { dayText } from './days.ts';
import { counted } from './numbers.ts';
import { nameText } from './names.ts';
import { typeName } from './row.ts';

const KEYS = ['text', 'startsWith', 'types', 'sources', 'stale', 'created', 'empty', 'size'] as const;

/** A chip: its words, and the conditions without it. */
export interface Chip {
  readonly key: keyof Conditions;
  readonly label: string;
  /** The conditions that are left when the chip is removed. */
  readonly without: Conditions;
  /** Whether only rows that were read can be tested: the list is partial until it is read to its end. */
  readonly isPartial: boolean;
}

/**
 * The chips of conditions, in their order.
 *
 * @param sources - Names of apps by their ids, as far as they are known.
 */
export function chipsOf(conditions: Conditions, sources?: { get(id: string): string | undefined }): Chip[] {
  const all = normal(conditions);
  return KEYS.filter((key) => all[key] !== undefined).map((key) => {
    const { [key]: _removed, ...without } = all;
    return { key, label: labelOf(key, all, sources), without, isPartial: key === 'empty' || key === 'size' };
  });
}

function labelOf(
  key: keyof Conditions,
  { text = '', startsWith = '', types = [], sources = [], stale = '', created = {}, size = {} }: Conditions,
  names?: { get(id: string): string | undefined },
): string {
  switch (key) {
    case 'text':
      return `Contains “${nameText(text)}”`;
    case 'startsWith':
      return `Name starts with “${nameText(startsWith)}”`;
    case 'types':
      return `Type: ${types.map(typeName).join(' or ')}`;
    case 'sources':
      return `Source: ${sources.map((id) => nameText(names?.get(id) ?? id)).join(' or ')}`;
    case 'stale':
      return `Not changed since ${dayText(stale)}`;
    case 'created': {
      const { from, to } = created;
      if (from === undefined) return `Created until ${dayText(to ?? '')}`;
      return to === undefined
        ? `Created since ${dayText(from)}`
        : `Created ${dayText(from)} to ${dayText(to)}`;
    }
    case 'empty':
      return 'No members';
    case 'size': {
      const { min = 0, max } = size;
      if (max === undefined) return `${counted(min, 'member')} or more`;
      if (min === 0) return `At most ${counted(max, 'member')}`;
      return min === max ? counted(min, 'member') : `${min} to ${counted(max, 'member')}`;
    }
  }
}
