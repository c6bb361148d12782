// `check`, `serve`, `completion`, faults of the org; and what help and tables look like.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { spawnSync } from 'node:child_process';
import { ends, folder, lines, ndjson, run, servedOrg, started, until } from './support.mjs';

const SNAPSHOTS = join(import.meta.dirname, '../fixtures/cli');

/** Holds a text equal to a file, which `OKTA_GROUPS_ACCEPT=1` writes anew. */
function snapshot(name, text) {
  const path = join(SNAPSHOTS, name);
  if (process.env.OKTA_GROUPS_ACCEPT) {
    mkdirSync(SNAPSHOTS, { recursive: true });
    writeFileSync(path, text);
  }
  assert.ok(existsSync(path), `${path}: OKTA_GROUPS_ACCEPT=1 writes it`);
  assert.equal(
    text,
    readFileSync(path, 'utf8'),
    `${name} is not what it was; OKTA_GROUPS_ACCEPT=1 accepts it`,
  );
}

test('the help texts equal their snapshot', async () => {
  const overview = (await ends(0, ['help'])).stdout;
  const names = [...overview.matchAll(/^ {2}([a-z]+(?:-many)?(?: [a-z]+)?) {2,}/gm)].map(([, name]) => name);
  assert.ok(names.length >= 32, `${names.length} commands`);
  const pages = [[], ['sign-in'], ['exit-codes'], ...names.map((name) => name.split(' '))];
  const texts = [];
  for (let at = 0; at < pages.length; at += 4) {
    const some = pages.slice(at, at + 4).map((words) => ends(0, ['help', ...words]));
    texts.push(...(await Promise.all(some)).map(({ stdout }) => stdout));
  }
  for (const line of texts.join('').split('\n')) assert.ok(line.length <= 120, line);
  snapshot('help.txt', texts.join(`\n${'-'.repeat(80)}\n\n`));
});

test('tables and CSV equal their snapshot', async () => {
  const org = await servedOrg('--seed-data', join(SNAPSHOTS, 'org.json'), '--rate-limit', 'off');
  const everyone = await org.client.groups.list({ filter: 'type eq "BUILT_IN"' }).first();
  const texts = [];
  for (const args of [
    ['list'],
    ['list', '--expand', 'stats', '--fields', 'id,profile.name,_embedded.stats.usersCount'],
    ['members', 'list', everyone.id],
    ['get', everyone.id],
    ['check', 'profile.name ew "x" and not (id pr)'],
  ]) {
    for (const form of ['table', 'csv']) {
      texts.push(
        `$ okta-groups ${args.join(' ')} -o ${form}\n${(await ends(0, [...args, '-o', form], { env: org.env })).stdout}`,
      );
    }
  }
  snapshot('tables.txt', texts.join('\n').replaceAll(org.url, 'http://127.0.0.1:1'));
});

test('check tells what Okta does not document, and what is no expression', async () => {
  assert.match((await ends(0, ['check', 'profile.name sw "a"'])).stderr, /valid for search/);
  const warned = await ends(0, ['check', 'profile.name ew "a"']);
  assert.equal(ndjson(warned.stdout)[0].reason, 'operator');
  await ends(1, ['check', 'profile.name ew "a"', '--strict']);
  await ends(0, ['check', 'created gt "2026-01-01T00:00:00.000Z"', '--strict']);
  await ends(1, ['check', 'created gt "2026-01-01T00:00:00.000Z"', '--parameter', 'filter', '--strict']);
  const none = await ends(64, ['check', 'profile.name eq "a" andd id pr']);
  assert.match(none.stderr, /\^/);
});

test('serve runs a local org, keeps its state, and ends by Ctrl-C', async () => {
  const cwd = folder();
  const served = async () => {
    const { child, out, done } = started(
      [
        'serve',
        '--groups',
        '12',
        '--users',
        '5',
        '--seed',
        '3',
        '--state',
        'org.json',
        '--rate-limit',
        'off',
      ],
      { cwd },
    );
    await until(() => out.stdout.includes('\n'), 'its URL');
    return { env: { OKTA_ORG_URL: out.stdout.trim(), OKTA_TOKEN: 'any' }, child, done };
  };
  const first = await served();
  assert.equal(lines((await ends(0, ['list', '-o', 'ids'], { env: first.env })).stdout).length, 12);
  const [group] = ndjson((await ends(0, ['create', 'Kept'], { env: first.env })).stdout);
  first.child.kill('SIGINT');
  assert.equal((await first.done).code, 0);
  const second = await served();
  assert.equal(
    ndjson((await ends(0, ['get', group.id], { env: second.env })).stdout)[0].profile.name,
    'Kept',
  );
  second.child.kill('SIGTERM');
  assert.equal((await second.done).code, 0);

  await ends(64, ['serve', '--faults', 'seed:7:2'], { cwd });
  await ends(64, ['serve', '--faults', 'none.json'], { cwd });
  await ends(64, ['serve', '--rate-limit', 'none'], { cwd });
});

test('a list is read to its end although the local org injects faults', async () => {
  const faulty = await servedOrg(
    '--groups',
    400,
    '--users',
    50,
    '--rate-limit',
    'off',
    '--faults',
    'seed:5:0.05',
  );
  const ids = lines((await ends(0, ['list', '-o', 'ids', '--limit', '50'], { env: faulty.env })).stdout);
  assert.equal(ids.length, 400);
  assert.equal(new Set(ids).size, 400);
});

test('completion knows the commands, their flags and the values', async () => {
  const completions = async (...words) =>
    lines((await ends(0, ['complete', '--', ...words])).stdout)
      .filter((line) => !line.startsWith(':'))
      .map((line) => line.split('\t')[0]);
  assert.ok((await completions('')).includes('sync-many'));
  assert.deepEqual(await completions('memb'), ['members']);
  assert.deepEqual(await completions('members', ''), ['list', 'add', 'remove']);
  assert.deepEqual(await completions('list', '--fie'), ['--fields']);
  assert.deepEqual(await completions('list', '-o', ''), ['table', 'json', 'ndjson', 'csv', 'ids']);
  assert.deepEqual(await completions('export', 'me'), ['members']);
  for (const shell of ['bash', 'zsh', 'fish', 'powershell']) {
    const { stdout } = await ends(0, ['completion', shell]);
    assert.match(stdout, /okta-groups/);
    // The script is one that its shell reads, where that shell is.
    const read = { bash: ['bash', '-n'], zsh: ['zsh', '-n'], fish: ['fish', '-n'] }[shell];
    if (!read) continue;
    const { error, status } = spawnSync(read[0], read.slice(1), { input: stdout });
    assert.ok(error || status === 0, shell);
  }
});

test('nothing but the message is said of an internal error, and --verbose tells each request without the token', async () => {
  const org = await servedOrg('--groups', 5, '--users', 5, '--rate-limit', 'off');
  const { stderr } = await ends(0, ['list', '-o', 'ids', '--verbose'], { env: org.env });
  assert.match(stderr, /^request id=\S+ method=GET path=\/api\/v1\/groups attempt=1$/m);
  assert.match(stderr, /^response /m);
  const { code } = await run(['list', '--org', 'https://127.0.0.1:1', '--token-file', '/dev/null']);
  assert.equal(code, 4);
});
