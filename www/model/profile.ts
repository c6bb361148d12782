// The attributes of a group for an editor: typed fields by the org's schema, and what was changed by whom meanwhile.
import { changedAttributes, sameValue, type Profile } from './history.ts';

/** Types of attributes. `json` is anything that the schema, or the value, does not say more of. */
export type FieldType = 'string' | 'boolean' | 'integer' | 'number' | 'array' | 'json';

/** An attribute of group profiles. */
export interface Field {
  /** Name in the profile. */
  readonly name: string;
  /** What people call it. */
  readonly title: string;
  readonly description?: string;
  readonly type: FieldType;
  /** Type of the elements of an array. */
  readonly items?: 'string' | 'integer' | 'number';
  readonly isRequired: boolean;
  /** The org sets it, and no program. */
  readonly isReadOnly: boolean;
  /** The org's own attribute; `name` and `description` are every group's. */
  readonly isCustom: boolean;
  /** The values that are allowed, with their names. */
  readonly values?: readonly { readonly value: string | number; readonly label: string }[];
  /** Length of a string, from and to. */
  readonly minLength?: number;
  readonly maxLength?: number;
  /** Range of a number. */
  readonly minimum?: number;
  readonly maximum?: number;
}

const BASE: readonly Field[] = [
  {
    name: 'name',
    title: 'Name',
    type: 'string',
    isRequired: true,
    isReadOnly: false,
    isCustom: false,
    minLength: 1,
    maxLength: 255,
  },
  {
    name: 'description',
    title: 'Description',
    type: 'string',
    isRequired: false,
    isReadOnly: false,
    isCustom: false,
    maxLength: 1024,
  },
];

/**
 * The fields of the answer of `GET /api/v1/meta/schemas/group/default`: name and description first, then the org's own by title. An
 * answer of another shape gives those two.
 */
export function schemaFields(schema: unknown): Field[] {
  const definitions = record(record(schema)['definitions']);
  const fields = new Map(BASE.map((field) => [field.name, field]));
  for (const [definition, isCustom] of [
    ['base', false],
    ['custom', true],
  ] as const) {
    const { properties, required } = record(definitions[definition]);
    for (const [name, property] of Object.entries(record(properties))) {
      const known = fields.get(name);
      fields.set(name, {
        ...known,
        ...fieldOf(name, record(property), isCustom && !known),
        ...((Array.isArray(required) && required.includes(name)) || known?.isRequired
          ? { isRequired: true }
          : {}),
      });
    }
  }
  return inOrder([...fields.values()]);
}

/**
 * The fields of a profile: those of the schema, and one for each attribute that the profile has besides, by the type of its
 * value. Without a schema the values alone tell.
 */
export function profileFields(profile: Profile, schema: readonly Field[] = BASE): Field[] {
  const known = new Set(schema.map(({ name }) => name));
  const others = Object.keys(profile).filter((name) => !known.has(name));
  return inOrder([
    ...schema,
    ...others.map((name): Field => ({
      name,
      title: name,
      ...typeOfValue(profile[name]),
      isRequired: false,
      isReadOnly: false,
      isCustom: true,
    })),
  ]);
}

function inOrder(fields: readonly Field[]): Field[] {
  const own = fields.filter(({ isCustom }) => !isCustom);
  const custom = fields.filter(({ isCustom }) => isCustom);
  return [...own, ...custom.sort((a, b) => a.title.localeCompare(b.title) || (a.name < b.name ? -1 : 1))];
}

function fieldOf(name: string, property: Profile, isCustom: boolean): Field {
  const { title, description, type, mutability, required } = property;
  const items = record(property['items']);
  const values = valuesOf(type === 'array' ? items : property);
  return {
    name,
    title: typeof title === 'string' && title !== '' ? title : name,
    ...(typeof description === 'string' && description !== '' && { description }),
    type: TYPES.find((each) => each === type) ?? 'json',
    ...(type === 'array' && { items: ITEMS.find((each) => each === items['type']) ?? 'string' }),
    isRequired: required === true,
    isReadOnly: mutability === 'READ_ONLY' || mutability === 'IMMUTABLE',
    isCustom,
    ...(values && { values }),
    ...numbersOf(property, ['minLength', 'maxLength', 'minimum', 'maximum']),
  };
}

const TYPES = ['string', 'boolean', 'integer', 'number', 'array'] as const;
const ITEMS = ['string', 'integer', 'number'] as const;

/** `oneOf` has names for its values; `enum` has values alone. */
function valuesOf({ oneOf, enum: bare }: Profile): Field['values'] {
  const isValue = (value: unknown): value is string | number =>
    typeof value === 'string' || typeof value === 'number';
  if (Array.isArray(oneOf)) {
    const values = oneOf.flatMap((each) => {
      const { const: value, title } = record(each);
      return isValue(value)
        ? [{ value, label: typeof title === 'string' && title !== '' ? title : String(value) }]
        : [];
    });
    if (values.length > 0) return values;
  }
  if (!Array.isArray(bare)) return undefined;
  const values = bare.filter(isValue).map((value) => ({ value, label: String(value) }));
  return values.length > 0 ? values : undefined;
}

function numbersOf<Name extends string>(from: Profile, names: readonly Name[]): { [Key in Name]?: number } {
  return Object.fromEntries(
    names.flatMap((name) => (typeof from[name] === 'number' ? [[name, from[name]]] : [])),
  ) as { [Key in Name]?: number };
}

function typeOfValue(value: unknown): Pick<Field, 'type' | 'items'> {
  if (typeof value === 'string') return { type: 'string' };
  if (typeof value === 'boolean') return { type: 'boolean' };
  if (typeof value === 'number') return { type: Number.isInteger(value) ? 'integer' : 'number' };
  if (Array.isArray(value) && value.length > 0) {
    if (value.every((each) => typeof each === 'string')) return { type: 'array', items: 'string' };
    if (value.every((each) => typeof each === 'number')) return { type: 'array', items: 'number' };
  }
  return { type: 'json' };
}

const record = (value: unknown): Profile =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Profile) : {};

/** The text that an input shows for a value. Arrays have a line for each element. */
export function fieldText(field: Field, value: unknown): string {
  if (value === undefined || value === null) return '';
  if (field.type === 'array' && Array.isArray(value)) return value.map(String).join('\n');
  return field.type === 'json' || typeof value === 'object'
    ? JSON.stringify(value, undefined, 2)
    : String(value);
}

/** A value, or what is wrong with the text: words for the person who typed it. */
export type FieldValue =
  | { readonly value: unknown; readonly fault?: undefined }
  | { readonly fault: string; readonly value?: undefined };

/** The value of a text that was typed. An empty text clears the attribute: `null`. */
export function readField(field: Field, text: string): FieldValue {
  if (text === '' || (field.type !== 'string' && text.trim() === ''))
    return field.isRequired ? { fault: `${field.title} is required` } : { value: null };
  switch (field.type) {
    case 'string':
      return checked(field, text);
    case 'boolean':
      if (text !== 'true' && text !== 'false') return { fault: `${field.title} is true or false` };
      return { value: text === 'true' };
    case 'integer':
    case 'number':
      return numberOf(field, field.type, text);
    case 'array': {
      const values: unknown[] = [];
      for (const line of text.split(/\r\n?|\n/).filter((each) => each.trim() !== '')) {
        const read =
          field.items === 'integer' || field.items === 'number'
            ? numberOf(field, field.items, line)
            : checked(field, line);
        if (read.fault !== undefined) return read;
        values.push(read.value);
      }
      return { value: values };
    }
    case 'json':
      try {
        return { value: JSON.parse(text) as unknown };
      } catch {
        return { fault: `${field.title} is no JSON` };
      }
  }
}

function numberOf(field: Field, type: 'integer' | 'number', text: string): FieldValue {
  const trimmed = text.trim();
  const value = Number(trimmed);
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(trimmed) || !Number.isFinite(value))
    return { fault: `${field.title} is a number` };
  if (type === 'integer' && !Number.isSafeInteger(value))
    return { fault: `${field.title} is a whole number` };
  return checked(field, value);
}

function checked(field: Field, value: string | number): FieldValue {
  const {
    title,
    values,
    minLength = 0,
    maxLength = Infinity,
    minimum = -Infinity,
    maximum = Infinity,
  } = field;
  if (values && !values.some((each) => each.value === value))
    return { fault: `${title} is one of ${values.map(({ label }) => label).join(', ')}` };
  if (typeof value === 'number') {
    if (value < minimum) return { fault: `${title} is at least ${minimum}` };
    return value > maximum ? { fault: `${title} is at most ${maximum}` } : { value };
  }
  if (field.type !== 'string') return { value };
  const length = [...value].length;
  if (length < minLength) return { fault: `${title} has at least ${minLength} characters` };
  return length > maxLength ? { fault: `${title} has at most ${maxLength} characters` } : { value };
}

/** A change of one attribute. */
export interface AttributeChange {
  readonly name: string;
  readonly from: unknown;
  readonly to: unknown;
}

/** An attribute that both changed, to different values. */
export interface Conflict {
  readonly name: string;
  readonly base: unknown;
  readonly mine: unknown;
  readonly theirs: unknown;
}

/** What an editor shows before it saves. */
export interface ProfileChanges {
  /** What I changed, and nobody else. */
  readonly mine: readonly AttributeChange[];
  /** What others changed since the editor was opened, and I did not. */
  readonly theirs: readonly AttributeChange[];
  /** What both changed to different values: the person decides. */
  readonly conflicts: readonly Conflict[];
  /** What to save, for `groups.update`: mine, and mine of the conflicts. Others' changes and unshown attributes stay. */
  readonly patch: Readonly<Record<string, unknown>>;
  /** The profile after that. */
  readonly result: Profile;
}

/**
 * What is to be saved of an edited profile.
 *
 * @param base - The profile when the editor was opened.
 * @param mine - The profile as it was edited. An attribute that is not in it was not shown, and is not changed.
 * @param theirs - The profile as the org has it now.
 */
export function profileChanges(base: Profile, mine: Profile, theirs: Profile): ProfileChanges {
  const shown = Object.fromEntries(Object.keys(mine).map((name) => [name, base[name]]));
  const edited = changedAttributes(shown, mine).filter((name) => !sameValue(mine[name], theirs[name]));
  const others = changedAttributes(base, theirs);
  const isConflict = (name: string): boolean => others.includes(name);
  const patch = Object.fromEntries(edited.map((name) => [name, mine[name] ?? null]));
  return {
    mine: edited
      .filter((name) => !isConflict(name))
      .map((name) => ({ name, from: base[name], to: mine[name] })),
    theirs: others
      .filter((name) => !edited.includes(name))
      .map((name) => ({ name, from: base[name], to: theirs[name] })),
    conflicts: edited
      .filter(isConflict)
      .map((name) => ({ name, base: base[name], mine: mine[name], theirs: theirs[name] })),
    patch,
    result: { ...theirs, ...patch },
  };
}
