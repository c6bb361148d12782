// The command parses its arguments: usage errors, help, and secrets in the wrong place.
import assert from 'node:assert/strict';
import test from 'node:test';
import { TOKEN, ends, run } from './support.mjs';

test('wrong usage ends with 64 and says what would be right', async () => {
  for (const [args, said] of [
    [[], /usage: okta-groups COMMAND/],
    [['lst'], /did you mean okta-groups list\?/],
    [['members'], /members has the commands list, add, remove/],
    [['members', 'lst'], /members has the commands/],
    [['list', 'x'], /list takes no argument/],
    [['get'], /get needs GROUP \(an id, or --name NAME in its place\)/],
    [['get', 'a', 'b'], /get takes no more than GROUP/],
    [['list', '--limt', '3'], /did you mean --limit\?/],
    [['list', '--yes'], /list has no flag --yes/],
    [['list', '--max'], /--max needs a value: --max N/],
    [['list', '--max', '0'], /--max must be a whole number from 1/],
    [['list', '--max', '1e3'], /--max must be a whole number/],
    [['list', '--limit', '10001'], /--limit must be a whole number from 1 to 10000/],
    [['list', '--max', '1', '--max', '2'], /--max is given twice/],
    [['list', '--fields', '--max', '3'], /--fields needs a value/],
    [['list', '-o', 'xml'], /--output must be one of table, json, ndjson, csv, ids/],
    [['list', '--verbose=yes'], /--verbose takes no value/],
    [['export', 'people'], /WHAT must be one of groups, members, apps/],
    [['request', 'FETCH', '/groups'], /METHOD must be one of GET/],
    [['export', '--shard', '10/10'], /--shard must be I\/N with I from 0 to N - 1/],
    [['export', '--shard', '-1/10'], /--shard needs a value/],
    [['export', '--shard', '0/0'], /--shard must be I\/N/],
    [
      ['sync', 'g', 'f', '--max-removals', 'many'],
      /--max-removals must be a number, a share such as 10%, or any/,
    ],
    [['sync', 'g', 'f', '--max-removals', '101%'], /--max-removals must be a number/],
    [['update', 'g', '--set', 'name'], /--set must be written --set FIELD=TEXT/],
    [['check', 'name eq'], /expected/],
    [['completion', 'tcsh'], /SHELL must be one of bash, zsh, fish, powershell/],
  ]) {
    const { code, stdout, stderr } = await run(args);
    assert.match(args.length === 0 ? stdout : stderr, said, args.join(' '));
    assert.equal(code, args.length === 0 ? 0 : 64, `${args.join(' ')}: ${stderr}`);
    if (args.length > 0) assert.equal(stdout, '', args.join(' '));
  }
});

test('a secret is never an argument, and is not repeated', async () => {
  for (const args of [
    ['list', '--token', TOKEN],
    ['list', `--token=${TOKEN}`],
    ['list', '--api-token', TOKEN],
    ['list', '--password', TOKEN],
    ['list', '--private-key', TOKEN],
    ['request', 'GET', '/groups', '--header', `Authorization: SSWS ${TOKEN}`],
  ]) {
    const { stderr } = await ends(64, args);
    assert.match(stderr, /a secret must not be an argument/);
  }
  // Where something else is expected it is not shown either.
  for (const args of [
    [TOKEN],
    ['list', TOKEN],
    ['list', `--${TOKEN}`],
    ['list', '--max', TOKEN],
    ['list', '--output', TOKEN],
    ['list', '--org', TOKEN],
    ['list', '--org', TOKEN, '--client-id', TOKEN],
    ['get', `SSWS ${TOKEN}`],
  ]) {
    const { code } = await run(args);
    assert.ok([4, 64].includes(code), args.join(' '));
  }
});

test('help tells of each command and each flag, and --version the version', async () => {
  const overview = (await ends(0, ['--help'])).stdout;
  assert.equal((await ends(0, ['help'])).stdout, overview);
  assert.match((await ends(0, ['--version'])).stdout, /^\d+\.\d+\.\d+\n$/);
  assert.match((await ends(0, ['help', 'exit-codes'])).stdout, /64 +wrong usage/);
  assert.match((await ends(0, ['help', 'sign-in'])).stdout, /OKTA_CLIENT_ORGURL/);
  const sync = (await ends(0, ['sync', '--help'])).stdout;
  assert.equal((await ends(0, ['help', 'sync'])).stdout, sync);
  assert.match(sync, /usage: okta-groups sync GROUP MEMBERS \[flags\]/);
  assert.match(sync, /--max-removals N +refuse/);
  assert.ok(
    sync.split('\n').every((line) => line.length <= 100),
    'help fits into 100 columns',
  );
});
