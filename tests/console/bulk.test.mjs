// Plans and reports of bulk changes: each id has the place that the plan gives it, rests add up over pauses, and the undo is
// the inverse of the completed writes.
import assert from 'node:assert/strict';
import test from 'node:test';
import {
  ROW_CHANGES,
  atOnce,
  countRows,
  doneText,
  filterPlanRows,
  isBlocked,
  isWhole,
  limitText,
  movedPlan,
  lagging,
  outcomeOf,
  outcomeOfLook,
  partOfRest,
  planRows,
  planTotals,
  plansOf,
  readPlan,
  refusal,
  refusalOf,
  reportFile,
  reportRows,
  requestsOf,
  stays,
  undoPlan,
} from '../../target/console/model.js';
import { draws } from './support.mjs';

const ORG = 'https://example.okta.com';

const planOf = (groupId, { add = [], remove = [], ...rest } = {}) => ({
  v: 1,
  org: ORG,
  groupId,
  basedOn: { lastMembershipUpdated: '2026-01-01T00:00:00.000Z' },
  add,
  remove,
  unchanged: 0,
  skipped: [],
  warnings: [],
  maxRemovals: { ratio: 0.25 },
  ruleManaged: 'skip',
  keep: [],
  ...rest,
});

const many = (plans, skipped = []) => ({ v: 1, kind: 'memberships', org: ORG, plans, skipped });

const keys = (writes) => writes.map(({ groupId, userId, op }) => `${op} ${userId} ${groupId}`).sort();
const writesIn = (plan) =>
  plansOf(plan).flatMap(({ groupId, add, remove }) => [
    ...add.map((userId) => ({ groupId, userId, op: 'add' })),
    ...remove.map((userId) => ({ groupId, userId, op: 'remove' })),
  ]);

/** A report as the package gives it: what `fate` says of each write of a plan of one group. */
function reportOf(plan, fate) {
  const writes = writesIn(plan).map((write) => ({ ...write, fate: fate(write) }));
  const of = (wanted) => writes.filter((write) => write.fate === wanted);
  const ids = (list) => list.map(({ userId }) => userId);
  const failed = of('failed').map(({ userId, op }) => ({ userId, op, error: new Error('no') }));
  const notAttempted = of('left').map(({ userId, op }) => ({ userId, op }));
  const left = [...of('left'), ...of('failed')];
  const rest = {
    ...plan,
    add: ids(left.filter(({ op }) => op === 'add')),
    remove: ids(left.filter(({ op }) => op === 'remove')),
  };
  return {
    ok: left.length === 0,
    groupId: plan.groupId,
    dryRun: false,
    plan,
    added: ids(of('done').filter(({ op }) => op === 'add')),
    removed: ids(of('done').filter(({ op }) => op === 'remove')),
    alreadyOk: ids(of('noop')),
    failed,
    notAttempted,
    requests: writes.length - notAttempted.length,
    retries: 0,
    waitedMs: 0,
    durationMs: 10,
    ...(left.length > 0 && { rest }),
  };
}

/** The reports of the groups as one, as the package puts them together. */
function reportOfMany(plan, fate) {
  const groups = plan.plans.map((each) => reportOf(each, fate));
  const flat = (name) =>
    groups.flatMap((report) =>
      report[name].map((each) =>
        typeof each === 'string'
          ? { groupId: report.groupId, userId: each }
          : { groupId: report.groupId, ...each },
      ),
    );
  const rests = groups.flatMap(({ rest }) => (rest ? [rest] : []));
  return {
    ...groups[0],
    groupId: undefined,
    groups,
    plan,
    refused: [],
    skipped: plan.skipped,
    ...Object.fromEntries(
      ['added', 'removed', 'alreadyOk', 'failed', 'notAttempted'].map((name) => [name, flat(name)]),
    ),
    rest: rests.length > 0 ? many(rests) : undefined,
  };
}

function randomPlan({ int, chance }) {
  const plans = Array.from({ length: 1 + int(4) }, (_, at) =>
    planOf(`00g${at}`, {
      add: Array.from({ length: int(8) }, (_, n) => `a${n}`),
      remove: Array.from({ length: int(8) }, (_, n) => `r${n}`),
    }),
  );
  return plans.length === 1 && chance(0.5) ? plans[0] : many(plans);
}

test('each person of a plan is one row, in the order of what needs a look', () => {
  const plan = many(
    [
      planOf('00g1', {
        add: ['u1', 'u2'],
        remove: ['u3'],
        skipped: [
          { userId: 'u4', reason: 'rule-managed', rules: ['0pr1'] },
          { userId: 'u5', reason: 'kept' },
        ],
        unresolved: [{ value: 'x@y', reason: 'ambiguous', candidates: ['u8', 'u9'] }],
      }),
      planOf('00g2', { add: ['u1'] }),
    ],
    [
      {
        group: { name: 'Gone' },
        kind: 'argument',
        message: 'maxRemovals would be passed: 4 of 10 members would go',
      },
    ],
  );
  const rows = atOnce(planRows(plan, [{ groupId: '00g1', value: 'nobody' }]));
  assert.deepEqual(
    rows.map(({ change, groupId, userId, value }) => [change, groupId, userId ?? value]),
    [
      ['refused', '', 'Gone'],
      ['unresolved', '00g1', 'x@y'],
      ['add', '00g1', 'u1'],
      ['add', '00g1', 'u2'],
      ['add', '00g2', 'u1'],
      ['remove', '00g1', 'u3'],
      ['rule-managed', '00g1', 'u4'],
      ['kept', '00g1', 'u5'],
      ['absent', '00g1', 'nobody'],
    ],
  );
  assert.equal(new Set(rows.map(({ key }) => key)).size, rows.length);
  assert.equal(rows[0].note, 'It removes 4 of 10 members (40 %), more than the limit.');
  assert.deepEqual(rows[1].ids, ['u8', 'u9']);
  const counts = countRows(rows);
  assert.deepEqual(
    ROW_CHANGES.filter((change) => counts[change] > 0),
    ['refused', 'unresolved', 'add', 'remove', 'rule-managed', 'kept', 'absent'],
  );
  const found = (changes, text) =>
    atOnce(filterPlanRows(rows, { changes: new Set(changes), text, textOf: ({ userId = '' }) => userId }));
  assert.deepEqual(
    found(['add'], ' U1 ').map(({ groupId }) => groupId),
    ['00g1', '00g2'],
  );
  assert.equal(found([], '').length, rows.length);
});

test('100,000 rows are made and filtered in short pieces', () => {
  const ids = Array.from({ length: 100_000 }, (_, at) => `u${at}`);
  for (const work of [
    planRows(planOf('00g1', { add: ids })),
    filterPlanRows(
      ids.map((userId) => ({ key: userId, change: 'add', groupId: '00g1', userId })),
      { changes: new Set(), text: '9', textOf: ({ userId }) => userId },
    ),
  ]) {
    let pieces = 0;
    while (!work.next().done) pieces++;
    assert.ok(pieces >= 50, `${pieces} pieces`);
  }
});

test('totals, requests and what blocks a plan', () => {
  const one = planOf('00g1', { add: ['a'], remove: ['b', 'c'], unchanged: 500 });
  assert.deepEqual(planTotals(many([one, planOf('00g2', { add: ['a'] })])), {
    add: 2,
    remove: 2,
    unchanged: 500,
    groups: 2,
  });
  // One group, three pages of members before the first removal; a group alone before adds.
  assert.deepEqual(requestsOf(one), { writes: 3, reads: 4 });
  assert.deepEqual(requestsOf(planOf('00g2', { add: ['a'] })), { writes: 1, reads: 1 });
  assert.deepEqual(requestsOf(planOf('00g2')), { writes: 0, reads: 0 });
  const unresolved = [{ value: 'x', reason: 'none', candidates: [] }];
  assert.equal(isBlocked(planOf('00g1', { unresolved })), true);
  assert.equal(isBlocked(planOf('00g1', { unresolved, skipsUnresolved: true })), false);
  assert.equal(isBlocked(planOf('00g1', { unresolved: [] })), false);
});

test('the guards speak of shares and limits', () => {
  assert.equal(limitText({ ratio: 0.25 }), 'a quarter of the members');
  assert.equal(limitText({ ratio: 0.1 }), '10 % of the members');
  assert.equal(limitText({ count: 1, ratio: 1 }), '1 member');
  assert.equal(limitText({ count: 20 }), 'a quarter of the members and 20 members');
  assert.equal(limitText(false), 'any number of members');
  const message = 'maxRemovals would be passed: 40 of 100 members would go';
  assert.equal(
    refusal(message, { ratio: 0.25 }),
    'It removes 40 of 100 members (40 %), more than a quarter of the members.',
  );
  const error = (argument, message) => ({ kind: 'argument', argument, message });
  assert.deepEqual(refusalOf(error('maxRemovals', message), { ratio: 0.1 }), {
    text: 'It removes 40 of 100 members (40 %), more than 10 % of the members.',
    removals: 40,
  });
  assert.deepEqual(
    refusalOf(
      error(
        'maxRemovalsOverall',
        'the plans would remove 3 of 9 members, more than maxRemovalsOverall allows',
      ),
      { ratio: 0.25 },
    ),
    {
      text: 'It removes 3 of 9 members of all groups together (33 %), more than a quarter of the members.',
      removals: 3,
    },
  );
  assert.equal(refusalOf({ kind: 'connection', message: 'no' }, false), undefined);
});

test('what was done, failed and is left adds up over pauses, stops and retries (500 random runs)', () => {
  for (let seed = 1; seed <= 500; seed++) {
    const { int, pick, chance } = draws(seed);
    const plan = randomPlan(draws(seed + 1000));
    const all = keys(writesIn(plan));
    const report = (part) => {
      const fates = ['done', 'done', 'noop', 'failed', 'left'];
      const fate = () => pick(fates);
      return 'plans' in part ? reportOfMany(part, fate) : reportOf(part, fate);
    };
    let outcome = outcomeOf(report(plan));
    for (let run = int(4); run > 0 && outcome.rest; run--) {
      if (chance(0.5)) outcome = outcomeOf(report(outcome.rest), outcome);
      else {
        const { failed, notAttempted, rest } = outcome;
        const part = partOfRest(rest, failed);
        assert.deepEqual(keys(writesIn(part)), keys(failed));
        outcome = outcomeOf(report(part), outcome, { failed: [], notAttempted });
      }
    }
    const { done, alreadyOk, failed, notAttempted, rest } = outcome;
    assert.deepEqual(keys([...done, ...alreadyOk, ...failed, ...notAttempted]), all, `seed ${seed}`);
    assert.deepEqual(rest ? keys(writesIn(rest)) : [], keys([...failed, ...notAttempted]), `seed ${seed}`);
    assert.equal(isWhole(outcome), failed.length + notAttempted.length === 0);
    assert.equal(reportRows(outcome).length, all.length);

    const undo = undoPlan(plan, outcome);
    const inverse = done.map((write) => ({ ...write, op: write.op === 'add' ? 'remove' : 'add' }));
    assert.deepEqual(undo ? keys(writesIn(undo)) : [], keys(inverse), `seed ${seed}`);
    for (const each of undo?.plans ?? [])
      assert.deepEqual(each.maxRemovals, { count: each.remove.length, ratio: 1 });
    assert.equal(undo?.plans.every(({ keep, skipped }) => keep.length + skipped.length === 0) ?? true, true);
  }
});

test('writes that an undo looked at, and found not needed or hidden by a list that lags, add up (300 random undos)', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const { pick, chance } = draws(seed);
    const plan = many(plansOf(randomPlan(draws(seed + 5000))));
    const all = writesIn(plan);
    const needed = all.filter(() => chance(0.7));
    const already = all.filter((write) => !needed.includes(write));
    const looked = outcomeOfLook(already, all.length);
    assert.equal(looked.requests, all.length);
    const now = partOfRest(plan, needed);
    const fates = new Map(all.map((write) => [keys([write])[0], pick(['done', 'noop', 'failed'])]));
    const report = reportOfMany(now, (write) => fates.get(keys([write])[0]));
    // The run narrows its plan to the members that it reads: a removal that is not needed is not in it any more.
    for (const each of report.groups) each.plan = { ...each.plan, add: [], remove: [] };
    const late = lagging(report, needed);
    const of = (fate) => needed.filter((write) => fates.get(keys([write])[0]) === fate);
    assert.deepEqual(keys(late), keys(of('noop')), 'with the way that each write has in the plan');
    const outcome = outcomeOf(report, looked, undefined, { plan: now, late });
    assert.deepEqual(keys(outcome.done), keys(of('done')));
    assert.deepEqual(keys(outcome.alreadyOk), keys(already));
    assert.deepEqual(keys(outcome.notAttempted), keys(of('noop')));
    assert.deepEqual(
      outcome.rest ? keys(writesIn(outcome.rest)) : [],
      keys([...of('noop'), ...of('failed')]),
    );
    // Without a look, what was not needed is so already, and keeps its way as well.
    assert.deepEqual(
      keys(outcomeOf(report, undefined, undefined, { plan: now }).alreadyOk),
      keys(of('noop')),
    );
    // The next part of the undo finds all of the rest done by others.
    if (!outcome.rest) continue;
    const { failed, notAttempted } = outcome;
    const left = outcomeOfLook(notAttempted, 1, outcome, { failed, notAttempted: [] });
    assert.deepEqual(keys([...left.done, ...left.alreadyOk, ...left.failed]), keys(all));
    assert.deepEqual(left.rest ? keys(writesIn(left.rest)) : [], keys(failed));
    assert.equal(stays(plan, left), 0);
    assert.equal(
      stays(plan, { ...left, failed: [] }),
      failed.length,
      'members whom a rule put there meanwhile',
    );
  }
});

test('the report of a run is described in words', () => {
  const write = (op, userId, groupId = '00g1') => ({ op, userId, groupId });
  const nameOf = (id) => (id === '00g1' ? 'Payroll' : 'HR');
  assert.equal(doneText({ done: [] }, nameOf), 'Changed no member');
  assert.equal(doneText({ done: [write('add', 'a')] }, nameOf), 'Added 1 person to Payroll');
  assert.equal(
    doneText({ done: [write('add', 'a'), write('remove', 'b'), write('remove', 'c')] }, nameOf),
    'Added 1 person to Payroll, removed 2 people',
  );
  assert.equal(
    doneText({ done: [write('remove', 'b'), write('remove', 'b', '00g2')] }, nameOf),
    'Removed 2 people from 2 groups',
  );
});

test('a file of a plan, of plans, of a rest or of a report is opened; another is refused in words', () => {
  const one = planOf('00g1', { add: ['u1'] });
  assert.deepEqual(readPlan(JSON.stringify(one)), one);
  const both = many([one, planOf('00g2')]);
  assert.deepEqual(readPlan(JSON.stringify(both)), both);
  assert.deepEqual(readPlan(JSON.stringify([one])), many([one]));
  const stopped = outcomeOf(reportOf(one, () => 'left'));
  assert.deepEqual(plansOf(readPlan(JSON.stringify(reportFile(stopped, one))))[0].add, ['u1']);
  const whole = outcomeOf(reportOf(one, () => 'done'));
  for (const [text, words] of [
    ['', /not JSON/],
    ['userId\n00u1', /not JSON/],
    ['null', /no plan/],
    ['[]', /no plan/],
    ['"plan"', /no plan/],
    [JSON.stringify({ ...one, v: 2 }), /version 1/],
    [JSON.stringify({ ...one, add: ['u1', 7] }), /not whole/],
    [JSON.stringify({ ...one, remove: undefined }), /not whole/],
    [JSON.stringify({ ...one, groupId: undefined }), /not whole/],
    [JSON.stringify(many([one, 'x'])), /not whole/],
    [JSON.stringify(many([])), /no plan/],
    [JSON.stringify(reportFile(whole, one)), /has no rest/],
  ])
    assert.throws(() => readPlan(text), words, text);
});

test('a file names the org, and not the proxy that a page reaches it by', () => {
  const plan = many([planOf('00g1'), planOf('00g2')]);
  const there = movedPlan(plan, ORG, 'http://127.0.0.1:8080');
  assert.deepEqual(
    [there, ...plansOf(there)].map(({ org }) => org),
    Array(3).fill('http://127.0.0.1:8080'),
  );
  assert.deepEqual(movedPlan(there, 'http://127.0.0.1:8080', ORG), plan);
  assert.equal(movedPlan(planOf('00g1'), 'https://other', 'x').org, ORG);
});

test('a report as a file has its errors as data, and no stack', () => {
  const plan = planOf('00g1', { add: ['u1'] });
  const outcome = outcomeOf(reportOf(plan, () => 'failed'));
  const file = JSON.parse(JSON.stringify(reportFile(outcome, plan)));
  assert.equal(file.ok, false);
  assert.deepEqual(file.failed, [{ groupId: '00g1', userId: 'u1', op: 'add', error: { message: 'no' } }]);
});
