// The history of changes: their words, and the writes that undo them.
import assert from 'node:assert/strict';
import test from 'node:test';
import { changeText, changedAttributes, inverseOf, sameValue } from '../../target/console/model.js';

const group = { id: '00g1', name: 'Payroll' };
const user = { id: '00u1', name: 'Ana Li' };
const owner = { id: '00u2', name: 'Bo', type: 'USER' };
const rule = { id: '0pr1', name: 'West' };
const conditions = (value, exclude) => ({
  expression: { type: 'urn:okta:expression:1.0', value },
  ...(exclude && { people: { users: { exclude } } }),
});

const UNDOABLE = [
  [
    { kind: 'member-added', group, user },
    'Added Ana Li to Payroll',
    { op: 'unassignUser', groupId: '00g1', userId: '00u1' },
  ],
  [
    { kind: 'member-removed', group, user, rules: [] },
    'Removed Ana Li from Payroll',
    { op: 'assignUser', groupId: '00g1', userId: '00u1' },
  ],
  [
    { kind: 'members-changed', group, added: ['00u1', '00u2'], removed: ['00u3'], removedOfRules: 0 },
    'Added 2 members, removed 1 member in Payroll',
    { op: 'changeMembers', groupId: '00g1', add: ['00u3'], remove: ['00u1', '00u2'] },
  ],
  [
    {
      kind: 'profile-changed',
      group,
      before: { name: 'Pay', description: 'x' },
      after: { name: 'Payroll', description: 'x', costCenter: 7 },
    },
    'Changed name, costCenter of Payroll',
    { op: 'updateGroup', groupId: '00g1', patch: { name: 'Pay', costCenter: null } },
  ],
  [
    { kind: 'owner-added', group, owner },
    'Made Bo an owner of Payroll',
    { op: 'deleteOwner', groupId: '00g1', ownerId: '00u2' },
  ],
  [
    { kind: 'owner-removed', group, owner },
    'Removed Bo as an owner of Payroll',
    { op: 'assignOwner', groupId: '00g1', owner: { id: '00u2', type: 'USER' } },
  ],
  [
    {
      kind: 'rule-changed',
      rule,
      before: { id: '0pr1', name: 'West', status: 'ACTIVE', conditions: conditions('a') },
      after: { id: '0pr1', name: 'West', status: 'INACTIVE', conditions: conditions('b', ['00u1']) },
    },
    'Changed the rule West',
    // What the later text has besides is emptied: the client merges objects.
    {
      op: 'updateRule',
      ruleId: '0pr1',
      patch: { conditions: { expression: { value: 'a' }, people: { users: { exclude: [] } } } },
    },
  ],
];

test('memberships, bulk changes, profiles, owners and rules are undone by the inverse write', () => {
  for (const [change, text, write] of UNDOABLE) {
    assert.equal(changeText(change), text);
    assert.deepEqual(inverseOf(change).write, write);
  }
});

test('undoing an undo repeats the change', () => {
  for (const [change] of UNDOABLE) {
    const back = inverseOf(inverseOf(change).becomes);
    const { rules: _rules, removedOfRules: _of, ...expected } = change;
    const { rules: _rules2, removedOfRules: _of2, ...becomes } = back.becomes;
    if (change.kind === 'profile-changed' || change.kind === 'rule-changed') {
      assert.deepEqual([becomes.before, becomes.after], [change.before, change.after]);
    } else assert.deepEqual(becomes, expected);
    assert.ok(back.write);
  }
  const [, [removed]] = UNDOABLE;
  assert.deepEqual(inverseOf(inverseOf(removed).becomes).write, {
    op: 'unassignUser',
    groupId: '00g1',
    userId: '00u1',
  });
});

test('a member whom a rule had put there comes back by hand, and the words say so', () => {
  const note = (rules) => inverseOf({ kind: 'member-removed', group, user, ...(rules && { rules }) }).note;
  assert.equal(
    note(['West', 'a\u202eb']),
    'The member comes back as added by hand, not by the rule West, a⟨RLO⟩b as before.',
  );
  assert.equal(note([]), undefined);
  assert.equal(
    note(undefined),
    'The member comes back as added by hand; whether a rule had put them there is not known.',
  );
  const many = (removedOfRules) =>
    inverseOf({
      kind: 'members-changed',
      group,
      added: [],
      removed: ['1', '2'],
      ...(removedOfRules !== undefined && { removedOfRules }),
    }).note;
  assert.equal(many(1), '1 of 2 members come back as added by hand, not by a rule as before.');
  assert.equal(many(0), undefined);
  assert.match(many(undefined), /not known/);
  assert.equal(inverseOf({ kind: 'members-changed', group, added: ['1'], removed: [] }).note, undefined);
  assert.match(inverseOf(UNDOABLE.at(-1)[0]).note, /not undone/);
});

test('what cannot be undone has its reason', () => {
  for (const change of [
    { kind: 'group-created', group },
    { kind: 'group-deleted', group, members: 3, apps: 1 },
    ...['rule-created', 'rule-deleted', 'rule-activated', 'rule-deactivated'].map((kind) => ({ kind, rule })),
    { kind: 'members-changed', group, added: [], removed: [] },
    { kind: 'profile-changed', group, before: { name: 'a' }, after: { name: 'a' } },
    {
      kind: 'rule-changed',
      rule,
      before: { name: 'a', status: 'ACTIVE' },
      after: { name: 'a', status: 'INACTIVE' },
    },
  ]) {
    const { reason, write } = inverseOf(change);
    assert.ok(reason.endsWith('.'), change.kind);
    assert.equal(write, undefined);
    assert.ok(changeText(change).length > 0);
  }
});

test('a rename says both names, and its undo is about the group of the earlier name', () => {
  const change = {
    kind: 'profile-changed',
    group: { id: '00g1', name: 'B ' },
    before: { name: 'A' },
    after: { name: 'B ' },
  };
  assert.equal(changeText(change), 'Renamed A to B␠');
  assert.equal(changeText(inverseOf(change).becomes), 'Renamed B␠ to A');
  assert.equal(inverseOf(change).becomes.group.name, 'A');
});

test('values are compared as JSON, whatever the order of keys; null is absent', () => {
  assert.deepEqual(changedAttributes({ a: 1, b: null, c: [1] }, { a: 1, c: [1], d: 2 }), ['d']);
  assert.ok(sameValue({ a: { b: 1, c: null } }, { a: { b: 1 } }));
  for (const [a, b] of [
    [
      [1, 2],
      [2, 1],
    ],
    [[], {}],
    [0, null],
    ['', null],
    ['1', 1],
    [false, null],
    [{ a: 1 }, { a: 2 }],
  ])
    assert.ok(!sameValue(a, b));
});
