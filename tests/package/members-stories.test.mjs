// The stories of runs of memberships that both languages tell, `fixtures/bulk-stories.json`: a scripted org, options, and
// what comes of them, in virtual time. `tests/members.rs` reads the same file.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OktaBulkError, OktaGroups, bearer } from 'okta-groups';
import { fixture } from './support.mjs';

const GROUP = '00g1';
const ORG = 'https://acme.okta.com';
const DATE = 'Thu, 11 Sep 2025 16:23:30 GMT';

/** `u0..3` is `u0`, `u1`, `u2`. */
const expanded = (list = []) =>
  list.flatMap((entry) => {
    const [, letter, from, to] = /^([a-z])(\d+)\.\.(\d+)$/.exec(entry) ?? [];
    if (!letter) return [entry];
    return Array.from({ length: to - from }, (_, n) => `${letter}${Number(from) + n}`);
  });

/** A clock that jumps to the next timer when nothing else is left to happen. */
function virtualTime(t) {
  const { setImmediate } = globalThis;
  let time = 0;
  let serial = 0;
  const timers = new Map();
  t.mock.method(performance, 'now', () => time);
  t.mock.method(globalThis, 'setTimeout', (wake, ms = 0, ...args) => {
    timers.set(++serial, { at: time + Math.max(0, ms), wake: () => wake(...args) });
    return serial;
  });
  t.mock.method(globalThis, 'clearTimeout', (timer) => void timers.delete(timer));
  /** Runs until `promise` settles. */
  async function until(promise) {
    let settled = false;
    const settle = () => (settled = true);
    promise.then(settle, settle);
    for (;;) {
      // Bodies of answers are read in several turns of the event loop.
      for (let turn = 0; turn < 12 && !settled; turn++) await new Promise((resolve) => setImmediate(resolve));
      if (settled) return promise;
      const [next, timer] = [...timers].reduce((a, b) => (b[1].at < a[1].at ? b : a), [0, { at: Infinity }]);
      assert.ok(next, 'nothing more happens');
      timers.delete(next);
      time = Math.max(time, timer.at);
      timer.wake();
    }
  }
  return { until, now: () => time };
}

/** An org that does what a story says. */
function scriptedOrg(story) {
  let members = expanded(story.members);
  let changes = 0;
  const counts = {};
  const [byRule, unsaid] = [expanded(story.byRule), expanded(story.unsaid)];
  const change = (text) => {
    const ids = expanded(text.slice(1).split(','));
    if (text[0] === '+') members = members.concat(ids);
    else if (text[0] === '-') members = members.filter((id) => !ids.includes(id));
    else members = ids;
    changes++;
  };
  const page = (rule, { searchParams }, headers) => {
    const { pageSize = 200, repeats = false, overlap = 0, nextLosesExpand } = story;
    const from = Number(searchParams.get('after') ?? 0);
    const asks = searchParams.get('expand') === 'group-rules' && (from === 0 || !nextLosesExpand);
    const start = repeats ? from % members.length : from;
    const url = `${ORG}/api/v1/groups/${GROUP}/users`;
    const next = `, <${url}?after=${from + pageSize - overlap}>; rel="next"`;
    headers.link = `<${url}>; rel="self"${repeats || from + pageSize < members.length ? next : ''}`;
    return members
      .slice(start, start + pageSize)
      .filter((id) => !expanded(rule.without).includes(id))
      .map((id) => {
        const rules = byRule.includes(id) ? [{ id: '0pr1' }] : [];
        return { id, ...(asks && !unsaid.includes(id) && { _embedded: { 'group-rules': rules } }) };
      });
  };
  const fetch = (address, { method, signal }) => {
    const url = new URL(address);
    const [, , user] = url.pathname.replace('/api/v1/groups/', '').split('/');
    const isList = url.pathname.endsWith('/users');
    const on = { GET: isList ? 'listUsers' : 'getGroup', PUT: 'assignUser', DELETE: 'unassignUser' }[method];
    const count = (counts[on] = (counts[on] ?? 0) + 1);
    const asks = url.searchParams.get('expand') === 'group-rules';
    const rule =
      (story.answers ?? []).find(
        (rule) =>
          rule.on === on &&
          [rule.nth ?? count].flat().includes(count) &&
          count >= (rule.from ?? 0) &&
          count <= (rule.to ?? Infinity) &&
          (rule.user ?? user) === user &&
          (rule.expand ?? asks) === asks,
      ) ?? {};
    const headers = { 'content-type': 'application/json', ...(story.date !== null && { date: DATE }) };
    let { status } = rule;
    let body;
    if (status) {
      if (rule.code) body = { errorCode: rule.code, errorSummary: 'no', errorCauses: [] };
    } else if (on === 'getGroup') {
      const lastMembershipUpdated = `2025-01-01T00:00:00.${String(changes).padStart(3, '0')}Z`;
      const type = rule.type ?? story.type ?? 'OKTA_GROUP';
      body = { id: GROUP, type, profile: { name: 'West', description: null }, lastMembershipUpdated };
    } else if (on === 'listUsers') body = page(rule, url, headers);
    else {
      status = 204;
      if (on === 'unassignUser') change(`-${user}`);
      else if (!members.includes(user) && !rule.hang) change(`+${user}`);
    }
    const answer = new Response(body && JSON.stringify(body), { status: status ?? 200, headers });
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
      if (rule.delayMs) setTimeout(() => resolve(answer), rule.delayMs);
      else if (!rule.hang) resolve(answer);
    });
  };
  return { fetch, change, members: () => members.toSorted() };
}

const toldOfPlan = ({ add, remove, basedOn, skipped, warnings }) => ({
  add,
  remove,
  at: basedOn.at ?? null,
  skipped: skipped.map(({ userId, reason }) => `${userId} ${reason}`),
  warnings,
});

function toldOfReport(report) {
  const { plan, rest, failed, notAttempted, withheld = [], stopped = null, unverified = null } = report;
  return {
    ...report,
    ...toldOfPlan(plan),
    end: 'report',
    failed: failed.map(({ op, userId, error }) => `${op} ${userId} ${error.kind}`),
    notAttempted: notAttempted.map(({ op, userId }) => `${op} ${userId}`),
    withheld,
    stopped,
    unverified,
    rest: rest ? {} : null,
    restAdd: rest?.add ?? null,
    restRemove: rest?.remove ?? null,
    adds: rest ? [rest.adds.planned, rest.adds.done] : null,
    moved: rest ? rest.basedOn.lastMembershipUpdated !== plan.basedOn.lastMembershipUpdated : null,
  };
}

for (const story of fixture('bulk-stories.json')) {
  test(story.name, async (t) => {
    const { until, now } = virtualTime(t);
    const org = scriptedOrg(story);
    const { groups } = new OktaGroups({
      orgUrl: ORG,
      auth: bearer(() => 'token'),
      fetch: org.fetch,
      timeout: 600_000,
      retry: false,
      rateLimit: { maxConcurrency: story.maxConcurrency ?? 30 },
    });
    let [plan, rest] = [];
    const edited = (stored, edit = {}) => {
      const copy = structuredClone(stored);
      for (const [name, value] of Object.entries(edit)) {
        if (value === null) delete copy[name];
        else copy[name] = Array.isArray(value) ? expanded(value) : value;
      }
      return copy;
    };
    for (const [number, call] of story.calls.entries()) {
      for (const change of call.between ?? []) org.change(change);
      const { keep, ...options } = call.options ?? {};
      if (keep) options.keep = expanded(keep);
      const began = now();
      let told;
      try {
        if (call.do === 'plan') {
          plan = await until(groups.planMembers(GROUP, expanded(call.desired), options));
          told = { ...toldOfPlan(plan), end: 'plan' };
        } else {
          const run =
            call.do === 'sync'
              ? groups.syncMembers(GROUP, expanded(call.desired), options)
              : groups.applyPlan(edited(call.do === 'rest' ? rest : plan, call.edit), options);
          if (call.abortAt) setTimeout(() => run.abort('enough'), call.abortAt);
          const report = await until(run.report());
          told = toldOfReport(report);
          rest = report.rest;
          const error = await run.then(
            (same) => assert.equal(same, report),
            (error) => error,
          );
          assert.equal(error instanceof OktaBulkError, !report.ok);
          if (error) assert.equal(error.report, report);
          if (report.stopped === 'aborted') assert.equal(error.cause, 'enough');
          told.message = error?.message;
        }
      } catch (error) {
        if (!error.kind) throw error;
        told = { end: error.argument ? `${error.kind} ${error.argument}` : error.kind };
      }
      told.members = org.members();
      told.ms = now() - began;
      for (const [name, value] of Object.entries(call.expect ?? {})) {
        const isList = Array.isArray(value) && value.every((item) => typeof item === 'string');
        let expected = isList && name !== 'warnings' ? expanded(value) : value;
        if (name === 'members') expected = expected.toSorted();
        assert.deepEqual(told[name], expected, `call ${number}: ${name} of ${JSON.stringify(told)}`);
      }
    }
  });
}
