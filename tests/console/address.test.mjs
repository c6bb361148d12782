// The state of a screen in the page's address: stable, canonical, and harmless whoever wrote it.
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  DEFAULT_COLUMNS,
  SCREENS,
  SORT_KEYS,
  TABS,
  named,
  normal,
  readAddress,
  readyViews,
  sameView,
  viewOf,
  writeAddress,
} from '../../target/console/model.js';
import { draws } from './support.mjs';

test('an address is read as it was written (1,500 random ones), and is written in one way', () => {
  for (let seed = 1; seed <= 1500; seed++) {
    const { int, chance, pick, text } = draws(seed);
    const well = () => text().replace(/[\ud800-\udfff]/gu, '\ufffd');
    const id = () => `00g${int(1e9)}`;
    const sort = chance(0.5) ? pick([...SORT_KEYS, 'profile.costCenter']) : undefined;
    const group = chance(0.5) ? id() : undefined;
    const search = chance(0.3) ? well() : undefined;
    const conditions = normal({
      ...(search === undefined && {
        text: well(),
        startsWith: chance(0.5) ? well() : '',
        types: chance(0.5) ? ['APP_GROUP', 'X'] : [],
        sources: chance(0.3) ? [id()] : [],
      }),
      ...(search === undefined && chance(0.4) && { stale: '2025-11-30', created: { to: '2024-02-29' } }),
      ...(chance(0.3) && { empty: true, size: { max: int(10) } }),
    });
    const address = {
      screen: pick(SCREENS),
      ...(chance(0.3) && { view: well() }),
      ...(search !== undefined && { search }),
      ...(Object.keys(conditions).length > 0 && { conditions }),
      ...(sort && { sort, ...(chance(0.5) && { order: 'desc' }) }),
      ...(chance(0.3) && { columns: pick([[], ['users'], ['id', 'profile.costCenter']]) }),
      ...(chance(0.3) && { density: 'compact' }),
      ...(group && { group, ...(chance(0.5) && { tab: pick(TABS.slice(1)) }) }),
      ...(chance(0.2) && { ids: [id(), id()], user: id(), rule: id(), request: id() }),
      ...(chance(0.2) && { org: 'page' }),
    };
    const query = writeAddress(address);
    assert.deepEqual(readAddress(query), address, `seed ${seed}: ${query}`);
    assert.deepEqual(readAddress(new URL(`http://localhost/${query}`).searchParams), address);
    // The same parameters in another order are the same address.
    const shuffled = new URLSearchParams([...new URLSearchParams(query)].reverse());
    assert.equal(writeAddress(readAddress(shuffled)), query);
  }
});

test('defaults are not written', () => {
  assert.equal(writeAddress({ screen: 'groups' }), '');
  assert.equal(
    writeAddress({
      screen: 'groups',
      order: 'asc',
      sort: 'name',
      tab: 'members',
      group: '00g1',
      density: 'comfortable',
      columns: [...DEFAULT_COLUMNS],
      conditions: { types: [] },
    }),
    '?sort=name&group=00g1',
  );
  assert.equal(writeAddress({ screen: 'groups', order: 'desc', tab: 'apps' }), '');
  assert.equal(writeAddress({ screen: 'groups', columns: [] }), '?columns=');
  assert.deepEqual(readAddress('?columns='), { screen: 'groups', columns: [] });
});

test('addresses are short and can be read by people', () => {
  assert.equal(
    writeAddress({
      screen: 'groups',
      conditions: {
        text: 'legal team',
        types: ['APP_GROUP', 'BUILT_IN'],
        size: { min: 2, max: 9 },
        created: { from: '2025-01-01' },
      },
    }),
    '?text=legal+team&type=APP_GROUP,BUILT_IN&created=2025-01-01..&size=2..9',
  );
});

test('unknown and hostile parameters are as if they were not there', () => {
  for (const query of [
    '?screen=admin&token=secret&__proto__=x&constructor=y&sort=constructor&order=up&density=huge&tab=x',
    '?group=../../x&ids=%2Fetc,..,-&user=a%2Fb&rule=%00&request=%3Cscript%3E',
    '?group=__proto__%0A&tab=members',
    `?search=${'a'.repeat(4001)}&view=${'b'.repeat(201)}&text=${'c'.repeat(4001)}`,
    '?columns=__proto__,profile.,profile.a-b,constructor,profile.name',
    '?sort=profile.a%20b&order=desc',
    '?sort=profile.description',
    '?stale=2025-02-30&created=2025-13-01..x&size=-1..1e9&empty=yes&type=a%20b,%22&source=%22%20or%20',
    '?org=https%3A%2F%2Fevil.example&screen=',
    '?%E0%A4%A=1&&&=',
  ]) {
    assert.deepEqual(readAddress(query), { screen: 'groups' }, query);
    assert.equal(writeAddress(readAddress(query)), '');
  }
  assert.equal({}.x, undefined);
  assert.deepEqual(readAddress('?tab=apps'), { screen: 'groups' }, 'a tab needs its group');
  assert.deepEqual(
    readAddress('?type=OKTA_GROUP&search=id%20pr&empty=1').conditions,
    { empty: true },
    'an expression takes the place of chips',
  );
  assert.equal(
    readAddress(`?ids=${Array.from({ length: 500 }, (_, at) => `00g${at}`).join()}`).ids.length,
    100,
  );
});

test('a view is an address with a name, and keeps nothing of what is open beside the list', () => {
  const address = {
    screen: 'groups',
    conditions: { text: 'a' },
    sort: 'users',
    order: 'desc',
    group: '00g1',
    tab: 'apps',
  };
  assert.deepEqual(viewOf(address), {
    screen: 'groups',
    conditions: { text: 'a' },
    sort: 'users',
    order: 'desc',
  });
  const view = named(address, '  My view ');
  assert.equal(view.view, 'My view');
  assert.ok(!('group' in view));
  assert.deepEqual(named(view, ' '), viewOf(address));
  assert.ok(sameView(view, address));
  assert.ok(!sameView(view, { ...view, order: undefined }));
});

test('the console offers views whose addresses are their own', () => {
  const views = readyViews(Date.UTC(2026, 10, 30, 23, 59));
  const queries = views.map(({ address }) => writeAddress(address));
  assert.equal(new Set(queries).size, views.length);
  for (const { address } of views) assert.deepEqual(readAddress(writeAddress(address)), address);
  assert.ok(
    queries.some((query) => query.includes('stale=2025-11-30')),
    queries.join(' '),
  );
});
