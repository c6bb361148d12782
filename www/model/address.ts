// What a screen shows, in the page's address: it can be reloaded, sent to others, and gone back from. One state has one
// address. What the console does not know is left out; what it knows is checked, since an address may come from anybody.
import { counting, isUnconditional, normal, type Conditions } from './conditions.ts';
import { isDay } from './days.ts';
import { SORT_KEYS, attributeName, type SortKey, type SortOrder } from './rows.ts';

/** The screens, as `screen` in the address names them. */
export const SCREENS = [
  'groups',
  'bulk',
  'rules',
  'people',
  'compare',
  'insights',
  'activity',
  'org',
] as const;
/** A screen. */
export type Screen = (typeof SCREENS)[number];

/** Columns of every list beside the name, in their order: those of {@link SORT_KEYS}. The org's own attributes begin with `profile.`. */
export const COLUMNS = SORT_KEYS.filter((key) => key !== 'name');
/** Columns that the list shows unless the address says otherwise. */
export const DEFAULT_COLUMNS: readonly string[] = [
  'type',
  'source',
  'users',
  'lastMembershipUpdated',
  'lastUpdated',
];

/** Tabs of a group. */
export const TABS = ['members', 'apps', 'owners', 'profile', 'history'] as const;
/** A tab of a group. */
export type Tab = (typeof TABS)[number];

/** Height of the rows. */
export type Density = 'comfortable' | 'compact';

/** The most groups that are compared. */
export const COMPARE_LIMIT = 5;

/** What is shown. Absent keys are the defaults. */
export interface Address {
  readonly screen: Screen;
  /** Name of a saved view: the address is the view. */
  readonly view?: string;
  /** Conditions of the list. */
  readonly conditions?: Conditions;
  /** An expression that chips cannot show. It stands beside the row conditions (`empty`, `size`) and in place of the others. */
  readonly search?: string;
  readonly sort?: SortKey;
  /** Only with `sort`. */
  readonly order?: SortOrder;
  readonly columns?: readonly string[];
  readonly density?: Density;
  /** Id of the group that is open. */
  readonly group?: string;
  readonly tab?: Tab;
  /** Id of the person, rule or request that is open. */
  readonly user?: string;
  readonly rule?: string;
  readonly request?: string;
  /** Ids of the groups that are compared, or are to be changed in bulk. */
  readonly ids?: readonly string[];
  /** The org in the page in place of the one at the page's origin. */
  readonly org?: 'page';
}

const TEXT_LIMIT = 4_000;
const NAME_LIMIT = 200;
const LIST_LIMIT = 50;
/** Ids of groups that are to be changed at once: an address bears some thousand characters. */
const IDS_LIMIT = 100;

/** Reads the query of an address. Never fails: what is not valid is as if it were not there. */
export function readAddress(query: string | URLSearchParams): Address {
  const params = typeof query === 'string' ? new URLSearchParams(query) : query;
  const get = (name: string): string | undefined => params.get(name) || undefined;
  const oneOf = <T extends string>(name: string, known: readonly T[]): T | undefined =>
    known.find((each) => each === params.get(name));
  const id = (name: string): string | undefined => ids([get(name) ?? ''], 1)?.[0];
  const sort = oneOf('sort', SORT_KEYS) ?? attributeKey(get('sort'));
  const search = text(get('search'), TEXT_LIMIT);
  const conditions = readConditions(params);
  const group = id('group');
  const columns = readColumns(params.get('columns'));
  return normalAddress({
    screen: oneOf('screen', SCREENS) ?? 'groups',
    view: text(get('view'), NAME_LIMIT),
    conditions,
    search,
    sort,
    order: sort && oneOf('order', ['asc', 'desc']),
    columns,
    density: oneOf('density', ['comfortable', 'compact']),
    group,
    tab: group === undefined ? undefined : oneOf('tab', TABS),
    user: id('user'),
    rule: id('rule'),
    request: id('request'),
    ids: ids(get('ids')?.split(',') ?? [], IDS_LIMIT),
    org: oneOf('org', ['page']),
  });
}

type Loose<T> = { [Key in keyof T]?: T[Key] | undefined };

/** The same address without defaults and empty values. */
function normalAddress({ screen, ...rest }: Loose<Address>): Address {
  const { conditions, search, columns, density, order, tab, ...others } = rest;
  // An expression takes the place of the chips that the org decides.
  const kept = conditions && (search === undefined ? normal(conditions) : counting(conditions));
  const all = {
    screen: screen ?? 'groups',
    ...others,
    search,
    conditions: kept && !isUnconditional(kept) ? kept : undefined,
    columns: columns && columns.join() !== DEFAULT_COLUMNS.join() ? columns : undefined,
    density: density === 'comfortable' ? undefined : density,
    order: order === 'asc' ? undefined : order,
    tab: tab === 'members' ? undefined : tab,
  };
  return Object.fromEntries(
    Object.entries(all).filter(([, value]) => value !== undefined),
  ) as unknown as Address;
}

/**
 * The query of an address, in one order of parameters and without defaults: equal addresses are equal texts. It begins with `?`, or
 * is empty for the list of all groups.
 */
export function writeAddress(address: Address): string {
  const {
    conditions = {},
    screen,
    search,
    view,
    sort,
    order,
    columns,
    density,
    group,
    tab,
  } = normalAddress(address);
  const { user, rule, request, ids, org } = address;
  const { text: words, startsWith, types, sources, stale, created, empty, size } = normal(conditions);
  const all: [string, string | undefined][] = [
    ['screen', screen === 'groups' ? undefined : screen],
    ['view', view],
    ['search', search],
    ['text', words],
    ['starts', startsWith],
    ['type', join(types)],
    ['source', join(sources)],
    ['stale', stale],
    ['created', range(created?.from, created?.to)],
    ['empty', empty && '1'],
    ['size', range(size?.min, size?.max)],
    ['sort', sort],
    ['order', sort && order],
    ['columns', columns && (join(columns) ?? '')],
    ['density', density],
    ['group', group],
    ['tab', group === undefined ? undefined : tab],
    ['user', user],
    ['rule', rule],
    ['request', request],
    ['ids', join(ids)],
    ['org', org],
  ];
  const params = new URLSearchParams();
  for (const [name, value] of all) if (value !== undefined) params.set(name, value);
  // Commas and colons may stand in a query as they are.
  const query = params.toString().replaceAll('%2C', ',').replaceAll('%3A', ':');
  return query && `?${query}`;
}

function readConditions(params: URLSearchParams): Conditions {
  const listOf = (name: string): string[] =>
    (params.get(name) ?? '').split(',').filter(Boolean).slice(0, LIST_LIMIT);
  const ends = (name: string): [string, string] => {
    const [, from = '', to = ''] = /^([^.]*)\.\.([^.]*)$/.exec(params.get(name) ?? '') ?? [];
    return [from, to];
  };
  const [from, to] = ends('created');
  const [min, max] = ends('size').map((end) => (/^\d{1,9}$/.test(end) ? Number(end) : undefined));
  const stale = params.get('stale');
  const words = text(params.get('text'), TEXT_LIMIT);
  const startsWith = text(params.get('starts'), TEXT_LIMIT);
  return normal({
    ...(words !== undefined && { text: words }),
    ...(startsWith !== undefined && { startsWith }),
    types: listOf('type').filter((type) => /^\w{1,40}$/.test(type)),
    sources: ids(listOf('source'), LIST_LIMIT) ?? [],
    ...(isDay(stale) && { stale }),
    created: { ...(isDay(from) && { from }), ...(isDay(to) && { to }) },
    ...(params.get('empty') === '1' && { empty: true }),
    size: { ...(min !== undefined && { min }), ...(max !== undefined && { max }) },
  });
}

/** An empty parameter is the name alone; an absent one the default. */
function readColumns(value: string | null): string[] | undefined {
  if (value === null) return undefined;
  const known = value
    .split(',')
    .filter((each) => COLUMNS.some((column) => column === each) || attributeKey(each));
  if (value !== '' && known.length === 0) return undefined;
  return [...new Set(known)].slice(0, LIST_LIMIT);
}

const attributeKey = (value: string | undefined): SortKey | undefined =>
  value !== undefined && attributeName(value) !== undefined ? (value as SortKey) : undefined;

const text = (value: string | null | undefined, limit: number): string | undefined =>
  value && value.length <= limit ? value : undefined;

const join = (values: readonly string[] | undefined): string | undefined => values?.join(',') || undefined;

const range = (from: string | number | undefined, to: string | number | undefined): string | undefined =>
  from === undefined && to === undefined ? undefined : `${from ?? ''}..${to ?? ''}`;

/** Ids as they may stand in a path. */
function ids(values: readonly string[], limit: number): string[] | undefined {
  const valid = values.filter((value) => /^\w[\w.-]{0,99}$/.test(value));
  return valid.length > 0 ? [...new Set(valid)].slice(0, limit) : undefined;
}
