// Memberships of many groups: makes a plan for each group, then runs the plans, several groups at once. members.js plans and
// runs each group; Rust decides whether the removals of all groups pass the limit, and estimates the remaining time.
import { etaOf, removalsPass } from 'okta-groups-core';
import { BulkRun, applyPlan, planMembers, planned } from './members.js';
import { unlessAborted } from './drive.js';
import { now } from 'okta-groups-web/clock.js';
import { callOptions, textArgument } from './options.js';
import { APPLY, DRY_RUN, MEMBERSHIPS, NAMED, PLAN } from './more-options.js';
import { isOktaError, oktaError } from './error-classes.js';
import { isIterable } from './is-iterable.js';
import { isRecord } from './is-record.js';
import { onAbort } from './signal.js';
import { own } from './own.js';
import { ready } from './wasm.js';
import { shardOf } from './export.js';
import { tell } from './tell.js';

/** The number of groups that are planned, or run, at once. The client throttles all of them together. */
const LANES = 4;
/** The default limit on removals over all groups. */
const OVERALL = { ratio: 0.25 };

/** Whether a stored plan is one of many groups. */
export function isMany(plan) {
  return Array.isArray(plan) || own(plan).kind === 'memberships';
}

/** Makes a plan for every group; sends reads only. */
export async function planMemberships(groups, bulk, desired, options) {
  const {
    lanes = LANES,
    shard,
    maxRemovalsOverall = OVERALL,
    onProgress,
    signal,
    ...given
  } = callOptions(options, {
    ...MEMBERSHIPS,
    ...PLAN,
  });
  const stop = new AbortController();
  const unlisten = onAbort(signal, () => stop.abort(signal.reason));
  const plans = [];
  const skipped = [];
  const seen = new Set();
  const count = { planned: 0, skipped: 0 };
  let read = 0;
  let twice;
  const wanted = entriesOf(desired);
  const lane = async () => {
    for (;;) {
      const at = read++;
      const { value, done } = await unlessAborted(signal, wanted.next());
      if (done) return;
      const [key, members] = value;
      try {
        const groupId = await idOf(groups, key, stop.signal);
        if (seen.has(groupId)) {
          twice = oktaError('argument', `desired names the group ${groupId} twice`, { argument: 'desired' });
          throw twice;
        }
        seen.add(groupId);
        if (shard && shardOf(groupId, shard.of) !== shard.index) continue;
        plans[at] = await planMembers(groups, bulk, groupId, members, { ...given, signal: stop.signal });
        count.planned++;
      } catch (/** @type {any} */ error) {
        if (!isOktaError(error) || stop.signal.aborted || WHOLE.has(error.kind) || error === twice)
          throw error;
        skipped[at] = { group: key, kind: error.kind, message: error.message };
        count.skipped++;
      }
      if (onProgress) tell(onProgress, { ...count });
    }
  };
  try {
    await Promise.all(Array.from({ length: lanes }, lane));
  } catch (error) {
    stop.abort();
    throw error;
  } finally {
    unlisten();
    wanted.return?.(undefined)?.catch?.(() => {});
  }
  const made = plans.filter(Boolean);
  withinAll(made, maxRemovalsOverall);
  return {
    v: 1,
    kind: 'memberships',
    org: bulk.org(),
    ...(shard && { shard }),
    plans: made,
    skipped: skipped.filter(Boolean),
  };
}

/** Kinds of errors that every other group would meet, too: they end the run. */
const WHOLE = new Set(['aborted', 'config', 'unauthorized', 'internal', 'timeout', 'connection']);

/** The entries of a Map, an object, or any iterable. */
async function* entriesOf(desired) {
  const isList = isIterable(desired);
  if (!isList && !isRecord(desired)) {
    throw oktaError('argument', 'desired must be a Map, an object or an iterable of [group, members]', {
      argument: 'desired',
    });
  }
  for await (const entry of isList ? desired : Object.entries(desired)) {
    if (!Array.isArray(entry) || entry.length !== 2) {
      throw oktaError('argument', 'desired must give pairs of a group and its members', {
        argument: 'desired',
      });
    }
    yield entry;
  }
}

async function idOf(groups, key, signal) {
  if (!isRecord(key)) return textArgument('groupId', key);
  const { name, type } = callOptions(key, NAMED);
  return (await groups.findByName(name, { type, signal })).id;
}

function withinAll(plans, limit) {
  if (limit === false) return;
  const { ratio = 1, count = 2 ** 32 - 1 } = own(limit);
  const sum = (of) => plans.reduce((all, plan) => all + of(plan), 0);
  const removals = sum((plan) => plan.remove.length);
  const here = ({ reason }) => reason !== 'duplicate';
  const members = sum((plan) => plan.unchanged + plan.remove.length + plan.skipped.filter(here).length);
  ready();
  if (removalsPass(removals, members, count, ratio)) return;
  const message = `the plans would remove ${removals} of ${members} members, more than maxRemovalsOverall allows`;
  throw oktaError('argument', message, { argument: 'maxRemovalsOverall' });
}

/** Makes a plan for every group, then runs the plans. */
export function syncMemberships(groups, bulk, desired, options) {
  return new BulkRun(async (run) => {
    const { dryRun, ...given } = callOptions(options, { ...MEMBERSHIPS, ...PLAN, ...APPLY, ...DRY_RUN });
    const pick = (names) =>
      Object.fromEntries(Object.entries(given).filter(([name]) => Object.hasOwn(names, name)));
    const unlisten = onAbort(given.signal, () => run.control.abort(given.signal.reason));
    try {
      const plan = await planMemberships(groups, bulk, desired, {
        ...pick({ ...MEMBERSHIPS, ...PLAN }),
        onProgress: undefined,
        signal: run.control.signal,
      });
      return await runs(groups, bulk, plan, pick({ lanes: MEMBERSHIPS.lanes, ...APPLY }), run, dryRun);
    } finally {
      unlisten();
    }
  });
}

/** Runs plans of many groups: an array of plans, or the plan of `planMemberships`. */
export function applyPlans(groups, bulk, plan, options) {
  return new BulkRun(async (run) => {
    const many = Array.isArray(plan)
      ? { v: 1, kind: 'memberships', org: bulk.org(), plans: plan, skipped: [] }
      : own(plan);
    if (many.v !== 1 || ![many.plans, many.skipped ?? []].every(Array.isArray)) {
      throw oktaError('argument', 'plan must come from planMemberships(), version 1', {
        argument: 'plan',
      });
    }
    const given = callOptions(options, { lanes: MEMBERSHIPS.lanes, signal: MEMBERSHIPS.signal, ...APPLY });
    const unlisten = onAbort(given.signal, () => run.control.abort(given.signal.reason));
    try {
      return await runs(groups, bulk, many, given, run, false);
    } finally {
      unlisten();
    }
  });
}

async function runs(groups, bulk, many, options, run, dryRun) {
  const { lanes = LANES, onProgress, signal: _, totalTimeout, ...given } = options;
  const { plans } = many;
  const skipped = many.skipped ?? [];
  const org = bulk.org();
  // Checked before any write: an invalid plan, or a second plan for a group, which the run of the first one makes stale.
  const seen = new Set();
  for (const { groupId } of plans.map((plan) => planned(plan).given)) {
    if (seen.has(groupId))
      throw oktaError('argument', `plan names the group ${groupId} twice`, { argument: 'plan' });
    seen.add(groupId);
  }
  for (const { org: of } of [many, ...plans].map(own)) {
    if (of !== org) throw oktaError('argument', `plan belongs to another org, ${of}`, { argument: 'plan' });
  }
  const began = now();
  const total = plans.reduce((all, plan) => all + plan.add.length + plan.remove.length, 0);
  /** The progress of each group whose run has begun. */
  const progress = [];
  const reports = [];
  const refused = [];
  let stopped;
  let at = 0;
  let toldAt = -Infinity;
  // The time for which the rate limit did not hold the writes back, and when that was last looked at.
  let active = 0;
  let seenAt = began;
  let isHeld = false;
  let settled = 0;
  let reads = plans.reduce((all, plan) => all + readsOf(plan), 0);
  const { control } = run;
  run.planned(many, { event: (event) => event });
  const told = (isLast) => {
    if (!onProgress) return;
    const at = now();
    if (!isHeld) active += at - seenAt;
    seenAt = at;
    const [etaMs, until] = etaOf(bulk.client(), total - settled, settled, reads, active, at).split(' ');
    // A wait of a minute is told as it begins and ends, however short a time ago the last report was.
    const changes = isHeld !== Boolean(until);
    isHeld = Boolean(until);
    if (!isLast && !changes && at - toldAt < 100) return;
    toldAt = at;
    const sum = (name) => progress.reduce((all, one) => all + one[name], 0);
    tell(onProgress, {
      phase: 'applying',
      total,
      done: sum('done'),
      failed: sum('failed'),
      inFlight: sum('inFlight'),
      ...(etaMs && { etaMs: Number(etaMs) }),
      ...(until && { throttledUntil: new Date(Number(until)) }),
    });
  };
  const one = async (place) => {
    const plan = plans[place];
    const left = totalTimeout === undefined ? undefined : totalTimeout - (now() - began);
    if (left !== undefined && left < 1) {
      stopped ??= 'total-timeout';
      return;
    }
    const part = applyPlan(groups, bulk, plan, {
      concurrency: 3,
      ...given,
      ...(left !== undefined && { totalTimeout: Math.ceil(left) }),
      signal: control.signal,
      onProgress: (now) => {
        if (now.phase !== 'applying') return;
        if (!progress[place]) reads -= readsOf(plan);
        progress[place] = now;
        told(false);
      },
    });
    try {
      for await (const event of part) {
        settled++;
        run.settled({ groupId: plan.groupId, ...event });
        told(false);
      }
      const report = await part.report();
      reports[place] = report;
      if (report.stopped === 'total-timeout') stopped ??= report.stopped;
      const last = report.failed.at(-1)?.error;
      // A refused token would fail for every other group, too.
      if (report.stopped === 'stopOn' && isOktaError(last, 'unauthorized')) stopped ??= 'stopOn';
    } catch (/** @type {any} */ error) {
      if (control.signal.aborted) return;
      if (!isOktaError(error)) throw error;
      if (WHOLE.has(error.kind)) stopped ??= 'stopOn';
      refused[place] = { groupId: plan.groupId, error };
    }
  };
  const lane = async () => {
    while (at < plans.length && !control.signal.aborted && !stopped) await one(at++);
  };
  if (!dryRun) await Promise.all(Array.from({ length: lanes }, lane));
  told(true);
  if (control.signal.aborted) stopped = 'aborted';
  return reported(many, reports, refused, {
    skipped,
    stopped,
    dryRun: Boolean(dryRun),
    durationMs: now() - began,
  });
}

/** The requests of a group's run in the bucket of its writes, besides them: its members are read before a removal. */
const readsOf = ({ remove, unchanged }) => remove.length && 1 + Math.floor((unchanged + remove.length) / 200);

/** Merges the reports of all groups, with the rest that was not done. */
function reported(many, reports, refused, { skipped, stopped, dryRun, durationMs }) {
  const made = reports.filter(Boolean);
  const of = (name) =>
    made.flatMap((report) => (report[name] ?? []).map((each) => ({ groupId: report.groupId, ...each })));
  const ids = (name) =>
    made.flatMap((report) => (report[name] ?? []).map((userId) => ({ groupId: report.groupId, userId })));
  const sum = (name) => made.reduce((all, report) => all + report[name], 0);
  const isEmpty = ({ add, remove }) => add.length + remove.length === 0;
  const untouched = dryRun ? [] : many.plans.filter((plan, place) => !reports[place]);
  const notAttempted = untouched.flatMap(({ groupId, add, remove }) => [
    ...add.map((userId) => ({ groupId, userId, op: 'add' })),
    ...remove.map((userId) => ({ groupId, userId, op: 'remove' })),
  ]);
  const rests = made.map(({ rest }) => rest).filter(Boolean);
  const left = [...rests, ...untouched.filter((plan) => !isEmpty(plan))];
  const withheld = ids('withheld');
  const { v, kind, org, shard, plans } = many;
  const warnings = plans.flatMap((plan) => plan.warnings ?? []);
  const failures = refused.filter(Boolean);
  return {
    ok:
      made.every(({ ok }) => ok) &&
      skipped.length === 0 &&
      left.length === 0 &&
      failures.length === 0 &&
      !stopped,
    dryRun,
    plan: { ...many, warnings, skipped: [...skipped, ...plans.flatMap(({ skipped = [] }) => skipped)] },
    groups: made,
    refused: failures,
    skipped,
    added: ids('added'),
    removed: ids('removed'),
    alreadyOk: ids('alreadyOk'),
    failed: of('failed'),
    notAttempted: [...of('notAttempted'), ...notAttempted],
    ...(withheld.length > 0 && { withheld }),
    ...(stopped && { stopped }),
    requests: sum('requests'),
    retries: sum('retries'),
    waitedMs: sum('waitedMs'),
    durationMs,
    ...(left.length > 0 && { rest: { v, kind, org, ...(shard && { shard }), plans: left, skipped: [] } }),
  };
}
