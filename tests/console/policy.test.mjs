// Each host of the console forbids the same: the command, the native local org, and the page itself, for any static host.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';

import { POLICY } from '../policy.mjs';

const ROOT = join(import.meta.dirname, '../..');

/** The directives of the console's policy in a source file, whose texts may be split over lines. */
function policyOf(path) {
  const source = readFileSync(join(ROOT, path), 'utf8')
    .replace(/" \+\s+"/g, '')
    .replace(/\\\n\s*/g, '');
  const policies = source.match(/default-src 'none';[^"\\`]*/g) ?? [];
  assert.equal(policies.length, 1, `${path} holds one policy`);
  return directives(policies[0]);
}

const directives = (policy) => policy.split('; ').sort();
const ALL = directives(POLICY);

for (const path of [
  'pkg-template/src/cli/console/server.js',
  'emulator/src/http.rs',
  'emulator/tests/http.rs',
  'docs/console.md',
]) {
  test(`${path} names the policy of the console`, () => assert.deepEqual(policyOf(path), ALL));
}

test('the page holds the policy of the console, but for frames, which only a header can forbid', () => {
  const frames = "frame-ancestors 'none'";
  assert.ok(ALL.includes(frames));
  const expected = ALL.filter((directive) => directive !== frames);
  assert.deepEqual(policyOf('www/index.html'), expected);
});
