// The editor of a profile: fields by the org's schema, and conflicts with changes of others.
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  fieldText,
  profileChanges,
  profileFields,
  readField,
  schemaFields,
} from '../../target/console/model.js';
import { draws } from './support.mjs';

const property = (rest) => ({ mutability: 'READ_WRITE', scope: 'NONE', ...rest });
const SCHEMA = {
  definitions: {
    custom: {
      properties: {
        costCenter: property({ title: 'Cost centre', type: 'integer', minimum: 1, maximum: 99 }),
        isAudited: property({ title: 'Audited', type: 'boolean' }),
        share: property({ title: 'Share', type: 'number' }),
        region: property({
          title: 'Region',
          type: 'string',
          enum: ['e', 'w'],
          oneOf: [
            { const: 'e', title: 'East' },
            { const: 'w', title: 'West' },
          ],
        }),
        tags: property({ title: 'Tags', type: 'array', items: { type: 'string' } }),
        codes: property({ title: 'Codes', type: 'array', items: { type: 'integer', enum: [1, 2] } }),
        origin: property({ title: 'Origin', type: 'string', mutability: 'READ_ONLY' }),
        code: property({ type: 'string', minLength: 2, maxLength: 3 }),
        odd: property({ title: 'Odd', type: 'object' }),
      },
      required: ['code'],
    },
    base: {
      properties: {
        name: property({ title: 'Name', description: 'Group name', type: 'string', required: true }),
        description: property({ title: 'Description', type: 'string', required: false }),
      },
      required: ['name'],
    },
  },
};
const fields = new Map(schemaFields(SCHEMA).map((field) => [field.name, field]));

test('the schema gives typed fields: name and description, then the org’s own by title', () => {
  assert.deepEqual(
    [...fields.keys()],
    [
      'name',
      'description',
      'isAudited',
      'code',
      'codes',
      'costCenter',
      'odd',
      'origin',
      'region',
      'share',
      'tags',
    ],
  );
  assert.deepEqual(fields.get('name'), {
    name: 'name',
    title: 'Name',
    description: 'Group name',
    type: 'string',
    isRequired: true,
    isReadOnly: false,
    isCustom: false,
    minLength: 1,
    maxLength: 255,
  });
  assert.ok(!fields.get('description').isRequired);
  assert.deepEqual(fields.get('costCenter'), {
    name: 'costCenter',
    title: 'Cost centre',
    type: 'integer',
    isRequired: false,
    isReadOnly: false,
    isCustom: true,
    minimum: 1,
    maximum: 99,
  });
  assert.deepEqual(fields.get('region').values, [
    { value: 'e', label: 'East' },
    { value: 'w', label: 'West' },
  ]);
  assert.deepEqual(fields.get('codes').values, [
    { value: 1, label: '1' },
    { value: 2, label: '2' },
  ]);
  assert.ok(fields.get('origin').isReadOnly && fields.get('code').isRequired);
  assert.equal(fields.get('code').title, 'code');
  assert.equal(fields.get('odd').type, 'json');
});

test('a schema of another shape gives name and description', () => {
  for (const schema of [
    undefined,
    null,
    [],
    'x',
    {},
    { definitions: { custom: null, base: [] } },
    { definitions: { custom: { properties: 7 } } },
  ])
    assert.deepEqual(
      schemaFields(schema).map(({ name }) => name),
      ['name', 'description'],
    );
});

test('attributes without a schema have the type of their value', () => {
  const made = profileFields({
    name: 'a',
    n: 1,
    x: 1.5,
    t: 's',
    f: false,
    l: ['a'],
    m: [1],
    o: { a: 1 },
    e: [],
    z: null,
  });
  assert.deepEqual(
    Object.fromEntries(
      made.filter(({ isCustom }) => isCustom).map(({ name, type, items }) => [name, items ?? type]),
    ),
    {
      n: 'integer',
      x: 'number',
      t: 'string',
      f: 'boolean',
      l: 'string',
      m: 'number',
      o: 'json',
      e: 'json',
      z: 'json',
    },
  );
  const own = profileFields({ other: 'x' }, schemaFields(SCHEMA));
  assert.equal(own.length, fields.size + 1);
  assert.ok(own.some(({ name }) => name === 'other'));
});

test('texts are values of the field’s type, or have words for what is wrong', () => {
  const read = (name, text) => readField(fields.get(name), text);
  for (const [name, text, value] of [
    ['name', ' a ', ' a '],
    ['description', '', null],
    ['costCenter', ' 42 ', 42],
    ['costCenter', '', null],
    ['costCenter', '1e1', 10],
    ['share', '-0.5', -0.5],
    ['isAudited', 'false', false],
    ['region', 'w', 'w'],
    ['tags', 'a\n\nb c\r\n', ['a', 'b c']],
    ['codes', '1\n2', [1, 2]],
    ['odd', '{"a":[1]}', { a: [1] }],
    ['tags', '\n', null],
    ['code', 'ab', 'ab'],
    ['description', '😀'.repeat(1024), '😀'.repeat(1024)],
  ])
    assert.deepEqual(read(name, text), { value }, `${name} ${text.slice(0, 20)}`);
  for (const [name, text, fault] of [
    ['name', '', /required/],
    ['name', 'a'.repeat(256), /at most 255/],
    ['costCenter', 'x', /number/],
    ['costCenter', '0x10', /number/],
    ['costCenter', '1.5', /whole/],
    ['costCenter', '0', /at least 1/],
    ['costCenter', '100', /at most 99/],
    ['costCenter', '1e999', /number/],
    ['isAudited', 'yes', /true or false/],
    ['region', 'n', /East, West/],
    ['codes', '1\n3', /one of/],
    ['code', 'a', /at least 2/],
    ['odd', '{', /JSON/],
  ])
    assert.match(read(name, text).fault ?? '', fault, `${name} ${text.slice(0, 20)}`);
});

test('what an input shows is read as the same value', () => {
  for (const [name, value] of [
    ['name', 'a'],
    ['costCenter', 42],
    ['share', 0.1],
    ['isAudited', true],
    ['tags', ['a', 'b']],
    ['codes', [2]],
    ['odd', { a: null }],
    ['description', null],
  ])
    assert.deepEqual(readField(fields.get(name), fieldText(fields.get(name), value)), { value });
});

test('mine, theirs and what both changed are told apart; attributes that were not shown stay', () => {
  const base = { name: 'A', description: 'x', costCenter: 1, hidden: 'h', tags: ['a'] };
  const mine = { name: 'B', description: 'y', costCenter: 1, tags: ['a'] };
  const theirs = { name: 'A', description: 'z', costCenter: 2, hidden: 'i', tags: ['a'], fresh: true };
  assert.deepEqual(profileChanges(base, mine, theirs), {
    mine: [{ name: 'name', from: 'A', to: 'B' }],
    theirs: [
      { name: 'costCenter', from: 1, to: 2 },
      { name: 'hidden', from: 'h', to: 'i' },
      { name: 'fresh', from: undefined, to: true },
    ],
    conflicts: [{ name: 'description', base: 'x', mine: 'y', theirs: 'z' }],
    patch: { name: 'B', description: 'y' },
    result: { ...theirs, name: 'B', description: 'y' },
  });
});

test('what others changed to the same value is theirs, and nothing is to be saved', () => {
  const { mine, theirs, conflicts, patch } = profileChanges({ name: 'A' }, { name: 'B' }, { name: 'B' });
  assert.deepEqual([mine, conflicts, patch], [[], [], {}]);
  assert.equal(theirs.length, 1);
  assert.deepEqual(profileChanges({ a: null }, { a: undefined }, {}).patch, {});
  assert.deepEqual(
    profileChanges({ a: 1 }, { a: null }, { a: 1 }).patch,
    { a: null },
    'clearing is a change',
  );
});

test('after saving, my attributes are mine and all others are theirs (2,000 random profiles)', () => {
  const NAMES = ['a', 'b', 'c', 'd'];
  for (let seed = 1; seed <= 2000; seed++) {
    const { pick, chance } = draws(seed);
    const profile = (share) =>
      Object.fromEntries(NAMES.filter(() => chance(share)).map((name) => [name, pick([1, 2, null, ['x']])]));
    const base = profile(0.8);
    const mine = profile(0.6);
    const theirs = profile(0.8);
    const { result, patch, conflicts } = profileChanges(base, mine, theirs);
    const plain = (value) => JSON.stringify(value ?? null);
    for (const name of NAMES) {
      const isEdited = name in mine && plain(mine[name]) !== plain(base[name]);
      assert.equal(plain(result[name]), plain(isEdited ? mine[name] : theirs[name]), `seed ${seed} ${name}`);
      if (!isEdited) assert.ok(!(name in patch));
    }
    for (const { name } of conflicts) assert.notEqual(plain(base[name]), plain(theirs[name]));
  }
});
