// The fault panel: a local org accepts each fault that it sets, and the panel describes the org's faults in the same words.
import assert from 'node:assert/strict';
import test from 'node:test';

import { createOrg } from 'okta-groups/emulator';
import { FAULT_KINDS, FAULT_PATHS, faultOptions, faultWords } from '../../target/console/model.js';

test('every fault, at every time and of all requests, is one that a local org takes', () => {
  for (const { id, name, expect } of FAULT_KINDS) {
    assert.ok(expect.length > 20, `${id} says what the console should do`);
    for (const when of ['once', 'every', 'share']) {
      for (const [path] of FAULT_PATHS) {
        const faults = faultOptions({ kind: id, when, every: 3, percent: 25, path });
        createOrg({ groups: 3, users: 3, faults });
        const [words, ...others] = faultWords(faults);
        assert.deepEqual(others, []);
        assert.ok(words.startsWith(name), words);
        assert.match(words, { once: /once/, every: /every 3 requests/, share: /25 %/ }[when]);
      }
    }
  }
  assert.equal(new Set(FAULT_KINDS.map(({ id }) => id)).size, FAULT_KINDS.length);
});

test('a fault that the local org would refuse is explained in words', () => {
  for (const choice of [
    { kind: '500', when: 'every', every: 0 },
    { kind: '500', when: 'every', every: 1.5 },
    { kind: '500', when: 'every', every: NaN },
    { kind: '500', when: 'share', percent: 0 },
    { kind: '500', when: 'share', percent: 101 },
    { kind: '500', when: 'share', percent: NaN },
    { kind: 'none', when: 'once' },
  ]) {
    assert.equal(typeof faultOptions(choice), 'string', JSON.stringify(choice));
  }
});

test('faults that others set are told as well', () => {
  assert.deepEqual(faultWords({}), []);
  assert.deepEqual(
    faultWords({
      rules: [{ operation: 'GET /api/v1/groups', nth: 2, after: true, fault: 'hang' }],
      random: { seed: 4 },
    }),
    ['"hang" (request 2, of GET /api/v1/groups)', 'every kind of fault (10 % of requests)'],
  );
});
