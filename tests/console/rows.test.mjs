// The rows of the list: what they keep, how views of them are sorted, filtered and kept up to date.
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  Rows,
  SORT_KEYS,
  atOnce,
  attributeOf,
  hashOf,
  inSlices,
  isChangeable,
  pack,
  packRows,
  seenAttributes,
  seenSources,
  sortByOf,
  sortedOf,
  sourceName,
  toRecord,
  toRow,
  withUsers,
} from '../../target/console/model.js';
import { draws, group } from './support.mjs';

// As the console keeps them.
packRows(pack);

const names = (view) => view.list.map(({ name }) => name);

test('a row has the fields of its group, with missing ones told apart from 0', () => {
  const row = toRow(
    group(1, {
      name: 'A',
      description: 'B',
      users: 0,
      apps: 3,
      type: 'APP_GROUP',
      source: '0oa1',
      label: 'HR',
    }),
  );
  assert.deepEqual(row, {
    id: '00g00000000000000001',
    name: 'A',
    description: 'B',
    type: 'APP_GROUP',
    sourceId: '0oa1',
    sourceName: 'HR',
    created: Date.UTC(2020, 0, 1),
    lastUpdated: Date.UTC(2024, 0, 1),
    lastMembershipUpdated: Date.UTC(2025, 0, 1),
    users: 0,
    apps: 3,
    custom: undefined,
  });
  const bare = toRow({ id: '00g1', profile: {} });
  assert.equal(bare.name, '');
  assert.ok(Number.isNaN(bare.created));
  assert.equal(bare.users, undefined);
});

test('a row has the org’s own attributes, and not those of a directory', () => {
  const profile = JSON.parse(
    '{"name":"A","description":null,"costCenter":12,"region":"EMEA","tags":["a","b"],"none":null,"__proto__":{"x":1},"constructor":"c"}',
  );
  const row = toRow({ ...group(1), profile });
  const value = (name) => attributeOf(row, name);
  assert.equal(value('costCenter'), 12);
  assert.equal(value('region'), 'EMEA');
  assert.equal(value('tags'), 'a, b');
  assert.equal(value('none'), undefined);
  assert.equal(value('constructor'), 'c');
  assert.equal(value('__proto__'), '{"x":1}');
  assert.equal(value('toString'), undefined, 'what every object has is no attribute');
  assert.equal(attributeOf(toRow(group(2)), 'constructor'), undefined);
  assert.deepEqual(toRecord(row).profile, { ...profile, description: '' }, 'a file has them as they came');
  for (const name of ['costCenter', 'region', 'tags']) assert.ok(seenAttributes.has(name));
  const ofApp = { ...group(3), type: 'APP_GROUP', profile: { name: 'B', dn: 'CN=B' } };
  const ofDirectory = toRow({ ...ofApp, objectClass: ['okta:windows_security_principal'] });
  assert.equal(attributeOf(ofDirectory, 'dn'), undefined);
  assert.ok(!seenAttributes.has('dn'));
  assert.equal(attributeOf(toRow(ofApp), 'dn'), 'CN=B', 'most groups of apps have the org’s schema');
});

test('a packed row gives what the row has, whatever the texts (500 random ones)', () => {
  const fields = Object.keys(toRow(group(1)));
  for (let seed = 1; seed <= 500; seed++) {
    const { int, chance, pick, text } = draws(seed);
    const row = toRow({
      ...group(seed, { type: pick(['OKTA_GROUP', 'APP_GROUP']), users: chance(0.5) ? int(1e9) : undefined }),
      ...(chance(0.3) && { source: { id: '0oa1' } }),
      lastUpdated: pick(['2024-02-29T12:00:00.123Z', 'none']),
      profile: {
        name: chance(0.1) ? text(300_000) : text(),
        description: pick([null, text(), 'é\xff', '\u0100', 'x'.repeat(70_000)]),
        ...(chance(0.5) && { costCenter: pick([0, -1.5, text(), null, ['a', text()], { b: text() }, true]) }),
      },
    });
    const packed = pack(row);
    for (const field of fields) assert.deepEqual(packed[field], row[field], `seed ${seed}: ${field}`);
    assert.deepEqual(toRecord(packed), toRecord(row));
    assert.deepEqual(withUsers(packed, 3), { ...row, users: 3 });
  }
});

test('an answer without expand keeps the counts and the source of the row before', () => {
  const before = toRow(group(1, { users: 7, apps: 2, source: '0oa1', label: 'HR' }));
  const after = toRow(group(1, { name: 'New' }), before);
  assert.equal(after.name, 'New');
  assert.deepEqual([after.users, after.apps, after.sourceId, after.sourceName], [7, 2, '0oa1', 'HR']);
  assert.equal(toRow(group(1, { users: 0 }), before).users, 0);
  assert.equal(seenSources.get('0oa1'), 'HR', 'the label stays known');
  assert.equal(withUsers(before, -1).users, 0);
  assert.equal(withUsers(before, undefined).users, undefined);
});

test('the source of a group is the label of its app, its id, or its type', () => {
  assert.equal(sourceName({ type: 'APP_GROUP', sourceId: '0oa1', sourceName: 'HR' }), 'HR');
  assert.equal(sourceName({ type: 'APP_GROUP', sourceId: '0oa1' }), '0oa1');
  assert.equal(sourceName({ type: 'APP_GROUP' }), 'App');
  assert.equal(sourceName({ type: 'NEW_KIND' }), 'NEW_KIND');
  assert.ok(isChangeable({ type: 'OKTA_GROUP' }));
  assert.ok(!isChangeable({ type: 'BUILT_IN' }) && !isChangeable({ type: 'NEW_KIND' }));
});

test('a row gives back the group that expressions test', () => {
  const from = group(3, { name: 'A', description: 'x', source: '0oa1' });
  const { id, type, created, lastUpdated, lastMembershipUpdated, profile, source } = from;
  assert.deepEqual(toRecord(toRow(from)), {
    id,
    type,
    created,
    lastUpdated,
    lastMembershipUpdated,
    profile,
    source,
  });
});

test('pages that overlap show no group twice, and the later answer counts', () => {
  const rows = new Rows();
  rows.add([1, 2, 3].map((at) => toRow(group(at))));
  rows.add([toRow(group(3, { name: 'Later' })), toRow(group(4))]);
  assert.equal(rows.size, 4);
  assert.deepEqual(
    [...rows].map(({ name }) => name),
    ['Group 1', 'Group 2', 'Later', 'Group 4'],
  );
  assert.ok(rows.remove('00g00000000000000002'));
  assert.ok(!rows.remove('00g00000000000000002'));
  assert.ok(!rows.update(toRow(group(9))), 'a group that was not listed does not appear');
  assert.equal(rows.size, 3);
});

test('a page that comes last reads few rows that were there', () => {
  let reads = 0;
  packRows((row) =>
    Object.defineProperty({ ...row }, 'id', {
      get: () => {
        reads++;
        return row.id;
      },
    }),
  );
  try {
    const rows = new Rows();
    const view = rows.view();
    const page = (from, count) => Array.from({ length: count }, (_, at) => toRow(group(from + at)));
    rows.add(page(0, 20_000));
    reads = 0;
    rows.add(page(20_000, 200));
    assert.equal(view.list.length, 20_200);
    assert.ok(reads <= 1_000, `${reads} ids were read for 200 rows`);
  } finally {
    packRows(pack);
  }
});

test('ids that share a hash are told apart', () => {
  const byHash = new Map();
  let pair;
  for (let at = 0; !pair; at++) {
    const id = `00g${Math.imul(at, 2_654_435_761) >>> 0}`;
    const other = byHash.get(hashOf(id));
    if (other) pair = [other, id];
    byHash.set(hashOf(id), id);
  }
  const [first, second] = pair;
  const rows = new Rows();
  const view = rows.view();
  const row = (id, name) => toRow({ ...group(1, { name }), id });
  rows.add([row(first, 'first'), row(second, 'second')]);
  assert.equal(rows.size, 2);
  assert.deepEqual([rows.get(first).name, rows.get(second).name], ['first', 'second']);
  rows.update(row(second, 'second again'));
  rows.remove(first);
  assert.ok(!rows.has(first) && rows.has(second));
  rows.add([row(first, 'first again')]);
  assert.deepEqual(names(view), ['second again', 'first again']);
  rows.remove(second);
  rows.remove(first);
  assert.equal(rows.size, 0);
  assert.deepEqual(names(view), []);
  assert.equal(rows.get(second), undefined);
});

test('a view without sort follows the order of arrival, through changes and removals', () => {
  const rows = new Rows();
  const view = rows.view();
  rows.add([5, 1, 3].map((at) => toRow(group(at))));
  rows.add([toRow(group(2))]);
  rows.update(toRow(group(1, { name: 'Changed' })));
  assert.deepEqual(names(view), ['Group 5', 'Changed', 'Group 3', 'Group 2']);
  rows.remove(group(5).id);
  rows.add([toRow(group(5))]);
  assert.deepEqual(names(view), ['Changed', 'Group 3', 'Group 2', 'Group 5']);
  const { version } = view;
  rows.clear();
  assert.deepEqual(names(view), []);
  assert.notEqual(view.version, version);
});

test('names sort by the locale, with numbers by value; empty values stand last in both orders', () => {
  const rows = new Rows();
  rows.add(['Team 10', 'éclair', 'Team 2', 'apple', '', 'Zoo'].map((name, at) => toRow(group(at, { name }))));
  const view = rows.view();
  atOnce(view.rebuild({ sort: 'name' }));
  assert.deepEqual(names(view), ['apple', 'éclair', 'Team 2', 'Team 10', 'Zoo', '']);
  atOnce(view.rebuild({ sort: 'name', order: 'desc' }));
  assert.deepEqual(names(view), ['Zoo', 'Team 10', 'Team 2', 'éclair', 'apple', '']);
});

test('attributes sort by number, then by text; rows without one stand last in both orders', () => {
  const rows = new Rows();
  const values = [20, 'b', undefined, 3, null, -1.5, 'a', true, '10'];
  rows.add(
    values.map((costCenter, at) =>
      toRow({
        ...group(at),
        profile: { name: String(costCenter), ...(costCenter !== undefined && { costCenter }) },
      }),
    ),
  );
  const view = rows.view();
  atOnce(view.rebuild({ sort: 'profile.costCenter' }));
  assert.deepEqual(names(view), ['-1.5', '3', '20', '10', 'a', 'b', 'true', 'undefined', 'null']);
  atOnce(view.rebuild({ sort: 'profile.costCenter', order: 'desc' }));
  assert.deepEqual(names(view), ['true', 'b', 'a', '10', '20', '3', '-1.5', 'undefined', 'null']);
  assert.equal(
    sortByOf('profile.costCenter'),
    undefined,
    'the org is not asked for an order that Okta does not document',
  );
});

test('counts that are not known stand last in both orders, and equal ones go by id', () => {
  const rows = new Rows();
  for (const [at, users] of [
    [4, 7],
    [1, undefined],
    [3, 0],
    [2, 7],
  ])
    rows.add([toRow(group(at, { users }))]);
  const view = rows.view();
  const ats = () => view.list.map(({ id }) => Number(id.slice(3)));
  atOnce(view.rebuild({ sort: 'users' }));
  assert.deepEqual(ats(), [3, 2, 4, 1]);
  atOnce(view.rebuild({ sort: 'users', order: 'desc' }));
  assert.deepEqual(ats(), [2, 4, 3, 1]);
});

/** A row that is likely to tie with others. */
function anyRow({ int, pick, chance }, at) {
  const level = pick([undefined, null, 1, 2, 'high', 'low', false]);
  const from = group(at, {
    name: pick(['a', 'B', 'é', 'Team 2', 'Team 10', 'Ж', '']),
    description: pick([null, 'x', 'y']),
    type: pick(['OKTA_GROUP', 'APP_GROUP', 'BUILT_IN']),
    users: chance(0.2) ? undefined : int(4),
    lastUpdated: pick(['2024-01-01T00:00:00.000Z', '2025-01-01T00:00:00.000Z', 'no date']),
  });
  return toRow({ ...from, profile: { ...from.profile, level } });
}

test('a view that follows changes is the view that is built anew (200 random runs)', () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = draws(seed);
    const { int, pick, chance } = random;
    const rows = new Rows();
    const spec = {
      sort: chance(0.2) ? undefined : pick([...SORT_KEYS, 'profile.level']),
      order: pick(['asc', 'desc', undefined]),
      where: chance(0.5) ? undefined : (row) => row.users !== 1,
    };
    const view = rows.view(spec);
    /** A rebuild under way, which changes come between. */
    let work = view.rebuild(spec);
    for (let turn = 0; turn < 30; turn++) {
      const act = int(10);
      if (act < 5) rows.add(Array.from({ length: 1 + int(30) }, () => anyRow(random, int(200))));
      else if (act < 7) rows.update(anyRow(random, int(200)));
      else if (act < 9) rows.remove(group(int(200)).id);
      else if (work) {
        if (chance(0.5)) atOnce(work);
        else work.return();
        work = undefined;
      } else {
        work = view.rebuild(spec);
        work.next();
      }
      if (work && chance(0.3)) work.next();
    }
    if (work) atOnce(work);
    const anew = rows.view();
    atOnce(anew.rebuild(spec));
    assert.deepEqual(view.list, anew.list, `seed ${seed}`);
    for (const [at, { id }] of view.list.entries()) assert.equal(view.indexOf(id), at, `seed ${seed}`);
    assert.equal(view.indexOf('00gnone'), -1);
    const all = [...rows].filter((row) => !spec.where || spec.where(row));
    assert.deepEqual(new Set(view.list), new Set(all), `seed ${seed}`);
  }
});

test('a rebuild that a later one replaced changes nothing, nor does one whose view was closed', () => {
  const rows = new Rows();
  rows.add([2, 1].map((at) => toRow(group(at))));
  const view = rows.view();
  const first = view.rebuild({ sort: 'name', order: 'desc' });
  first.next();
  atOnce(view.rebuild({ sort: 'name' }));
  atOnce(first);
  assert.deepEqual(names(view), ['Group 1', 'Group 2']);
  const last = view.rebuild({ sort: 'name', order: 'desc' });
  last.next();
  view.close();
  atOnce(last);
  rows.add([toRow(group(3))]);
  assert.deepEqual(names(view), ['Group 1', 'Group 2']);
});

test('changes during a rebuild that a later one replaced are not lost when the later one is stopped', () => {
  const rows = new Rows();
  const view = rows.view();
  rows.add([1, 2].map((at) => toRow(group(at))));
  const first = view.rebuild({ sort: 'name' });
  first.next();
  rows.add([toRow(group(3))]);
  const second = view.rebuild({ sort: 'name', order: 'desc' });
  second.next();
  rows.remove(group(1).id);
  second.return();
  assert.deepEqual(names(view), ['Group 2', 'Group 3']);
  atOnce(first);
  assert.deepEqual(names(view), ['Group 2', 'Group 3']);
});

test('100,000 rows are filtered and sorted in pieces of a thousand comparisons or so', () => {
  const { int } = draws(7);
  const rows = new Rows();
  rows.add(Array.from({ length: 100_000 }, (_, at) => toRow(group(at, { name: `Team ${int(50_000)}` }))));
  const view = rows.view();
  let pieces = 0;
  for (const _ of view.rebuild({ sort: 'name', where: ({ name }) => !name.endsWith('7') })) pieces++;
  assert.ok(pieces > 800, `${pieces} pieces`);
  const shown = names(view).map((name) => Number(name.slice(5)));
  assert.ok(shown.length > 80_000);
  assert.ok(shown.every((number, at) => at === 0 || number >= shown[at - 1]));
});

test('no piece of a sort compares more than 3,000 times', () => {
  const { int } = draws(9);
  const items = Array.from({ length: 50_000 }, () => int(1e9));
  let [compared, before, most] = [0, 0, 0];
  const work = sortedOf(items, (a, b) => {
    compared++;
    return a - b;
  });
  while (!work.next().done) {
    most = Math.max(most, compared - before);
    before = compared;
  }
  assert.ok(most <= 3_000, `one piece compared ${most} times`);
});

test('sortedOf is stable and leaves its array alone', () => {
  const { int } = draws(3);
  const items = Array.from({ length: 5000 }, (_, at) => ({ key: int(20), at }));
  const before = [...items];
  const sorted = atOnce(sortedOf(items, (a, b) => a.key - b.key));
  assert.deepEqual(items, before);
  assert.deepEqual(
    sorted,
    items.toSorted?.((a, b) => a.key - b.key) ?? [...items].sort((a, b) => a.key - b.key),
  );
});

test('work takes turns with the page, and ends when its signal aborts', async () => {
  let clock = 0;
  let pauses = 0;
  const options = { now: () => (clock += 1), pause: async () => pauses++, budget: 10 };
  function* work(steps) {
    try {
      for (let at = 0; at < steps; at++) yield;
      return 'done';
    } finally {
      ended++;
    }
  }
  let ended = 0;
  assert.equal(await inSlices(work(100), options), 'done');
  assert.ok(pauses >= 8 && pauses <= 12, `${pauses}`);
  const controller = new AbortController();
  const stopped = inSlices(work(1e9), { ...options, signal: controller.signal });
  controller.abort(new Error('enough'));
  await assert.rejects(stopped, /enough/);
  assert.equal(ended, 2);
});

test('columns of the list sort in the org where it has them', () => {
  assert.equal(sortByOf('name'), 'profile.name');
  assert.equal(sortByOf('source'), 'source.id');
  assert.equal(sortByOf('lastMembershipUpdated'), 'lastMembershipUpdated');
  assert.equal(sortByOf('users'), undefined);
});
