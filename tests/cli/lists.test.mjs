// The commands that read: lists, single objects, the forms of the output, and the cursor to continue with.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, existsSync } from 'node:fs';
import test, { before } from 'node:test';
import { CLI, ends, lines, ndjson, servedOrg, started, until } from './support.mjs';

let org;
let env;
let groups;
before(async () => {
  org = await servedOrg('--groups', 450, '--users', 300, '--rate-limit', 'off');
  env = org.env;
  groups = await org.client.groups.list().toArray({ max: 1000 });
});

const cursorOf = (text) => /--cursor (\S+)/.exec(text)?.[1];

test('a list gives every group, one JSON object a line where it is piped, as the org wrote it', async () => {
  const { stdout, stderr } = await ends(0, ['list'], { env });
  assert.deepEqual(ndjson(stdout), groups);
  assert.equal(stderr, '');
});

test('each form of the output holds every group', async () => {
  const ids = groups.map(({ id }) => id);
  assert.deepEqual(JSON.parse((await ends(0, ['list', '-o', 'json'], { env })).stdout), groups);
  assert.deepEqual(lines((await ends(0, ['list', '-o', 'ids'], { env })).stdout), ids);
  const table = lines((await ends(0, ['list', '-o', 'table'], { env })).stdout);
  assert.match(table[0], /^ID +TYPE +NAME +DESCRIPTION$/);
  assert.deepEqual(
    table.slice(1).map((line) => line.split(' ')[0]),
    ids,
  );
  const csv = lines((await ends(0, ['list', '-o', 'csv', '--fields', 'id'], { env })).stdout);
  assert.deepEqual(csv, ['id', ...ids]);
});

test('an empty list is an empty list in each form', async () => {
  const none = ['list', '--search', 'profile.name eq "there is none of this name"', '-o'];
  for (const [form, text] of [
    ['ndjson', ''],
    ['json', '[]\n'],
    ['ids', ''],
    ['table', ''],
    ['csv', ''],
  ]) {
    assert.equal((await ends(0, [...none, form], { env })).stdout, text, form);
  }
  assert.equal((await ends(0, [...none, 'csv', '--fields', 'id,type'], { env })).stdout, 'id,type\n');
});

test('--max stops at so many rows, and the cursor that it says leads to the exact rest', async () => {
  for (const max of [1, 199, 200, 201, 400, 449]) {
    const first = await ends(0, ['list', '-o', 'ids', '--max', `${max}`], { env });
    const cursor = cursorOf(first.stderr);
    assert.ok(cursor, first.stderr);
    const rest = await ends(0, ['list', '-o', 'ids', '--cursor', cursor], { env });
    assert.deepEqual(
      [...lines(first.stdout), ...lines(rest.stdout)],
      groups.map(({ id }) => id),
      `${max}`,
    );
    assert.equal(rest.stderr, '');
  }
  const all = await ends(0, ['list', '-o', 'ids', '--max', '450'], { env });
  assert.equal(all.stderr, '', 'there is no more');
});

test('a list that fails says what it wrote and where to go on', async () => {
  const broken = await servedOrg('--groups', 450, '--users', 5, '--rate-limit', 'off', '--token', 'good');
  const file = openSync('/dev/null', 'r');
  assert.ok(file);
  const first = await ends(4, ['list', '-o', 'ids'], { env: broken.env });
  assert.match(first.stderr, /whoami/);
  // The org goes away between two pages.
  const going = await servedOrg('--groups', 20_000, '--users', 5, '--rate-limit', 'off');
  const { child, out, done } = started(['list', '-o', 'ids', '--limit', '50'], { env: going.env });
  await until(() => out.stdout.length > 5000, 'rows');
  going.kill();
  const { code, stderr, stdout } = await done;
  assert.equal(code, 1, stderr);
  assert.ok(child.exitCode === 1);
  assert.match(
    stderr,
    new RegExp(`${String(lines(stdout).length).replace(/\B(?=(\d{3})+$)/g, ',')} groups were written`),
  );
  assert.ok(cursorOf(stderr), stderr);
});

test('Ctrl-C ends a list with 2, and the cursor leads to the exact rest', async () => {
  const large = await servedOrg('--groups', 6000, '--users', 5, '--rate-limit', 'off');
  const { child, out, done } = started(['list', '-o', 'ids', '--limit', '20'], { env: large.env });
  await until(() => out.stdout.length > 2000, 'rows');
  child.kill('SIGINT');
  const first = await done;
  assert.equal(first.code, 2, first.stderr);
  const cursor = cursorOf(first.stderr);
  const rest = await ends(0, ['list', '-o', 'ids', '--cursor', cursor], { env: large.env });
  const all = await large.client.groups.list().toArray({ max: 10_000 });
  assert.deepEqual(
    [...lines(first.stdout), ...lines(rest.stdout)],
    all.map(({ id }) => id),
  );
});

test('a closed pipe ends a reading command with 0 and without a word', async () => {
  const { child, done } = started(['list', '--limit', '20'], { env });
  await once(child.stdout, 'data');
  child.stdout.destroy();
  const { code, stderr } = await done;
  assert.equal(code, 0, stderr);
  assert.equal(stderr, '');
});

test('a full disk fails a list, which says where to go on', async () => {
  if (!existsSync('/dev/full')) return;
  const full = openSync('/dev/full', 'w');
  const child = spawn(process.execPath, [CLI, 'list'], {
    env: { ...process.env, ...env },
    stdio: ['ignore', full, 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (data) => (stderr += data));
  const [code] = await once(child, 'close');
  assert.equal(code, 1, stderr);
  assert.match(stderr, /no space left/);
});

test('a group is found by its id or its exact name', async () => {
  const own = groups.find(({ type }) => type === 'OKTA_GROUP');
  assert.deepEqual(ndjson((await ends(0, ['get', own.id], { env })).stdout), [own]);
  assert.deepEqual(
    ndjson(
      (await ends(0, ['get', '--name', own.profile.name.toUpperCase(), '--type', own.type], { env })).stdout,
    ),
    [own],
  );
  const none = await ends(3, ['get', '--name', own.profile.name.slice(0, 3)], { env });
  assert.match(none.stderr, /no groups are named/);
  assert.equal((await ends(3, ['get', '00g0000000000000none'], { env })).stdout, '');
  const path = await ends(64, ['get', '../users/me'], { env });
  assert.match(path.stderr, /GROUP is not an id/);
});
