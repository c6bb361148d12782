// The crate `okta`, unchanged, against the local org. It is built below the folder of the environment variable
// OKTA_GROUPS_CLIENTS, which `cargo xtask test clients --all` sets.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { serveOrg } from 'okta-groups/emulator';

const manifest = fileURLToPath(new URL('crate/Cargo.toml', import.meta.url));
const folder = process.env.OKTA_GROUPS_CLIENTS && join(process.env.OKTA_GROUPS_CLIENTS, 'crate');

before(() => {
  assert.ok(folder, 'OKTA_GROUPS_CLIENTS names a folder: cargo xtask test clients --all sets it');
  const build = ['build', '--quiet', '--locked', '--manifest-path', manifest, '--target-dir', folder];
  execFileSync('cargo', build, { stdio: 'inherit' });
});

/** What the crate made of an org with these quirks, and what was in the org. */
async function called(t, quirks) {
  const org = await serveOrg({ groups: 20, users: 5, rateLimit: 'off', quirks });
  t.after(() => org.close());
  const { groups, users } = org.snapshot();
  const program = join(folder, 'debug/okta-groups-client-crate');
  const { stdout } = await promisify(execFile)(program, [org.orgUrl]);
  return { seen: JSON.parse(stdout), groups: groups.map(({ id }) => id), types: groups, users };
}

test('the crate reads and writes groups and members', async (t) => {
  const { seen, groups, types } = await called(t, {});
  assert.deepEqual([seen.all, seen.page], [groups, groups]);
  const imported = types.filter(({ type }) => type === 'APP_GROUP').map(({ id }) => id);
  assert.deepEqual(seen.imported, imported);
  assert.equal(seen.renamed, 'Far West');
  assert.deepEqual([seen.joined, seen.left], [[seen.user], 0]);
  assert.match(seen.gone, /404/);
});

test('its failure: of two lines of Link it reads the first, and list_all() ends with the first page', async (t) => {
  const two = await called(t, { defaultLimit: 7 });
  assert.deepEqual(two.seen.all, two.groups.slice(0, 7));
  // In one line it finds `next`: the org sent it both times.
  const one = await called(t, { defaultLimit: 7, joinedLinks: true });
  assert.deepEqual(one.seen.all, one.groups);
});
