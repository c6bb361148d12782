// Members in bulk: plans, runs, and the guards against unintended removals.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { before } from 'node:test';
import { TOKEN, ends, folder, lines, ndjson, run, servedOrg, started, until } from './support.mjs';

let org;
let env;
let all;
let cwd;
before(async () => {
  org = await servedOrg('--groups', 30, '--users', 400, '--rate-limit', 'off');
  env = org.env;
  cwd = folder();
  const everyone = await org.client.groups.list({ filter: 'type eq "BUILT_IN"' }).first();
  all = (await org.client.groups.listUsers(everyone.id).toArray({ max: 1000 })).map(({ id }) => id);
});

let made = 0;
/** A group with these members. */
async function groupWith(ids) {
  const group = await org.client.groups.create({ name: `Sync ${(made += 1)}` });
  for (const id of ids) await org.client.groups.assignUser(group.id, id);
  return group;
}
const membersOf = async ({ id }) =>
  (await org.client.groups.listUsers(id).toArray({ max: 1000 })).map((user) => user.id).sort();
const file = (name, ids) => {
  writeFileSync(join(cwd, name), ids.map((id) => `${id}\n`).join(''));
  return name;
};
/** Where there is no terminal. Nobody is here by a group rule. */
const BY_HAND = ['--rule-managed', 'include'];
const sync = (code, group, list, ...more) =>
  ends(code, ['sync', group.id, list, ...BY_HAND, ...more], { env, cwd });

test('sync shows the plan and changes nothing without --apply', async () => {
  const group = await groupWith(all.slice(0, 10));
  const { stdout, stderr } = await sync(0, group, file('a.txt', all.slice(1, 12)));
  assert.deepEqual(
    ndjson(stdout).map(({ op, userId }) => [op, userId]),
    [
      ['add', all[10]],
      ['add', all[11]],
      ['remove', all[0]],
    ],
  );
  assert.match(stderr, new RegExp(`${org.url}  Sync \\d+ \\(${group.id}\\), 10 members now`));
  assert.match(stderr, /add +2 /);
  assert.match(stderr, /remove +1 /);
  assert.match(stderr, /unchanged +9/);
  assert.match(stderr, /guard: at most 25 % of the members may be removed/);
  assert.match(stderr, /3 writes take about \d+ s at [\d,]+ requests a minute/);
  assert.match(stderr, /nothing was changed: --apply/);
  assert.deepEqual(await membersOf(group), all.slice(0, 10).sort());
});

test('sync --apply adds without asking, and removes with --yes alone where there is no terminal', async () => {
  const group = await groupWith(all.slice(0, 10));
  await sync(0, group, file('b.txt', all.slice(0, 12)), '--apply');
  assert.deepEqual(await membersOf(group), all.slice(0, 12).sort());
  const { stderr } = await sync(5, group, file('b.txt', all.slice(1, 12)), '--apply');
  assert.match(stderr, /needs --yes/);
  assert.deepEqual(await membersOf(group), all.slice(0, 12).sort());
  const done = await sync(0, group, 'b.txt', '--apply', '--yes');
  assert.deepEqual(ndjson(done.stdout), [
    { groupId: group.id, op: 'remove', userId: all[0], status: 'done' },
  ]);
  assert.deepEqual(await membersOf(group), all.slice(1, 12).sort());
  const again = await sync(0, group, 'b.txt', '--apply', '--yes');
  assert.equal(again.stdout, '');
});

test('guards refuse with 5: too many removals, nobody desired, a group that is not to be changed', async () => {
  const group = await groupWith(all.slice(0, 10));
  const few = file('c.txt', all.slice(0, 2));
  for (const [list, flags] of [
    [few, []],
    [few, ['--max-removals', '7']],
    [few, ['--max-removals', '50%']],
    [file('none.txt', []), ['--max-removals', 'any']],
  ]) {
    await sync(5, group, list, '--apply', '--yes', ...flags);
    assert.deepEqual(await membersOf(group), all.slice(0, 10).sort());
  }
  const { stderr } = await sync(5, group, 'none.txt', '--max-removals', 'any');
  assert.match(stderr, /--allow-empty allows a group without members/);
  const builtIn = await org.client.groups.list({ filter: 'type eq "BUILT_IN"' }).first();
  await sync(5, builtIn, few);
  await sync(0, group, few, '--apply', '--yes', '--max-removals', '8');
  await sync(0, group, 'none.txt', '--apply', '--yes', '--max-removals', 'any', '--allow-empty');
  assert.deepEqual(await membersOf(group), []);
});

test('--keep keeps by id and login, and tells of who is no member', async () => {
  const group = await groupWith(all.slice(0, 4));
  const members = await org.client.groups.listUsers(group.id).toArray({ max: 10 });
  const login = members.find(({ id }) => id === all[0]).profile.login;
  const { stderr } = await sync(
    0,
    group,
    file('k.txt', all.slice(3, 4)),
    '--apply',
    '--yes',
    '--max-removals',
    'any',
    '--keep',
    `${login.toUpperCase()},${all[1]},nobody@example.com`,
  );
  assert.deepEqual(await membersOf(group), [all[0], all[1], all[3]].sort());
  assert.match(stderr, /--keep nobody@example.com is not a member/);
});

test('--mode add removes nobody, --mode remove adds nobody', async () => {
  const group = await groupWith(all.slice(0, 4));
  const list = file('m.txt', all.slice(1, 6));
  await sync(0, group, list, '--apply', '--mode', 'add');
  assert.deepEqual(await membersOf(group), all.slice(0, 6).sort());
  await sync(0, group, file('m2.txt', all.slice(1, 8)), '--apply', '--yes', '--mode', 'remove');
  assert.deepEqual(await membersOf(group), all.slice(1, 6).sort());
});

test('plan writes a file for its owner alone, never over another, and apply carries it out', async () => {
  const group = await groupWith(all.slice(0, 10));
  const list = file('p.txt', all.slice(1, 12));
  const args = ['plan', group.id, list, '--out', 'p.plan.json', ...BY_HAND];
  const { stdout } = await ends(0, args, { env, cwd });
  assert.equal(stdout, '');
  if (process.platform !== 'win32') assert.equal(statSync(join(cwd, 'p.plan.json')).mode & 0o777, 0o600);
  const text = readFileSync(join(cwd, 'p.plan.json'), 'utf8');
  assert.match((await ends(5, args, { env, cwd })).stderr, /does not overwrite it/);
  assert.equal(readFileSync(join(cwd, 'p.plan.json'), 'utf8'), text);
  // On stdout without --out.
  assert.deepEqual(
    JSON.parse((await ends(0, ['plan', group.id, list, ...BY_HAND], { env, cwd })).stdout).add,
    JSON.parse(text).add,
  );

  await ends(5, ['apply', 'p.plan.json'], { env, cwd });
  await ends(0, ['apply', 'p.plan.json', '--yes'], { env, cwd });
  assert.deepEqual(await membersOf(group), all.slice(1, 12).sort());
  const other = await servedOrg('--groups', 5, '--users', 5);
  const { stderr } = await ends(5, ['apply', 'p.plan.json', '--yes'], { env: other.env, cwd });
  assert.match(stderr, new RegExp(`belongs to the org ${org.url}, and you are signed in to ${other.url}`));
  writeFileSync(join(cwd, 'no.json'), '{"a":1}');
  await ends(64, ['apply', 'no.json', '--yes'], { env, cwd });
  await ends(64, ['apply', 'missing.json', '--yes'], { env, cwd });
  await ends(5, ['apply', 'p.plan.json', 'p.plan.json', '--yes'], { env, cwd });
});

test('Ctrl-C settles what is under way and writes the rest, which apply takes', async () => {
  const group = await groupWith(all.slice(0, 5));
  const slow = await slowOrg();
  const { child, out, done } = started(
    ['sync', slow.group.id, file('r.txt', slow.ids), '--apply', '--concurrency', '2'],
    { env: slow.env, cwd },
  );
  await until(() => lines(out.stdout).length > 5, 'writes');
  child.kill('SIGINT');
  const { code, stdout, stderr } = await done;
  assert.equal(code, 2, stderr);
  const [, path] = /the rest, \d+ writes, is in (\S+)/.exec(stderr);
  if (process.platform !== 'win32') assert.equal(statSync(join(cwd, path)).mode & 0o777, 0o600);
  const rest = JSON.parse(readFileSync(join(cwd, path), 'utf8'));
  const told = ndjson(stdout).map(({ userId }) => userId);
  assert.deepEqual([...told, ...rest.add].sort(), [...slow.ids].sort(), 'each is done or in the rest');
  await ends(0, ['apply', path, '--yes'], { env: slow.env, cwd });
  const members = (await slow.client.groups.listUsers(slow.group.id).toArray({ max: 1000 })).map(
    ({ id }) => id,
  );
  assert.deepEqual(members.sort(), [...slow.ids].sort());
  assert.ok(group);
});

/** An org that takes 30 ms for each write. */
async function slowOrg() {
  const faults = join(cwd, 'slow.json');
  writeFileSync(
    faults,
    JSON.stringify({
      rules: [{ operation: 'PUT /api/v1/groups/{groupId}/users/{userId}', fault: { latency: 30 } }],
    }),
  );
  const slow = await servedOrg('--groups', 5, '--users', 150, '--rate-limit', 'off', '--faults', faults);
  const everyone = await slow.client.groups.list({ filter: 'type eq "BUILT_IN"' }).first();
  const ids = (await slow.client.groups.listUsers(everyone.id).toArray({ max: 200 })).map(({ id }) => id);
  const group = await slow.client.groups.create({ name: 'Slow' });
  return { ...slow, group, ids };
}

test('a closed pipe does not end a run: it is finished, and the exit code is by its report', async () => {
  const slow = await slowOrg();
  const { child, out, done } = started(['sync', slow.group.id, file('e.txt', slow.ids), '--apply'], {
    env: slow.env,
    cwd,
  });
  await until(() => out.stdout.length > 0, 'a write');
  child.stdout.destroy();
  const { code, stderr } = await done;
  assert.equal(code, 0, stderr);
  const members = await slow.client.groups.listUsers(slow.group.id).toArray({ max: 1000 });
  assert.equal(members.length, slow.ids.length);
});

test('a run that did part of it ends with 6 and names the rest', async () => {
  const group = await groupWith([]);
  const ids = [...all.slice(0, 30), '00unobodynobodynobod'];
  const { stderr } = await sync(6, group, file('part.txt', ids), '--apply');
  assert.match(stderr, /added 30, removed 0, 1 failed/);
  assert.match(stderr, /add 00unobodynobodynobod: /);
  assert.match(stderr, /the rest, 1 write, is in /);
  // Nothing at all is another matter: it is an error like others, and leaves no file behind.
  const before = readdirSync(cwd).length;
  await ends(3, ['members', 'add', group.id, '00unobodynobodynobod'], { env, cwd });
  assert.equal(readdirSync(cwd).length, before);
});

test('members add and remove take ids, a list, and ask before they remove', async () => {
  const group = await groupWith([]);
  await ends(0, ['members', 'add', '--name', group.profile.name, all[0], all[1]], { env, cwd });
  await ends(0, ['members', 'add', group.id, '-', all[2]], { env, cwd, input: `${all[3]}\n${all[4]}\n` });
  assert.deepEqual(await membersOf(group), all.slice(0, 5).sort());
  assert.match(
    (await ends(5, ['members', 'remove', group.id, all[0]], { env, cwd })).stderr,
    /Remove 1 person from the group/,
  );
  await ends(0, ['members', 'remove', group.id, all[0], all[1], '--yes', ...BY_HAND], { env, cwd });
  assert.deepEqual(await membersOf(group), all.slice(2, 5).sort());
  await ends(3, ['members', 'add', group.id, '-'], { env, cwd, input: '' });
  await ends(64, ['members', 'add', group.id, '-', '-'], { env, cwd, input: `${all[0]}\n` });
});

test('what overwrites or deletes needs --yes where there is no terminal', async () => {
  const group = await groupWith([]);
  for (const args of [
    ['update', group.id, '--set', 'name=Other'],
    ['delete', group.id],
  ]) {
    const { stderr } = await ends(5, args, { env, cwd });
    assert.match(stderr, /needs --yes/);
    assert.match(stderr, new RegExp(`${group.id}.* in ${org.url}`));
  }
  const { stdout } = await ends(
    0,
    ['update', group.id, '--set', 'name=Other name', '--description', 'd', '--yes'],
    { env, cwd },
  );
  assert.deepEqual(ndjson(stdout)[0].profile, { name: 'Other name', description: 'd' });
  await ends(0, ['delete', group.id, '-y'], { env, cwd });
  await ends(3, ['get', group.id], { env, cwd });
  await ends(3, ['delete', group.id, '-y'], { env, cwd });
  await ends(0, ['delete', group.id, '-y', '--if-missing', 'ignore'], { env, cwd });
});

test('create makes a group with its attributes, and gives the one that is there', async () => {
  const args = ['create', 'Made by hand', '--description', 'd', '--if-exists', 'return'];
  const [group] = ndjson((await ends(0, args, { env, cwd })).stdout);
  const [same] = ndjson((await ends(0, args, { env, cwd })).stdout);
  assert.equal(same.id, group.id);
  const { code } = await run(args.slice(0, 2), { env, cwd });
  assert.equal(code, 1);
});

test('--verify waits until the member list shows the changes', async () => {
  const group = await groupWith([]);
  const list = file('verify.txt', all.slice(0, 3));
  const { stderr } = await sync(0, group, list, '--apply', '--verify=20');
  assert.match(stderr, /added 3, removed 0\n/);
  await ends(64, ['sync', group.id, list, '--apply', '--verify=soon'], { env, cwd });
});

test('no file that the command wrote holds a secret', () => {
  const files = readdirSync(cwd);
  assert.ok(files.some((name) => name.startsWith('okta-groups-rest-')));
  for (const name of files) assert.ok(!readFileSync(join(cwd, name), 'utf8').includes(TOKEN), name);
});
