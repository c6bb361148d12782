// Figures of the org: their sums, and that each leads to the list that it counts.
import assert from 'node:assert/strict';
import test from 'node:test';
import { compile } from 'okta-groups';
import { atOnce, insightsOf, toRecord, toRow } from '../../target/console/model.js';
import { draws, group, means } from './support.mjs';

const NOW = Date.UTC(2026, 10, 30, 15);
const DAY = 86_400_000;

function anyRows(seed, count) {
  const { int, pick, chance } = draws(seed);
  return Array.from({ length: count }, (_, at) => {
    const type = pick(['OKTA_GROUP', 'OKTA_GROUP', 'APP_GROUP', 'BUILT_IN', 'NEW_KIND']);
    const source = type === 'APP_GROUP' && chance(0.7) ? pick(['0oa1', '0oa2']) : undefined;
    // Times around the bounds of the ages as well.
    const time = () =>
      new Date(
        NOW - (NOW % DAY) - pick([0, 30, 90, 365, 730, int(1200)]) * DAY + pick([-1, 0, 1]),
      ).toISOString();
    return toRow(
      group(at, {
        name: pick(['Sales', 'sales', 'SALES', 'Sa1es', 'Payroll', `Team ${int(50)}`]),
        type,
        source,
        label: source && `App ${source}`,
        users: chance(0.1) ? undefined : pick([0, 1, 2, 9, 10, 99, 100, 999, 1000, 12_000]),
        lastUpdated: chance(0.05) ? 'no date' : time(),
        lastMembershipUpdated: time(),
      }),
    );
  });
}

/** The rows that a figure's list shows. */
function listed(list, rows) {
  if (list.ids) return rows.filter(({ id }) => list.ids.includes(id));
  if (list.search) {
    const test = compile(list.search);
    return rows.filter((row) => test(toRecord(row)));
  }
  return rows.filter(means(list.conditions));
}

test('the figures of each chart sum up to the rows, and each leads to the list that it counts', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const rows = anyRows(seed, 300);
    const insights = atOnce(insightsOf(rows, NOW));
    assert.equal(insights.total, 300);
    for (const chart of ['types', 'sources', 'sizes', 'ages']) {
      const sum = insights[chart].reduce((all, { count }) => all + count, 0);
      assert.equal(sum, 300, `seed ${seed}: ${chart}`);
      assert.equal(new Set(insights[chart].map(({ key }) => key)).size, insights[chart].length);
    }
    const figures = ['types', 'sources', 'sizes', 'ages'].flatMap((chart) => insights[chart]);
    for (const { label, count, list } of [...figures, insights.empty, insights.stale])
      assert.equal(listed(list, rows).length, count, `seed ${seed}: ${label} ${JSON.stringify(list)}`);
  }
});

test('an empty org has empty figures', () => {
  const insights = atOnce(insightsOf([], NOW));
  assert.equal(insights.total, 0);
  assert.deepEqual(insights.types, []);
  assert.ok(insights.sizes.every(({ count }) => count === 0));
  assert.deepEqual([...insights.duplicates, ...insights.lookAlikes], []);
});

test('names that are the same but for case are duplicates, those that differ more are look-alikes', () => {
  const names = ['Sales', 'SALES', 'Sa1es', 'S\u0430les', 'Payroll', 'Pay-roll', 'Legal'];
  const { duplicates, lookAlikes } = atOnce(
    insightsOf(
      names.map((name, at) => toRow(group(at, { name }))),
      NOW,
    ),
  );
  const ats = ({ ids }) => ids.map((id) => Number(id.slice(3)));
  assert.deepEqual(duplicates.map(ats), [[0, 1]]);
  assert.deepEqual(lookAlikes.map(ats), [
    [4, 5],
    [0, 1, 2, 3],
  ]);
});

test('sizes have the labels of their ranges; the largest sources come first', () => {
  const rows = [1, 1, 2].flatMap((source, at) =>
    toRow(group(at, { type: 'APP_GROUP', source: `0oa${source}`, users: at })),
  );
  const { sizes, sources } = atOnce(insightsOf(rows, NOW));
  assert.deepEqual(
    sizes.map(({ label }) => label),
    ['0', '1', '2–9', '10–99', '100–999', '1,000–9,999', '10,000 or more'],
  );
  assert.deepEqual(
    sources.map(({ label, count }) => `${label} ${count}`),
    ['0oa1 2', '0oa2 1'],
  );
});

test('100,000 rows are counted in pieces', () => {
  const rows = anyRows(1, 1000);
  const all = Array.from({ length: 100 }, (_, at) =>
    rows.map((row) => ({ ...row, id: `${row.id}-${at}` })),
  ).flat();
  let [pieces, before, most] = [0, 0, 0];
  let visited = 0;
  const counted = (function* () {
    for (const row of all) {
      visited++;
      yield row;
    }
  })();
  const work = insightsOf(counted, NOW);
  while (!work.next().done) {
    pieces++;
    most = Math.max(most, visited - before);
    before = visited;
  }
  assert.ok(pieces >= 400, `${pieces}`);
  assert.ok(most <= 250, `one piece visited ${most} rows`);
});
