// Jobs over a whole org: `sync-many` and `export`, also after a signal, a full disk or a closed pipe.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { before } from 'node:test';
import { promisify } from 'node:util';
import { CLI, ends, folder, lines, ndjson, servedOrg, started, until } from './support.mjs';

let org;
let env;
let all;
let groups;
let cwd;
const BY_HAND = ['--rule-managed', 'include', '--max-removals', 'any'];
const ANY = [...BY_HAND, '--max-removals-total', 'any'];
before(async () => {
  org = await servedOrg('--groups', 260, '--users', 200, '--rate-limit', 'off');
  env = org.env;
  cwd = folder();
  groups = await org.client.groups.list().toArray({ max: 1000 });
  const everyone = groups.find(({ type }) => type === 'BUILT_IN');
  all = (await org.client.groups.listUsers(everyone.id).toArray({ max: 1000 })).map(({ id }) => id);
});

let made = 0;
async function groupWith(ids) {
  const group = await org.client.groups.create({ name: `Many ${(made += 1)}` });
  for (const id of ids) await org.client.groups.assignUser(group.id, id);
  return group;
}
const membersOf = async (id) =>
  (await org.client.groups.listUsers(id).toArray({ max: 1000 })).map((user) => user.id).sort();
const write = (name, text) => {
  writeFileSync(join(cwd, name), text);
  return name;
};
const byId = (groups) => [...groups].sort((a, b) => (a.id < b.id ? -1 : 1));
const text = (name) => readFileSync(join(cwd, name), 'utf8');

test('sync-many shows what it would do, and does it with --apply', async () => {
  const [a, b, c] = [await groupWith(all.slice(0, 4)), await groupWith(all.slice(2, 6)), await groupWith([])];
  const wanted = { [a.id]: all.slice(1, 6), [b.id]: all.slice(2, 6), [c.id]: all.slice(0, 2) };
  const csv = Object.entries(wanted).flatMap(([id, ids]) => ids.map((user) => `${id};${user}\r\n`));
  const file = write('many.csv', `\ufeffgroupId;id\r\n${csv.join('')}`);
  const dry = await ends(0, ['sync-many', file, ...BY_HAND], { env, cwd });
  assert.match(dry.stderr, /3 groups, of which 2 change/);
  assert.match(dry.stderr, /add 4, remove 1, unchanged 7/);
  assert.equal(ndjson(dry.stdout).length, 5);
  assert.deepEqual(await membersOf(c.id), []);
  await ends(5, ['sync-many', file, '--apply', ...BY_HAND], { env, cwd });
  await ends(5, ['sync-many', file, '--apply', '--yes', '--max-removals-total', '0', ...BY_HAND], {
    env,
    cwd,
  });
  await ends(0, ['sync-many', file, '--apply', '--yes', ...BY_HAND], { env, cwd });
  for (const [id, ids] of Object.entries(wanted)) assert.deepEqual(await membersOf(id), [...ids].sort());
  const json = write('many.json', JSON.stringify(wanted));
  const again = await ends(0, ['sync-many', json, '--apply', '--yes', ...BY_HAND], { env, cwd });
  assert.equal(again.stdout, '');
});

test('a group that is gone is left out alone, and the command ends with 6', async () => {
  const a = await groupWith([]);
  const file = write('gone.csv', `groupId,id\n00g0000000000000gone,${all[0]}\n${a.id},${all[0]}\n`);
  const { stderr } = await ends(6, ['sync-many', file, '--apply'], { env, cwd });
  assert.match(stderr, /00g0000000000000gone is left out/);
  assert.deepEqual(await membersOf(a.id), [all[0]]);
});

test('a group is found by its name, and an ambiguous name is refused', async () => {
  const a = await groupWith([]);
  const file = write('names.csv', `groupName,id\n${a.profile.name},${all[0]}\nno such group,${all[0]}\n`);
  await ends(6, ['sync-many', file, '--apply'], { env, cwd });
  assert.deepEqual(await membersOf(a.id), [all[0]]);
});

test('parts split the groups: each is in one', async () => {
  const seen = [];
  for (const part of ['0/3', '1/3', '2/3']) {
    const { stdout } = await ends(0, ['export', 'groups', '--shard', part, '-o', 'ids'], { env, cwd });
    assert.ok(lines(stdout).length > 40, part);
    seen.push(...lines(stdout));
  }
  const every = (await org.client.groups.list().toArray({ max: 1000 })).map(({ id }) => id);
  assert.deepEqual(seen.sort(), every.sort());
  assert.equal(new Set(seen).size, seen.length);
});

test('export writes groups, members and apps, to a file by its ending', async () => {
  const every = await org.client.groups.list().toArray({ max: 1000 });
  await ends(0, ['export', '--out', 'groups.json'], { env, cwd });
  // Several listings at once: the order is none.
  assert.deepEqual(byId(JSON.parse(text('groups.json'))), byId(every));
  if (process.platform !== 'win32') assert.equal(statSync(join(cwd, 'groups.json')).mode & 0o777, 0o600);
  assert.match(
    (await ends(5, ['export', '--out', 'groups.json'], { env, cwd })).stderr,
    /does not overwrite it/,
  );

  const some = ['--search', 'profile.name sw "S"'];
  const { stdout } = await ends(0, ['export', 'members', ...some], { env, cwd });
  const rows = ndjson(stdout);
  const searched = await org.client.groups.list({ search: 'profile.name sw "S"' }).toArray({ max: 1000 });
  const expected = [];
  for (const { id } of searched)
    for (const user of await org.client.groups.listUsers(id).toArray({ max: 1000 }))
      expected.push(`${id} ${user.id} ${user.profile.login}`);
  assert.deepEqual(
    rows.map(({ groupId, userId, login }) => `${groupId} ${userId} ${login}`).sort(),
    expected.sort(),
  );
  for (const { groupId, groupName } of rows) {
    assert.equal(groupName, searched.find(({ id }) => id === groupId).profile.name);
  }
  await ends(0, ['export', 'apps', ...some, '--out', 'apps.csv'], { env, cwd });
  assert.match(text('apps.csv'), /^groupId,groupName,appId,name,label,status\n/);

  // What export wrote, sync-many takes: nothing is to be done.
  await ends(0, ['export', 'members', '--search', 'profile.name sw "Many"', '--out', 'members.csv'], {
    env,
    cwd,
  });
  const { stderr } = await ends(0, ['sync-many', 'members.csv', '--by', 'id', '--column', 'userId'], {
    env,
    cwd,
  });
  assert.match(stderr, /add 0, remove 0/);
});

test('a checkpoint needs a file, and is of one job', async () => {
  await ends(64, ['export', '--checkpoint', 'c.state'], { env, cwd });
  await ends(0, ['export', '--out', 'c.csv', '--checkpoint', 'c.state'], { env, cwd });
  const done = text('c.csv');
  assert.match(
    (await ends(0, ['export', '--out', 'c.csv', '--checkpoint', 'c.state'], { env, cwd })).stderr,
    /complete already/,
  );
  assert.equal(text('c.csv'), done);
  for (const [args, more] of [
    [['export', 'apps', '--out', 'c.csv', '--checkpoint', 'c.state'], env],
    [['export', '--search', 'type eq "OKTA_GROUP"', '--out', 'c.csv', '--checkpoint', 'c.state'], env],
    [['export', '--out', 'd.csv', '--checkpoint', 'c.state'], env],
  ]) {
    assert.match((await ends(5, args, { env: more, cwd })).stderr, /belongs to another job/);
  }
  const other = await servedOrg('--groups', 5, '--users', 5);
  assert.match(
    (await ends(5, ['export', '--out', 'c.csv', '--checkpoint', 'c.state'], { env: other.env, cwd })).stderr,
    /its org is/,
  );
  assert.equal(text('c.csv'), done);
  write('mine.txt', 'precious');
  await ends(64, ['export', '--out', 'e.csv', '--checkpoint', 'mine.txt'], { env, cwd });
  write('mine.json', '{"precious":1}');
  await ends(5, ['export', '--out', 'e.csv', '--checkpoint', 'mine.json'], { env, cwd });
  const saved = JSON.parse(readFileSync(join(cwd, 'c.state'), 'utf8'));
  for (const wrong of [{ bytes: -1 }, { bytes: '9' }, { rows: null }]) {
    writeFileSync(join(cwd, 'c.state'), JSON.stringify({ ...saved, ...wrong, done: false }));
    const { stderr } = await ends(5, ['export', '--out', 'c.csv', '--checkpoint', 'c.state'], { env, cwd });
    assert.match(stderr, /not a checkpoint/);
  }
  assert.ok(!existsSync(join(cwd, 'e.csv')));
});

test('a disk that takes no more fails an export, which goes on when there is space', async () => {
  // The limit of a file's size stands for a full disk: a write fails in the middle.
  const command = `ulimit -f 64; exec '${process.execPath}' '${CLI}' export --out full.ndjson --checkpoint full.state`;
  const options = { cwd, env: { PATH: process.env.PATH, HOME: cwd, ...env } };
  const { stderr, code } = await promisify(execFile)('sh', ['-c', command], options).catch((error) => error);
  assert.equal(code, 1, stderr);
  assert.match(stderr, /the output cannot be written: the file may not grow/);
  assert.match(stderr, /go on with the same command: full\.state has the place/);
  const every = await org.client.groups.list().toArray({ max: 1000 });
  assert.ok(lines(text('full.ndjson')).length < every.length);
  await ends(0, ['export', '--out', 'full.ndjson', '--checkpoint', 'full.state'], { env, cwd });
  assert.deepEqual(byId(ndjson(text('full.ndjson'))), byId(every));
});

/** How often a process is killed at random: many by `cargo xtask test --soak`. */
const KILLS = Number(process.env.OKTA_GROUPS_KILLS ?? 3);

test('an export that is killed at random places has every row once', async () => {
  const large = await servedOrg('--groups', 3000, '--users', 50, '--rate-limit', 'off');
  const every = await large.client.groups.list().toArray({ max: 10_000 });
  for (const [form, signal] of [
    ['ndjson', 'SIGKILL'],
    ['csv', 'SIGKILL'],
    ['json', 'SIGINT'],
  ]) {
    const out = `killed.${form}`;
    const args = ['export', '--out', out, '--checkpoint', `${out}.state`];
    let kills = 0;
    for (let run = 0; run < KILLS; run++) {
      const { child, done } = started(args, { env: large.env, cwd });
      const place = Math.random();
      // Between the first row and the last.
      await until(
        () =>
          child.exitCode !== null ||
          (existsSync(join(cwd, out)) && statSync(join(cwd, out)).size > place * 300_000),
        'rows',
      );
      child.kill(signal);
      const { code } = await done;
      // Before the command has begun, the signal ends Node itself.
      if (signal === 'SIGINT') assert.ok([0, 2, null].includes(code), `${code}`);
      kills += Number(code !== 0);
    }
    assert.ok(kills > 0 || KILLS === 0);
    await ends(0, args, { env: large.env, cwd });
    const ids = every.map(({ id }) => id);
    if (form === 'ndjson') assert.deepEqual(byId(ndjson(text(out))), byId(every));
    if (form === 'json') assert.deepEqual(byId(JSON.parse(text(out))), byId(every));
    if (form === 'csv')
      assert.deepEqual(
        lines(text(out))
          .map((line) => line.split(',')[0])
          .sort(),
        ['id', ...ids].sort(),
      );
  }
});

test('a sync-many that is killed at random places is finished by the same command, and touches nobody else', async () => {
  const slow = write(
    'slow.json',
    JSON.stringify({
      rules: [{ operation: 'PUT /api/v1/groups/{groupId}/users/{userId}', fault: { latency: 10 } }],
    }),
  );
  const own = await servedOrg(
    '--groups',
    10,
    '--users',
    60,
    '--rate-limit',
    'off',
    '--faults',
    join(cwd, slow),
  );
  const everyone = await own.client.groups.list({ filter: 'type eq "BUILT_IN"' }).first();
  const ids = (await own.client.groups.listUsers(everyone.id).toArray({ max: 100 })).map(({ id }) => id);
  const wanted = {};
  for (let at = 0; at < 4; at++) {
    const { id } = await own.client.groups.create({ name: `Killed ${at}` });
    for (const user of ids.slice(at, at + 5)) await own.client.groups.assignUser(id, user);
    wanted[id] = ids.slice(at + 2, at + 45);
  }
  const bystander = await own.client.groups.create({ name: 'Bystander' });
  for (const user of ids.slice(0, 10)) await own.client.groups.assignUser(bystander.id, user);
  const file = write('killed-many.json', JSON.stringify(wanted));
  const args = ['sync-many', file, '--apply', '--yes', ...ANY];
  for (let run = 0; run < KILLS; run++) {
    const { child, out, done } = started(args, { env: own.env, cwd });
    const place = Math.floor(Math.random() * 60);
    await until(() => child.exitCode !== null || lines(out.stdout).length > place, 'writes');
    child.kill('SIGKILL');
    await done;
  }
  await ends(0, args, { env: own.env, cwd });
  const now = async (id) =>
    (await own.client.groups.listUsers(id).toArray({ max: 100 })).map((user) => user.id).sort();
  for (const [id, members] of Object.entries(wanted)) assert.deepEqual(await now(id), [...members].sort());
  assert.deepEqual(await now(bystander.id), ids.slice(0, 10).sort());
});

test('an export of members that is killed at random places has every row once', async () => {
  const own = await servedOrg('--groups', 150, '--users', 120, '--rate-limit', 'off');
  const whole = lines((await ends(0, ['export', 'members', '-o', 'csv'], { env: own.env, cwd })).stdout);
  const args = ['export', 'members', '--out', 'own.csv', '--checkpoint', 'own.state', '--lanes', '3'];
  for (let run = 0; run < KILLS; run++) {
    const { child, done } = started(args, { env: own.env, cwd });
    const place = Math.random() * 100_000;
    const path = join(cwd, 'own.csv');
    await until(() => child.exitCode !== null || (existsSync(path) && statSync(path).size > place), 'rows');
    child.kill('SIGKILL');
    await done;
  }
  await ends(0, args, { env: own.env, cwd });
  assert.deepEqual(lines(text('own.csv')).sort(), whole.sort());
});

test('parts of a sync-many write their rests with their part, and apply takes a whole split alone', async () => {
  const [a, b, c] = [await groupWith([]), await groupWith([]), await groupWith([])];
  const file = write(
    'parts.json',
    JSON.stringify({ [a.id]: [all[0]], [b.id]: [all[0], '00unobodynobodynobod'], [c.id]: [all[1]] }),
  );
  const rests = [];
  for (let index = 0; index < 2; index++) {
    const rest = `part-${index}.json`;
    const { done } = started(['sync-many', file, '--shard', `${index}/2`, '--rest', rest, '--apply'], {
      env,
      cwd,
    });
    assert.ok([0, 3, 6].includes((await done).code));
    rests.push(rest);
  }
  const read = rests.filter((rest) => existsSync(join(cwd, rest))).map((rest) => JSON.parse(text(rest)));
  for (const { shard, org: of } of read) assert.deepEqual([shard.of, of], [2, org.url]);
  const added = [await membersOf(a.id), await membersOf(c.id)];
  assert.deepEqual(added, [[all[0]], [all[1]]], 'each group is in one part');

  const rest = (index, of, groupId) => ({
    v: 1,
    kind: 'memberships',
    org: org.url,
    shard: { index, of },
    plans: groupId ? [{ ...PLAN, org: org.url, groupId, add: [all[2]] }] : [],
    skipped: [],
  });
  write('0-of-2.json', JSON.stringify(rest(0, 2, a.id)));
  write('1-of-2.json', JSON.stringify(rest(1, 2, undefined)));
  write('1-of-3.json', JSON.stringify(rest(1, 3, b.id)));
  write('again.json', JSON.stringify(rest(0, 2, b.id)));
  write('2-of-3.json', JSON.stringify(rest(2, 3, c.id)));
  write('whole.json', JSON.stringify({ ...PLAN, org: org.url, groupId: b.id, add: [all[2]] }));
  for (const [files, said] of [
    [['0-of-2.json', '1-of-3.json'], /different --shard splits/],
    [['0-of-2.json', 'whole.json'], /different --shard splits/],
    [['0-of-2.json', 'again.json'], /part 0\/2 is given twice/],
    [['1-of-3.json', '2-of-3.json'], /parts are missing: 0\/3/],
  ]) {
    assert.match((await ends(5, ['apply', ...files, '--yes'], { env, cwd })).stderr, said);
  }
  await ends(0, ['apply', '0-of-2.json', '1-of-2.json', '--yes'], { env, cwd });
  await ends(0, ['apply', '2-of-3.json', '--yes'], { env, cwd });
  assert.deepEqual(
    [await membersOf(a.id), await membersOf(c.id)],
    [[all[0], all[2]].sort(), [all[1], all[2]].sort()],
  );
});

const PLAN = {
  v: 1,
  basedOn: { lastMembershipUpdated: '2024-01-01T00:00:00.000Z' },
  remove: [],
  unchanged: 0,
  skipped: [],
  warnings: [],
  maxRemovals: false,
  ruleManaged: 'skip',
  keep: [],
};

test('under faults each command ends as it says: all of a list, all of a run or its rest', async () => {
  const of = [
    'reset',
    { error: { status: 500, code: 'E0000009' } },
    'proxyError',
    { cutBody: 20 },
    { latency: 30 },
  ];
  const faults = join(cwd, write('faults.json', JSON.stringify({ random: { seed: 11, rate: 0.15, of } })));
  const faulty = await servedOrg('--groups', 40, '--users', 60, '--rate-limit', 'off', '--faults', faults);
  const options = { env: faulty.env, cwd };
  const people = ndjson((await ends(0, ['users', 'list', '--limit', '10'], options)).stdout).map(
    ({ id }) => id,
  );
  const groups = lines((await ends(0, ['export', '-o', 'ids'], options)).stdout);
  assert.equal(new Set(groups).size, 40);
  const [{ id }] = ndjson(
    (await ends(0, ['create', 'Under faults', '--if-exists', 'return'], options)).stdout,
  );
  const file = write('faulty.txt', people.join('\n'));
  let { code, stderr } = await started(['sync', id, file, '--apply'], options).done;
  for (let run = 0; code !== 0 && run < 5; run++) {
    assert.ok([1, 6].includes(code), stderr);
    const [, rest] = /is in (\S+)/.exec(stderr) ?? [];
    const again = rest ? ['apply', rest, '--yes'] : ['sync', id, file, '--apply'];
    ({ code, stderr } = await started(again, options).done);
  }
  assert.equal(code, 0, stderr);
  const members = ndjson((await ends(0, ['members', 'list', id], options)).stdout).map((user) => user.id);
  assert.deepEqual(members.sort(), [...people].sort());
  for (const args of [
    ['get', id],
    ['apps', id],
    ['owners', 'list', id],
    ['rules', 'list'],
    ['users', 'get', people[0]],
    ['users', 'groups', people[0]],
    ['whoami'],
  ]) {
    await ends(0, args, options);
  }
});
