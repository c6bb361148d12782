// On a terminal: a table that fits, questions, a line of progress, and Ctrl-C from the keyboard. `script` of util-linux makes
// the terminal; where it is not, streams that say they are one stand for it.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { before } from 'node:test';
import { CLI, TOKEN, folder, servedOrg, started, until } from './support.mjs';

const REAL = /util-linux/.test(String(spawnSync('script', ['--version']).stdout));
const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

let org;
let env;
let cwd;
let fake;
before(async () => {
  org = await servedOrg('--groups', 300, '--users', 200, '--rate-limit', 'off');
  env = org.env;
  cwd = folder();
  fake = join(cwd, 'terminal.mjs');
  writeFileSync(
    fake,
    `for (const name of ['stdin', 'stdout', 'stderr']) Object.assign(process[name], { isTTY: true, columns: 70 });`,
  );
});

/** Runs it where a terminal is; `type` sends keys. */
function onTerminal(args, { of = env, redirect = '' } = {}) {
  if (!REAL) {
    const { child, out, done } = started(args, { env: of, cwd, input: 'open', node: ['--import', fake] });
    const said = {
      get text() {
        return out.stdout + out.stderr;
      },
    };
    return {
      said,
      type: (keys) => (keys === '\u0003' ? child.kill('SIGINT') : child.stdin.write(keys)),
      done: done.then(({ code }) => ({ code, text: said.text })),
    };
  }
  const command = `stty cols 70; exec ${[process.execPath, CLI, ...args].map(quoted).join(' ')} ${redirect}`;
  const variables = { PATH: process.env.PATH, HOME: cwd, TERM: 'xterm', ...of };
  const child = spawn('script', ['-qefc', command, '/dev/null'], {
    cwd,
    env: variables,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const said = { text: '' };
  child.stdout.on('data', (data) => (said.text += data));
  child.stdin.on('error', () => {});
  const done = new Promise((resolve) => child.on('close', (code) => resolve({ code, text: said.text })));
  return {
    said,
    type: (keys) => child.stdin.write(keys),
    done: done.then((ended) => {
      assert.ok(!ended.text.includes(TOKEN), 'a secret is on the screen');
      return ended;
    }),
  };
}

/** The lines of a screen, each as it was in the end. */
const screen = (text) =>
  text
    .split(/\r*\n/)
    .map((line) => line.split(/\r\u001b\[2K/).pop())
    .filter(Boolean);

test('a list is a table that fits the terminal, and cuts what is too long', async () => {
  await org.client.groups.create({
    name: 'Terminal',
    description: 'A description that is much longer than what fits on a line of this terminal',
  });
  await org.client.groups.create({
    name: 'Terminal\u001b[31m\u202e宽字符组',
    description: 'a\nb',
  });
  const { code, text } = await onTerminal(['list', '--search', 'profile.name sw "Terminal"']).done;
  assert.equal(code, 0, text);
  const rows = screen(text);
  assert.match(rows[0], /^ID +TYPE +NAME +DESCRIPTION$/);
  assert.equal(rows.length, 3);
  for (const row of rows) assert.ok([...row].length <= 70, row);
  assert.match(rows[1], /…$/);
  assert.ok(
    !text.includes('\u001b[31m') && !text.includes('\u202e'),
    'no control character of a name reaches the terminal',
  );
  assert.match(text, /Terminal\\u001b\[3…/);
  for (const row of rows.slice(1)) assert.match(row, /^00g\w{17} /, 'an id is never cut');
});

test('get shows the fields of a group one below the other', async () => {
  const { code, text } = await onTerminal(['get', '--name', 'Everyone']).done;
  assert.equal(code, 0, text);
  assert.match(text, /profile\.name +Everyone\r?\n/);
});

test('delete asks: no and Ctrl-C keep the group, yes deletes it', async () => {
  const { id } = await org.client.groups.create({ name: 'To be asked for' });
  for (const [keys, expected] of [
    ['n\r', 2],
    ['\r', 2],
    ['\u0003', 2],
    ['y\r', 0],
  ]) {
    const { said, type, done } = onTerminal(['delete', id]);
    await until(() => said.text.includes('[y/N]'), 'the question');
    assert.ok(
      said.text.replaceAll(/\s+/g, ' ').includes(`Delete the group To be asked for (${id})`),
      said.text,
    );
    type(REAL ? keys : keys.replace('\r', '\n'));
    const { code, text } = await done;
    assert.equal(code, expected, text);
    const there = await org.client.groups.get(id).then(
      () => true,
      () => false,
    );
    assert.equal(there, expected !== 0, text);
  }
});

test('a run shows its progress in place, and Ctrl-C names the file with the rest', async () => {
  const faults = join(cwd, 'slow.json');
  writeFileSync(
    faults,
    JSON.stringify({
      rules: [{ operation: 'PUT /api/v1/groups/{groupId}/users/{userId}', fault: { latency: 40 } }],
    }),
  );
  const slow = await servedOrg('--groups', 5, '--users', 150, '--rate-limit', 'off', '--faults', faults);
  const everyone = await slow.client.groups.list({ filter: 'type eq "BUILT_IN"' }).first();
  const ids = (await slow.client.groups.listUsers(everyone.id).toArray({ max: 200 })).map((user) => user.id);
  const { id } = await slow.client.groups.create({ name: 'Slow' });
  writeFileSync(join(cwd, 'ids.txt'), ids.join('\n'));
  const { said, type, done } = onTerminal(['sync', id, 'ids.txt', '--apply', '--concurrency', '2'], {
    of: slow.env,
  });
  await until(() => /[1-9]\d* of 150 writes/.test(said.text), 'progress');
  type('\u0003');
  const { code, text } = await done;
  assert.equal(code, 2, text);
  assert.match(text, /\r\u001b\[2K/);
  assert.match(text, /the rest, \d+ writes, is in okta-groups-rest-/);
});

test('the terminal answers a question though standard input holds the list', async () => {
  const people = (await org.client.users.list().toArray({ max: 10, onExceed: 'truncate' })).map(
    (user) => user.id,
  );
  const { id } = await org.client.groups.create({ name: 'Piped' });
  for (const user of people.slice(0, 9)) await org.client.groups.assignUser(id, user);
  writeFileSync(join(cwd, 'piped.txt'), people.slice(1).join('\n'));
  const args = ['sync', id, '-', '--apply', '--rule-managed', 'include'];
  if (!REAL) return;
  const { said, type, done } = onTerminal(args, { redirect: '< piped.txt' });
  await until(() => said.text.includes('[y/N]'), 'the question');
  type('yes\r');
  const { code, text } = await done;
  assert.equal(code, 0, text);
  assert.match(text, /added 1, removed 1/);
});
