// A group as the list keeps it: the fields that a screen shows, sorts or filters by. The answer of the org is not kept, so
// that 100,000 rows stay small.
import type { Group } from 'okta-groups/external';

/** A group in the list. Rows are never changed; a change makes another row. */
export interface GroupRow {
  readonly id: string;
  readonly name: string;
  /** `''` if the group has none. */
  readonly description: string;
  /** `OKTA_GROUP`, `APP_GROUP`, `BUILT_IN` or a type that Okta adds. */
  readonly type: string;
  /** Id of the app that an imported group comes from. */
  readonly sourceId: string | undefined;
  /** Label of that app, if the list was read with `expand=app`. */
  readonly sourceName: string | undefined;
  /** Epoch milliseconds; NaN if the org did not say. */
  readonly created: number;
  /** When the profile last changed; epoch milliseconds, or NaN. */
  readonly lastUpdated: number;
  /** When a member was last added or removed; epoch milliseconds, or NaN. */
  readonly lastMembershipUpdated: number;
  /** Members; `undefined` if the group was read without `expand=stats`. */
  readonly users: number | undefined;
  /** Apps that the group is assigned to; `undefined` as for `users`. */
  readonly apps: number | undefined;
  /**
   * The org's own attributes of the profile, by their names; `undefined` if it has none. A group of a directory has none here: its
   * attributes are the directory's, several long texts for each group.
   */
  readonly custom: Readonly<Record<string, unknown>> | undefined;
}

/** Labels of the apps that groups come from, by their ids, of every group that became a row. */
export const seenSources: Map<string, string> = /* @__PURE__ */ new Map();
/** Names of the org's own attributes, of every group that became a row. */
export const seenAttributes: Set<string> = /* @__PURE__ */ new Set();

/** The texts that many rows share: types, ids and labels of sources. */
const shared = /* @__PURE__ */ new Map<string, string>();
const SHARED_LIMIT = 10_000;

function intern(text: string): string {
  const known = shared.get(text);
  if (known !== undefined) return known;
  if (shared.size < SHARED_LIMIT) shared.set(text, text);
  return text;
}

/**
 * The row of a group.
 *
 * @param before - The row that the list has of the same group. It gives the counts and the label of the source, where this
 * answer was read without `expand`.
 */
export function toRow(group: Group, before?: GroupRow): GroupRow {
  const stats = group._embedded?.stats;
  const sourceId = textOf(group.source?.id);
  const label = textOf(group._embedded?.app?.label);
  if (sourceId !== undefined && (label !== undefined || !seenSources.has(sourceId)))
    seenSources.set(sourceId, label ?? sourceId);
  return {
    id: group.id,
    name: textOf(group.profile?.name) ?? '',
    description: textOf(group.profile?.description) ?? '',
    type: intern(textOf(group.type) ?? ''),
    sourceId: sourceId === undefined ? before?.sourceId : intern(sourceId),
    sourceName: label === undefined ? before?.sourceName : intern(label),
    created: timeOf(group.created),
    lastUpdated: timeOf(group.lastUpdated),
    lastMembershipUpdated: timeOf(group.lastMembershipUpdated),
    users: countOf(stats?.usersCount) ?? before?.users,
    apps: countOf(stats?.appsCount) ?? before?.apps,
    custom: hasOwnProfile(group) ? customOf(group.profile) : undefined,
  };
}

/** Whether the profile is of the org's schema. A group of a directory (`okta:windows_security_principal`) has that of its app. */
const hasOwnProfile = ({ objectClass }: Group): boolean =>
  !Array.isArray(objectClass) || objectClass.length === 0 || objectClass.includes('okta:user_group');

/** The attributes of a profile beside name and description. */
function customOf(profile: Group['profile'] | undefined): GroupRow['custom'] {
  const { name: _name, description: _description, ...custom }: Record<string, unknown> = profile ?? {};
  const names = Object.keys(custom);
  for (const name of names) {
    seenAttributes.add(name);
    const value = custom[name];
    if (typeof value === 'string') custom[name] = intern(value);
  }
  return names.length > 0 ? custom : undefined;
}

/** The value of an attribute as a column shows it and sorts by it: a number or a text; `undefined` if there is none. */
export function attributeOf({ custom }: GroupRow, name: string): string | number | undefined {
  const value = custom && Object.hasOwn(custom, name) ? custom[name] : undefined;
  if (typeof value === 'number') return value;
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The row with other counts, as after members were added or removed. Counts are never below 0. */
export function withUsers(row: GroupRow, users: number | undefined): GroupRow {
  // Each by its name: the fields of a packed row are no properties of its own.
  const { id, name, description, type, sourceId, sourceName, custom } = row;
  const { created, lastUpdated, lastMembershipUpdated, apps } = row;
  return {
    ...{ id, name, description, type, sourceId, sourceName, custom },
    ...{ created, lastUpdated, lastMembershipUpdated, apps },
    users: users === undefined ? undefined : Math.max(0, users),
  };
}

/** The words for a type; a type that Okta adds is shown as it came. */
export function typeName(type: string): string {
  switch (type) {
    case 'OKTA_GROUP':
      return 'Okta';
    case 'APP_GROUP':
      return 'App';
    case 'BUILT_IN':
      return 'Built in';
    default:
      return type;
  }
}

/** Where a group comes from: the app's label, its id, or the words for the type. */
export function sourceName(row: Pick<GroupRow, 'type' | 'sourceId' | 'sourceName'>): string {
  return row.sourceName ?? row.sourceId ?? typeName(row.type);
}

/** Whether the API can change the group and its members: only Okta's own groups. */
export function isChangeable(row: Pick<GroupRow, 'type'>): boolean {
  return row.type === 'OKTA_GROUP';
}

/**
 * The row as a group that `compile` and `matches` of the package can test, and that a file can hold. It has the fields that
 * the row keeps: not the attributes of a directory.
 */
export function toRecord(row: GroupRow): Record<string, unknown> {
  return {
    id: row.id,
    type: row.type,
    created: isoOf(row.created),
    lastUpdated: isoOf(row.lastUpdated),
    lastMembershipUpdated: isoOf(row.lastMembershipUpdated),
    profile: { name: row.name, description: row.description, ...row.custom },
    ...(row.sourceId !== undefined && { source: { id: row.sourceId } }),
  };
}

function isoOf(time: number): string | undefined {
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function timeOf(value: unknown): number {
  return typeof value === 'string' ? Date.parse(value) : NaN;
}

function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
