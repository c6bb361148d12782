// Groups side by side: the regions hold each person once, and the plan of a difference is what it says.
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  atOnce,
  comparing,
  desiredMembers,
  membersIn,
  missingIn,
  regionText,
} from '../../target/console/model.js';
import { draws } from './support.mjs';

const compareMembers = (lists) => atOnce(comparing(lists));

test('two groups have what only one has, and what both have', () => {
  const compared = compareMembers([
    { groupId: 'A', members: ['u1', 'u2', 'u2', 'u3'] },
    { groupId: 'B', members: ['u3', 'u4'] },
  ]);
  assert.deepEqual(compared.counts, [3, 2]);
  assert.equal(compared.total, 4);
  assert.deepEqual(compared.regions, [
    { groups: [0, 1], members: ['u3'] },
    { groups: [0], members: ['u1', 'u2'] },
    { groups: [1], members: ['u4'] },
  ]);
  assert.deepEqual(missingIn(compared, 0, 1), ['u1', 'u2']);
  assert.deepEqual(desiredMembers(compared, 0, 1, 'add').sort(), ['u1', 'u2', 'u3', 'u4']);
  assert.deepEqual(desiredMembers(compared, 0, 1, 'same').sort(), ['u1', 'u2', 'u3']);
  assert.deepEqual(
    compared.regions.map((region) => regionText(region, ['Sales', 'HR'])),
    ['In both', 'Only in Sales', 'Only in HR'],
  );
});

test('a group compared with itself has no difference; groups without members have no region', () => {
  const same = compareMembers([1, 2].map((groupId) => ({ groupId: String(groupId), members: ['u1', 'u2'] })));
  assert.deepEqual(same.regions, [{ groups: [0, 1], members: ['u1', 'u2'] }]);
  assert.deepEqual(
    compareMembers([
      { groupId: 'A', members: [] },
      { groupId: 'B', members: [] },
    ]).regions,
    [],
  );
});

test('the sums of the regions are the counts of the groups (500 random comparisons of 2 to 5)', () => {
  for (let seed = 1; seed <= 500; seed++) {
    const { int } = draws(seed);
    const lists = Array.from({ length: 2 + int(4) }, (_, at) => ({
      groupId: String(at),
      members: Array.from({ length: int(30) }, () => `u${int(20)}`),
    }));
    const compared = compareMembers(lists);
    const all = compared.regions.flatMap(({ members }) => members);
    assert.equal(new Set(all).size, all.length);
    assert.equal(compared.total, all.length);
    for (const [at, { members }] of lists.entries()) {
      assert.equal(compared.counts[at], new Set(members).size);
      assert.deepEqual(new Set(membersIn(compared, at)), new Set(members));
      const other = (at + 1) % lists.length;
      assert.deepEqual(
        new Set(missingIn(compared, at, other)),
        new Set(members.filter((id) => !lists[other].members.includes(id))),
      );
      assert.deepEqual(
        new Set(desiredMembers(compared, at, other, 'add')),
        new Set([...members, ...lists[other].members]),
      );
    }
    assert.ok(compared.regions.every(({ members }) => members.length > 0));
    const names = lists.map(({ groupId }) => groupId);
    assert.equal(
      new Set(compared.regions.map((region) => regionText(region, names))).size,
      compared.regions.length,
    );
  }
});

test('a comparison of fewer than two or more than five groups is refused', () => {
  const list = { groupId: 'A', members: [] };
  assert.throws(() => compareMembers([list]), RangeError);
  assert.throws(() => compareMembers(Array(6).fill(list)), RangeError);
});
