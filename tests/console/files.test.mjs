// Files that the console writes and reads: the same as the command line's.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import {
  Output,
  guarded as guardedByCli,
  unguarded as unguardedByCli,
} from '../../pkg-template/src/cli/output.js';
import { GROUP_CSV } from '../../pkg-template/src/cli/groups.js';
import {
  FAULT_LIMIT,
  FileWriter,
  GROUP_COLUMNS,
  atOnce,
  decoded,
  fileName,
  guarded,
  membersOf,
  membershipsOf,
  readTable,
  unguarded,
} from '../../target/console/model.js';
import { draws, group } from './support.mjs';

/** What the command writes of pages. */
async function written(pages, options) {
  let text = '';
  const stream = { on() {}, write: (chunk, done) => ((text += chunk), done()) };
  const output = new Output(stream, { columns: GROUP_CSV, ...options });
  for (const page of pages) await output.rows(page);
  await output.end();
  return { text, unseen: [...output.unseen] };
}

test('a file of groups is the file that the command writes (300 random lists)', async () => {
  assert.deepEqual(GROUP_COLUMNS, GROUP_CSV);
  for (let seed = 1; seed <= 300; seed++) {
    const { int, text, chance, pick } = draws(seed);
    const any = () => pick([text(), `=${text()}`, null, 7, true, ['a', text()], '', '\u202e']);
    const pages = Array.from({ length: 1 + int(3) }, (_, page) =>
      Array.from({ length: 1 + int(4) }, (_, at) => {
        const made = group(page * 10 + at, { name: text(), description: any() });
        if (chance(0.5)) made.profile[pick(['costCenter', 'a.b', '=x'])] = any();
        return made;
      }),
    );
    for (const form of ['csv', 'ndjson']) {
      const bom = chance(0.3);
      const writer = new FileWriter({ form, bom });
      const ours = pages.map((page) => writer.rows(page)).join('') + writer.end();
      const theirs = await written(pages, { form, bom });
      assert.equal(ours, theirs.text, `seed ${seed} ${form}`);
      if (form === 'csv') assert.deepEqual([...writer.unseen], theirs.unseen);
      assert.equal(writer.count, pages.flat().length);
    }
    const cell = String(any());
    assert.equal(guarded(cell), guardedByCli(cell));
    assert.equal(unguarded(cell), unguardedByCli(cell));
  }
});

test('a file that is gone on with has its heading once; one that was stopped says so in its last line and name', () => {
  const first = new FileWriter({ form: 'csv' });
  const text = first.rows([group(1)]);
  const rest = new FileWriter({ form: 'csv', columns: first.columns, isResumed: true });
  const whole = new FileWriter({ form: 'csv' });
  assert.equal(
    text + rest.rows([group(2)]) + rest.end(),
    whole.rows([group(1)]) + whole.rows([group(2)]) + whole.end(),
  );
  assert.match(first.end('stopped by you'), /^# partial: stopped by you after 1 row\n$/);
  assert.equal(
    new FileWriter({ form: 'ndjson' }).end('the org answered 500'),
    '{"partial":"partial: the org answered 500 after 0 rows"}\n',
  );
  assert.equal(new FileWriter({ form: 'csv', columns: ['id'] }).end(), 'id\n');
  assert.equal(
    fileName(['groups', 'acme.okta.com', '2026-11-30'], 'csv'),
    'groups-acme.okta.com-2026-11-30.csv',
  );
  assert.equal(fileName(['groups'], 'csv', true), 'groups.partial.csv');
  assert.equal(fileName(['../../etc', 'a/b\\c:d\u202e', '..'], 'csv'), 'etc-a-b-c-d.csv');
  assert.equal(fileName(['', '..'], 'csv'), 'file.csv');
});

const read = (text, options) => atOnce(membersOf(atOnce(readTable(text)), options));
const values = ({ members }) => members.map(({ value }) => value);
const FIXTURES = join(import.meta.dirname, '../fixtures/csv');
const PEOPLE = {
  login1: 'zoe@example.com',
  login2: 'asa@example.com',
  login3: 'bo@example.com',
  id1: '00u00000000000000001',
  id2: '00u00000000000000002',
  id3: '00u00000000000000003',
};

/** A fixture of the command line's tests with people in it. */
function fixture(name) {
  const bytes = readFileSync(join(FIXTURES, name));
  const wide = bytes[0] === 0xff;
  const filled = bytes
    .toString(wide ? 'utf16le' : 'latin1')
    .replace(/\{(\w+)\}/g, (whole, key) => PEOPLE[key] ?? whole);
  return decoded(new Uint8Array(Buffer.from(filled, wide ? 'utf16le' : 'latin1')));
}

for (const name of readdirSync(FIXTURES).filter((each) => !each.startsWith('refused-')))
  test(`${name} names the same three people as on the command line`, () => {
    const file = read(fixture(name).text);
    assert.deepEqual(file.faults, []);
    assert.equal(file.members.length, 3);
    const expected = file.by === 'id' ? /^00u0{16}[123]$/ : /^(zoe|asa|bo)@example\.com$/;
    for (const value of values(file)) assert.match(value, expected);
  });

test('what the command refuses has a fault with its line', () => {
  const faults = (name) => read(fixture(name).text).faults;
  assert.match(faults('refused-no-column.csv')[0].message, /No column is named id, login or email/);
  assert.deepEqual(faults('refused-empty-cell.csv'), [{ line: 3, message: 'Nobody is named.' }]);
  assert.ok(faults('refused-unclosed-quote.csv').some(({ message }) => /quote/.test(message)));
  assert.ok(
    faults('refused-shifted.csv').some(({ line, message }) => line === 2 && /cells for/.test(message)),
  );
  assert.match(faults('refused-binary.csv')[0].message, /no text/);
  assert.ok(fixture('refused-guessed-letters.csv').isGuessed);
  assert.ok(!fixture('excel-utf8.csv').isGuessed);
});

test('pasted text names people by id and by login, each once', () => {
  const file = read(
    '00u00000000000000001\nAsa@example.com\n\n  asa@EXAMPLE.com  \n00u00000000000000001\nBo\n',
  );
  assert.deepEqual(file.members, [
    { value: '00u00000000000000001', kind: 'id', line: 1 },
    { value: 'Asa@example.com', kind: 'login', line: 2 },
    { value: 'Bo', kind: 'login', line: 6 },
  ]);
  assert.equal(file.duplicates, 2);
  assert.equal(file.by, 'mixed');
  assert.equal(file.rowCount, 5);
  assert.equal(read('').by, undefined);
  assert.deepEqual(read('').faults, []);
});

test('the column is guessed by its heading, then by what is in it; a person may choose another', () => {
  const column = (text, options) => {
    const { column, hasHeading, by, members } = read(text, options);
    return [column, hasHeading, by, members.length];
  };
  assert.deepEqual(column('Name;E-mail\nZoe;zoe@x\nAsa;asa@x\n'), [1, true, 'email', 2]);
  assert.deepEqual(column('email,login,id\na@x,b@x,00u00000000000000001\n'), [2, true, 'id', 1]);
  assert.deepEqual(column('Zoe\tzoe@x\nAsa\tasa@x\n'), [1, false, 'login', 2]);
  assert.deepEqual(column('Who,Where\nzoe@x,Rome\nasa@x,Oslo\n'), [0, true, 'login', 2]);
  assert.deepEqual(column('Person\nzoe@x\nasa@x\n'), [0, true, 'login', 2]);
  assert.deepEqual(column('zoe\nasa\n'), [0, false, 'login', 2]);
  assert.deepEqual(column('Name,Town\nZoe,Rome\n'), [undefined, false, undefined, 0]);
  assert.deepEqual(column('Name,Town\nZoe,Rome\n', { column: 0, hasHeading: true }), [0, true, 'login', 1]);
  assert.deepEqual(column('login\nzoe\n', { hasHeading: false }), [0, false, 'login', 2]);
  assert.deepEqual(column('mail\nzoe@x\n', { kind: 'login' }), [0, true, 'login', 1]);
  assert.deepEqual(read('Name,Town\nZoe,Rome\n').columns, ['Name', 'Town']);
});

test('lines that cannot be used are told by their place in the text, also after quoted line breaks', () => {
  const file = read('login,note\na@x,"two\nlines"\n,empty\nb\u200b@x,hidden\nc@x,1,2\nd@x\n00u/..,x\n');
  assert.deepEqual(values(file), ['a@x', 'd@x', '00u/..']);
  assert.deepEqual(file.faults, [
    { line: 4, message: 'Nobody is named.' },
    { line: 5, message: 'b⟨ZWSP⟩@x has characters that do not show.' },
    { line: 6, message: 'There are 3 cells for 2 columns.' },
  ]);
  assert.deepEqual(read(`login\n${'x'.repeat(321)}\n`).faults, [
    { line: 2, message: 'The name of a person has 321 characters.' },
  ]);
  assert.deepEqual(read('id\n../x\n').faults, [{ line: 2, message: '../x is no id.' }]);
  const many = read(`login,x\n${',x\n'.repeat(500)}`);
  assert.equal(many.faults.length, FAULT_LIMIT);
  assert.equal(many.faultCount, 500);
});

test('100,000 lines are read in pieces, whole and with their lines', () => {
  const lines = Array.from({ length: 100_000 }, (_, at) =>
    at % 1000 === 7 ? `"user${at}@example.com","a\n;b ""q"""` : `user${at}@example.com,x`,
  );
  const work = readTable(`login,note\r\n${lines.join('\r\n')}`);
  let pieces = 0;
  let step = work.next();
  for (; !step.done; step = work.next()) pieces++;
  assert.ok(pieces > 50, `${pieces}`);
  const people = membersOf(step.value);
  for (step = people.next(); !step.done; step = people.next()) pieces++;
  const { members, faults } = step.value;
  assert.deepEqual(faults, []);
  assert.equal(members.length, 100_000);
  assert.equal(members[99_999].value, 'user99999@example.com');
  assert.equal(members[99_999].line, 100_001 + 100, 'each quoted line break is a line');
});

test('pieces cut no row: any table is read as it was written (200 random tables over several pieces)', () => {
  for (let seed = 1; seed <= 200; seed++) {
    const { int, pick } = draws(seed);
    const delimiter = pick([',', ';', '\t']);
    const cell = () =>
      pick([
        'a',
        'b "c" d',
        'x\ny',
        ',',
        ';',
        'é'.repeat(int(3000)),
        `"${'q'.repeat(int(9000))}`,
        `"${'r'.repeat(int(9000))}"\n"`,
        '\t-',
        '',
      ]) + 'z';
    const rows = Array.from({ length: 2 + int(60) }, () => [cell(), cell()]);
    const quoted = (text) => (/["\n,;\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
    const text = rows.map((cells) => cells.map(quoted).join(delimiter)).join('\n') + pick(['', '\n']);
    const table = atOnce(readTable(`sep=${delimiter}\n${text}`));
    assert.deepEqual(
      table.rows.map(({ cells }) => cells),
      rows.map((cells) => cells.map((each) => each.trim())),
      `seed ${seed}`,
    );
    assert.deepEqual(table.faults, []);
  }
});

test('a quote in the middle of a cell opens no quoted cell', () => {
  const lines = Array.from({ length: 2000 }, (_, at) =>
    at % 2 === 0 ? `"two\nlines",user${at}@x` : `5" disk ${at},user${at}@x`,
  );
  const file = read(`note,login\n${lines.join('\n')}\n`);
  assert.deepEqual(file.faults, []);
  assert.deepEqual(
    values(file),
    lines.map((_, at) => `user${at}@x`),
  );
});

test('groups with their members', () => {
  const memberships = (text) => atOnce(membershipsOf(atOnce(readTable(text))));
  const { groups, groupsBy, by, duplicates, faults } = memberships(
    'groupName,login\nSales,a@x\nHR,a@x\nSales,b@x\nSales,A@x\n,c@x\n',
  );
  assert.equal(groupsBy, 'name');
  assert.equal(by, 'login');
  assert.equal(duplicates, 1);
  assert.deepEqual(
    [...groups].map(([name, members]) => [name, members.map(({ value }) => value)]),
    [
      ['Sales', ['a@x', 'b@x']],
      ['HR', ['a@x']],
    ],
  );
  assert.deepEqual(faults, [{ line: 6, message: 'No group is named.' }]);
  assert.equal(memberships('groupId;userId\n00g1;00u00000000000000001\n').groupsBy, 'id');
  for (const text of ['', 'login\na@x\n', 'groupId,town\n00g1,Rome\n'])
    assert.equal(memberships(text).faultCount, 1, text);
});

test('the separator, the columns and the attribute can be chosen in place of what is guessed', () => {
  const table = (text, options) => atOnce(readTable(text, options));
  assert.deepEqual(
    table('a|b\nc|d', { delimiter: '|' }).rows.map(({ cells }) => cells),
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  );
  // An attribute's values differ by case, and may look like anything.
  const numbers = atOnce(membersOf(table('A7\na7\nA7\n12 b'), { kind: 'value' }));
  assert.deepEqual(
    numbers.members.map(({ value }) => value),
    ['A7', 'a7', '12 b'],
  );
  assert.equal(numbers.duplicates, 1);
  assert.equal(numbers.by, 'value');
  const text = 'team;who\nSales;a@b.example\nSales;c@b.example\n';
  const unnamed = atOnce(membershipsOf(table(text)));
  assert.deepEqual([unnamed.groupColumn, unnamed.column, unnamed.faultCount], [undefined, undefined, 1]);
  assert.deepEqual(unnamed.columns, ['team', 'who']);
  const chosen = atOnce(membershipsOf(table(text), { groupColumn: 0, column: 1 }));
  assert.equal(chosen.faultCount, 0);
  assert.equal(chosen.groupsBy, 'name');
  assert.deepEqual(
    [...chosen.groups].map(([group, members]) => [group, members.length]),
    [['Sales', 2]],
  );
  const byId = atOnce(
    membershipsOf(table('team,who\n00g1emaKYZTWRYYRRTSK,a@b.example\n'), { groupColumn: 0, column: 1 }),
  );
  assert.equal(byId.groupsBy, 'id');
});

test('a separator is looked for in the head of a text, so that a long list of one column is not read twice', () => {
  const lines = 'person@example.test\n'.repeat(4_000);
  const table = atOnce(readTable(`${lines}a;b`));
  assert.equal(table.delimiter, ',');
  assert.deepEqual(table.rows.at(-1).cells, ['a;b']);
  assert.equal(atOnce(readTable(`person@example.test\n${'x;y\n'.repeat(3)}${lines}`)).delimiter, ';');
});
