// The command reads CSV as spreadsheets and directories write it, and writes CSV that they read.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { before } from 'node:test';
import { ends, folder, ndjson, servedOrg } from './support.mjs';

const FIXTURES = join(import.meta.dirname, '../fixtures/csv');

let org;
let env;
let group;
let people;
let cwd;
before(async () => {
  org = await servedOrg('--groups', 20, '--users', 60, '--rate-limit', 'off');
  env = org.env;
  cwd = folder();
  const everyone = await org.client.groups.list({ filter: 'type eq "BUILT_IN"' }).first();
  people = (await org.client.groups.listUsers(everyone.id).toArray({ max: 100 })).slice(0, 3);
  group = await org.client.groups.create({ name: 'CSV' });
});

/** A fixture with the logins and ids of people of this org in it. */
function filled(name) {
  let bytes = readFileSync(join(FIXTURES, name));
  const wide = bytes[0] === 0xff;
  const text = bytes.toString(wide ? 'utf16le' : 'latin1');
  const put = people.reduce(
    (all, { id, profile }, at) =>
      all.replaceAll(`{login${at + 1}}`, profile.login).replaceAll(`{id${at + 1}}`, id),
    text,
  );
  bytes = Buffer.from(put, wide ? 'utf16le' : 'latin1');
  writeFileSync(join(cwd, name), bytes);
  return name;
}

const good = readdirSync(FIXTURES).filter((name) => !name.startsWith('refused-'));
for (const name of good) {
  test(`${name} names three people`, async () => {
    const { stdout } = await ends(0, ['sync', group.id, filled(name)], { env, cwd });
    const added = ndjson(stdout).map(({ op, userId }) => `${op} ${userId}`);
    assert.deepEqual(added.sort(), people.map(({ id }) => `add ${id}`).sort());
    // The same from standard input.
    const piped = await ends(0, ['sync', group.id, '-'], { env, cwd, input: readFileSync(join(cwd, name)) });
    assert.equal(piped.stdout, stdout);
  });
}

for (const [name, said] of [
  ['refused-no-column.csv', /no column id, login or email[^]*First, Last/],
  ['refused-empty-cell.csv', /1 row names nobody: row 3/],
  ['refused-unclosed-quote.csv', /a quote is not closed/],
  ['refused-shifted.csv', /more cells than columns in row 2/],
  ['refused-guessed-letters.csv', /not UTF-8[^]*row 2/],
  ['refused-binary.csv', /is not text/],
]) {
  test(`${name} is refused before anything is written`, async () => {
    const { stderr } = await ends(64, ['sync', group.id, filled(name), '--apply', '--yes'], { env, cwd });
    assert.match(stderr, said);
    assert.equal((await org.client.groups.listUsers(group.id).toArray({ max: 10 })).length, 0);
  });
}

test('every file of the fixtures is in a test', () => {
  assert.ok(good.length >= 12);
});

test('cells that a spreadsheet would run are guarded, unless --raw says not to', async () => {
  const cells = [
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '\t=1',
    '＝1+1',
    '|cmd',
    '%1',
    'a;=1',
    "it's = fine",
    'a-b',
    '',
  ];
  for (const [at, description] of cells.entries())
    await org.client.groups.create({ name: `=cell ${at}`, description });
  const args = [
    'list',
    '--search',
    'profile.name sw "=cell"',
    '-o',
    'csv',
    '--fields',
    'profile.description,profile.name',
  ];
  const guarded = (await ends(0, args, { env })).stdout;
  const raw = (await ends(0, [...args, '--raw'], { env })).stdout;
  for (const line of guarded.split('\n').slice(1).filter(Boolean))
    assert.match(line, /^"?(?!["=+\-@\t|%＝])|^,/, line);
  assert.ok(guarded.includes("'=1+1,'=cell 0"), guarded);
  assert.ok(guarded.includes("a;'=1"), guarded);
  assert.ok(guarded.includes("it's = fine"));
  assert.ok(raw.includes('\n=1+1,=cell 0'), raw);
});

test('CSV that the command wrote, it reads', async () => {
  const everyone = await org.client.groups.list({ filter: 'type eq "BUILT_IN"' }).first();
  const { stdout } = await ends(0, ['members', 'list', everyone.id, '-o', 'csv', '--bom', '--max', '5'], {
    env,
  });
  assert.ok(stdout.startsWith('\ufeffid,status,profile.login'));
  const { stdout: plan } = await ends(0, ['sync', group.id, '-'], { env, cwd, input: stdout });
  assert.equal(ndjson(plan).length, 5);
});

test('rows that match nobody stop a sync before a write, and are named', async () => {
  const [a, b] = people.map(({ profile }) => profile.login);
  const text = `name;login\nZoe;${a}\nNobody;nobody@example.com\nAsa;${b}\n`;
  const { stderr } = await ends(3, ['sync', group.id, '-', '--apply', '--yes'], { env, cwd, input: text });
  assert.match(stderr, /1 row of the list matches nobody[^]*row 3 \(nobody@example\.com\): nobody/);
  assert.equal((await org.client.groups.listUsers(group.id).toArray({ max: 10 })).length, 0);
  const skipped = await ends(0, ['sync', group.id, '-', '--unresolved', 'skip'], { env, cwd, input: text });
  assert.match(skipped.stderr, /1 row left out: the plan only adds/);
  assert.equal(ndjson(skipped.stdout).length, 2);
});

test('people go by any attribute, and by any column', async () => {
  const numbers = people.map(({ profile }) => profile.employeeNumber);
  const text = `staff no,manager\n${numbers.map((number) => `${number},x`).join('\n')}\n`;
  const args = ['sync', group.id, '-', '--by', 'employeeNumber', '--column', 'Staff No'];
  const { stdout } = await ends(0, args, { env, cwd, input: text });
  assert.deepEqual(
    ndjson(stdout)
      .map(({ userId }) => userId)
      .sort(),
    people.map(({ id }) => id).sort(),
  );
  const emails = people.map(({ profile }) => profile.email).join('\n');
  await ends(0, ['members', 'add', group.id, '-', '--by', 'email'], { env, cwd, input: emails });
  assert.equal((await org.client.groups.listUsers(group.id).toArray({ max: 10 })).length, 3);
});
