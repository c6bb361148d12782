// What a person typed or brought for a bulk change. It stays while another screen is shown.
import { effect, signal } from '@preact/signals';
import type { GroupKey, MaxRemovals } from 'okta-groups/external';

import type { MembersFile, MembershipsFile, PersonKind, Table } from '../../model/members-file.ts';
import { inTurns } from '../../org/turns.ts';
import type { Mode, Wish } from './job.ts';

/** Groups that the list is for. */
export const chosen = signal<readonly string[]>([]);
/** The file names the groups. */
export const groupsInFile = signal(false);

/** What stands in the text area. */
export const pasted = signal('');
/** A file, or a text too long for a text area. */
export const file = signal<{ name: string; text: string; isGuessed: boolean } | undefined>(undefined);

/** How the text is read; what is not given is guessed. */
export interface Reading {
  delimiter?: string | undefined;
  column?: number | undefined;
  groupColumn?: number | undefined;
  hasHeading?: boolean | undefined;
  kind?: PersonKind | undefined;
}
export const how = signal<Reading>({});
/** The attribute that people are named by, where `how.kind` is `value`. */
export const attribute = signal('');

export const mode = signal<Mode>('add');
export const limit = signal<{ kind: 'share' | 'count' | 'any'; share: string; count: string }>({
  kind: 'share',
  share: '25',
  count: '10',
});
export const ruleManaged = signal<Wish['ruleManaged']>('skip');
export const keep = signal('');
export const unresolved = signal<Wish['unresolved']>('block');
/** Nobody is to be a member: the list may be empty. */
export const nobody = signal(false);
/** Lines that cannot be used are left out, where nobody loses by it. */
export const leaveOut = signal(false);

/** What the text says. */
export type Read =
  | { state: 'none' }
  | { state: 'reading' }
  | { state: 'failed'; error: unknown }
  | { state: 'ready'; table: Table; one: MembersFile; many?: undefined }
  | { state: 'ready'; table: Table; many: MembershipsFile; one?: undefined };
export const read = signal<Read>({ state: 'none' });

/** Forgets the list. The groups and what is to happen stay. */
export function clearList(): void {
  pasted.value = '';
  file.value = undefined;
  how.value = {};
}

/** Waits until the list is read, as far as it came. */
export function readToEnd(): Promise<void> {
  return new Promise((resolve) => {
    const end = effect(() => {
      if (read.value.state === 'reading') return;
      // Not while the effect runs for the first time: there is nothing to end yet.
      queueMicrotask(() => {
        end();
        resolve();
      });
    });
  });
}

/** Which parts of the form are unfolded. */
export const unfolded = signal<Readonly<Record<'guards' | 'reading', boolean>>>({
  guards: false,
  reading: false,
});

/** Texts beyond this are not put into the text area, which would be slow. */
export const LONG = 20_000;

const PAUSE_MS = 150;
let turnOf = new AbortController();
let timer: ReturnType<typeof setTimeout> | undefined;
/** A text is parsed once, however often its columns are chosen anew. */
let parsed: { text: string; delimiter: string | undefined; table: Table } | undefined;

effect(() => {
  const text = file.value?.text ?? pasted.value;
  const reading = how.value;
  const isMany = groupsInFile.value;
  turnOf.abort();
  clearTimeout(timer);
  if (text.trim() === '') {
    read.value = { state: 'none' };
    return;
  }
  const { signal } = (turnOf = new AbortController());
  read.value = { state: 'reading' };
  timer = setTimeout(() => void parse(text, reading, isMany, signal), PAUSE_MS);
});

async function parse(text: string, reading: Reading, isMany: boolean, signal: AbortSignal): Promise<void> {
  try {
    const { membersOf, membershipsOf, readTable } = await import('./reading.ts');
    const { delimiter, groupColumn, ...others } = reading;
    if (parsed?.text !== text || parsed.delimiter !== delimiter) {
      const table = await inTurns(readTable(text, { delimiter }), signal);
      parsed = { text, delimiter, table };
    }
    const { table } = parsed;
    const came: Read = isMany
      ? {
          state: 'ready',
          table,
          many: await inTurns(membershipsOf(table, { ...others, groupColumn }), signal),
        }
      : { state: 'ready', table, one: await inTurns(membersOf(table, others), signal) };
    if (!signal.aborted) read.value = came;
  } catch (error) {
    if (!signal.aborted) read.value = { state: 'failed', error };
  }
}

/** Takes a file. Reading it does not begin before its bytes are there. */
export async function bring(given: File): Promise<void> {
  const { decoded } = await import('./reading.ts');
  const { text, isGuessed } = decoded(new Uint8Array(await given.arrayBuffer()));
  how.value = {};
  file.value = { name: given.name, text, isGuessed };
}

/** The limit on removals as the package takes it; `undefined` if what was typed is no number. */
export function limitOf(): MaxRemovals | undefined {
  const { kind, share, count } = limit.value;
  if (kind === 'any') return false;
  const text = (kind === 'share' ? share : count).trim();
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || (kind === 'share' ? value > 100 : !Number.isInteger(value)))
    return undefined;
  return kind === 'share' ? { ratio: value / 100 } : { count: value, ratio: 1 };
}

/** Why there can be no plan yet, by the part of the form that lacks something. */
export interface Lack {
  part: 'groups' | 'people' | 'limit' | 'attribute';
  text: string;
}

/** What is to be planned, or what it lacks. Nothing is sent for it. */
export function wishOf(): { wish: Wish; lacks?: undefined } | { lacks: readonly Lack[]; wish?: undefined } {
  const lacks: Lack[] = [];
  const now = read.value;
  const isMany = groupsInFile.value;
  const maxRemovals = limitOf();
  if (!isMany && chosen.value.length === 0) lacks.push({ part: 'groups', text: 'Choose a group.' });
  if (maxRemovals === undefined)
    lacks.push({ part: 'limit', text: 'Give a number: 0 to 100 %, or a count.' });
  const isNobody = nobody.value && mode.value === 'exact' && !isMany;
  let entries: [GroupKey, readonly string[]][] = [];
  let by: Wish['by'] = 'id';
  if (isNobody) entries = chosen.value.map((id) => [id, []]);
  else if (now.state === 'none') lacks.push({ part: 'people', text: empty() });
  else if (now.state === 'reading') lacks.push({ part: 'people', text: 'The list is still being read.' });
  else if (now.state === 'failed') lacks.push({ part: 'people', text: 'The list could not be read.' });
  else {
    const { one, many } = now;
    const { faultCount, by: named } = one ?? many;
    const isHarmless = mode.value === 'add' || mode.value === 'these';
    if (one) entries = chosen.value.map((id) => [id, one.members.map(({ value }) => value)]);
    else
      entries = [...many.groups].map(([group, members]) => [
        many.groupsBy === 'id' ? group : { name: group },
        members.map(({ value }) => value),
      ]);
    const count = one ? one.members.length : many.groups.size;
    if (faultCount > 0 && !(isHarmless && leaveOut.value))
      lacks.push({
        part: 'people',
        text: 'Some lines cannot be used: mend them in the file, and bring it again.',
      });
    else if (count === 0) lacks.push({ part: 'people', text: empty() });
    else if (named === 'mixed')
      lacks.push({
        part: 'people',
        text: 'The list holds ids and logins. Bring ids alone, or logins alone.',
      });
    if (named === 'value') {
      const name = attribute.value.trim().replace(/^profile\./, '');
      if (!/^\w+$/.test(name)) lacks.push({ part: 'attribute', text: 'Name the attribute of the profile.' });
      by = `profile.${name}`;
    } else by = named === 'login' || named === 'email' ? named : 'id';
  }
  if (lacks.length > 0 || maxRemovals === undefined) return { lacks };
  return {
    wish: {
      entries,
      by,
      mode: mode.value,
      maxRemovals,
      ruleManaged: ruleManaged.value,
      keep: keep.value.split(/[\s,;]+/).filter(Boolean),
      unresolved: unresolved.value,
      allowEmpty: isNobody,
    },
  };
}

const empty = (): string =>
  file.value
    ? `${file.value.name} names nobody. An empty file is not taken for an empty group.`
    : 'Paste people, or choose a file.';
