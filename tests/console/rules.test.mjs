// Terms of group rules: what is sent of a change, what is merged with a change elsewhere, and what the org says of members.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  changedTerms,
  faultsOfTerms,
  fieldOfRefusal,
  mergeTerms,
  patchOfTerms,
  personOf,
  ruleOfTerms,
  termsOfRule,
  wayOf,
} from '../../target/console/model.js';

const base = { name: 'West', expression: 'user.a=="1"', targets: ['g1', 'g2'], excluded: ['u1'] };

test('a patch holds what differs alone; ids in another order are no change', () => {
  assert.equal(patchOfTerms(base, { ...base, targets: ['g2', 'g1'] }), undefined);
  assert.deepEqual(patchOfTerms(base, { ...base, name: 'East' }), { name: 'East' });
  assert.deepEqual(patchOfTerms(base, { ...base, excluded: [], expression: 'user.a=="2"' }), {
    conditions: { expression: { value: 'user.a=="2"' }, people: { users: { exclude: [] } } },
  });
  assert.deepEqual(patchOfTerms(base, { ...base, targets: ['g1'] }), {
    actions: { assignUserToGroups: { groupIds: ['g1'] } },
  });
});

test('terms of an answer that leaves fields out are empty, and a rule of terms has them again', () => {
  assert.deepEqual(termsOfRule({ id: 'r', name: 'West', status: 'ACTIVE' }), {
    name: 'West',
    expression: '',
    targets: [],
    excluded: [],
  });
  assert.deepEqual(termsOfRule({ id: 'r', status: 'INACTIVE', ...ruleOfTerms(base) }), base);
});

test('a change elsewhere is kept, and typed text that both changed is a conflict', () => {
  const theirs = {
    name: 'West 2',
    expression: base.expression,
    targets: ['g2', 'g3'],
    excluded: ['u1', 'u2'],
  };
  const mine = { name: base.name, expression: 'user.a=="2"', targets: ['g1', 'g2', 'g4'], excluded: [] };
  assert.deepEqual(mergeTerms(base, mine, theirs), {
    terms: { name: 'West 2', expression: 'user.a=="2"', targets: ['g2', 'g3', 'g4'], excluded: ['u2'] },
    conflicts: [],
  });
  const both = mergeTerms(base, { ...base, name: 'Mine' }, { ...base, name: 'Theirs' });
  assert.deepEqual(both, { terms: { ...base, name: 'Mine' }, conflicts: ['name'] });
  // The same change on both sides is no conflict, and nothing is left to send.
  const same = mergeTerms(base, { ...base, name: 'Same' }, { ...base, name: 'Same' });
  assert.deepEqual(same.conflicts, []);
  assert.deepEqual(changedTerms({ ...base, name: 'Same' }, same.terms), []);
});

test('faults are told by field; 50 characters are counted as Okta and the client count them', () => {
  assert.deepEqual(faultsOfTerms(base), {});
  assert.deepEqual(faultsOfTerms({ ...base, name: '🦊'.repeat(50) }), {});
  assert.deepEqual(Object.keys(faultsOfTerms({ ...base, name: '🦊'.repeat(51) })), ['name']);
  assert.deepEqual(Object.keys(faultsOfTerms({ name: ' ', expression: '\n', targets: [], excluded: [] })), [
    'name',
    'expression',
    'targets',
  ]);
});

test('the field of a refusal is found by the recorded texts', () => {
  const broken = ['Invalid expression syntax user.firstName == AND name', 'conditions: Invalid expression'];
  assert.equal(fieldOfRefusal('Api validation failed: validateRule', broken), 'expression');
  assert.equal(
    fieldOfRefusal('Api validation failed: name', ['name: Policy rule name already in use']),
    'name',
  );
  assert.equal(
    fieldOfRefusal('Api validation failed: actions.assignUserToGroups.groupIds', ['Invalid group 00g1']),
    'targets',
  );
  assert.equal(
    fieldOfRefusal('Api validation failed: updateRuleStatus', [
      'Cannot activate or deactivate a Group Rule with the status INVALID.',
    ]),
    undefined,
  );
});

test('how a member came is what the org says, and unknown where it does not say', () => {
  const by = (...ids) => ({ id: 'u', _embedded: { 'group-rules': ids.map((id) => ({ id })) } });
  assert.equal(wayOf(by('r'), 'r'), 'this');
  assert.equal(wayOf(by('q', 'r'), 'r'), 'also');
  assert.equal(wayOf(by('q'), 'r'), 'other');
  assert.equal(wayOf(by(), 'r'), 'hand');
  assert.equal(wayOf({ id: 'u' }, 'r'), 'unknown');
  assert.equal(wayOf({ id: 'u', _embedded: {} }, 'r'), 'unknown');
});

test('a person has a name: given and family name, else the login, else the id', () => {
  const of = (profile) => personOf({ id: '00u1', status: 'ACTIVE', profile }).name;
  assert.equal(of({ firstName: 'Ana', lastName: 'Li', login: 'ana@x' }), 'Ana Li');
  assert.equal(of({ firstName: null, lastName: 'Li', login: 'ana@x' }), 'Li');
  assert.equal(of({ firstName: ' ', lastName: null, login: 'ana@x' }), 'ana@x');
  assert.equal(of({}), '00u1');
  assert.equal(of(undefined), '00u1');
});
