// The stories of runs of memberships that both languages tell, `fixtures/bulk-stories.json`: a scripted org, options, and
// what comes of them, in virtual time. `tests/members.rs` reads the same file.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OktaBulkError, OktaGroups, bearer } from 'okta-groups';
import { fixture, virtualTime } from './support.mjs';

const GROUP = '00g1';
const ORG = 'https://acme.okta.com';
const DATE = 'Thu, 11 Sep 2025 16:23:30 GMT';

/** `u0..3` is `u0`, `u1`, `u2`, and `u0..2@acme.com` is `u0@acme.com`, `u1@acme.com`. */
const expanded = (list = []) =>
  list.flatMap((entry) => {
    const [, letter, from, to, end] = /^([a-z])(\d+)\.\.(\d+)(@.*)?$/.exec(entry) ?? [];
    if (!letter) return [entry];
    return Array.from({ length: to - from }, (_, n) => `${letter}${Number(from) + n}${end ?? ''}`);
  });

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
  /** A person of the org. By default the login is the id with the story's suffix. */
  const person = (id) => {
    const { status = 'ACTIVE', unindexed, ...profile } = (story.people ?? {})[id] ?? {};
    return { id, status, profile: { login: `${id}${story.suffix ?? ''}`, ...profile } };
  };
  const people = () => [
    ...new Set([...expanded(story.outside), ...Object.keys(story.people ?? {}), ...members]),
  ];
  /** What `profile.login eq "a" or profile.login eq "b"` finds. */
  const found = (search) => {
    const terms = [...search.matchAll(/profile\.(\w+) eq ("(?:[^"\\]|\\.)*")/g)];
    return people()
      .filter((id) => !story.people?.[id]?.unindexed)
      .map(person)
      .filter(({ profile }) =>
        terms.some(([, name, value]) =>
          [profile[name]].flat().some((is) => String(is).toLowerCase() === JSON.parse(value).toLowerCase()),
        ),
      );
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
        return {
          ...person(id),
          ...(asks && !unsaid.includes(id) && { _embedded: { 'group-rules': rules } }),
        };
      });
  };
  const fetch = (address, { method, signal }) => {
    const url = new URL(address);
    const [, , resource, first, , third] = url.pathname.split('/').slice(1).map(decodeURIComponent);
    const user = resource === 'users' ? first : third;
    const [isList, search] = [url.pathname.endsWith('/users'), url.searchParams.get('search')];
    const reads =
      resource === 'users' ? (search ? 'findUsers' : 'getUser') : isList ? 'listUsers' : 'getGroup';
    const on = {
      GET: first === 'rules' ? 'listRules' : reads,
      PUT: 'assignUser',
      DELETE: 'unassignUser',
    }[method];
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
    const headers = {
      'content-type': 'application/json',
      ...(story.date !== null && { date: DATE }),
      ...rule.headers,
    };
    let { status } = rule;
    let body;
    if (status) {
      if (rule.code) body = { errorCode: rule.code, errorSummary: 'no', errorCauses: [] };
    } else if (on === 'getGroup') {
      const lastMembershipUpdated = `2025-01-01T00:00:00.${String(changes).padStart(3, '0')}Z`;
      const type = rule.type ?? story.type ?? 'OKTA_GROUP';
      body = { id: GROUP, type, profile: { name: 'West', description: null }, lastMembershipUpdated };
    } else if (on === 'listUsers') body = page(rule, url, headers);
    else if (on === 'findUsers') {
      const { maxUrl = 8000, maxTerms = Infinity, poison } = story;
      body = { errorCode: 'E0000031', errorSummary: 'Invalid search criteria.', errorCauses: [] };
      if (address.length > maxUrl) status = 414;
      else if (search.split(' or ').length > maxTerms || (poison && search.includes(poison))) status = 400;
      else {
        body = found(search);
        headers.link = `<${ORG}/api/v1/users>; rel="self"`;
      }
    } else if (on === 'getUser') {
      const isIt = (id) => [id, person(id).profile.login.toLowerCase()].includes(user.toLowerCase());
      const id = people().find(isIt);
      if (id) body = person(id);
      else {
        status = 404;
        body = { errorCode: 'E0000007', errorSummary: `Not found: ${user} (User)`, errorCauses: [] };
      }
    } else if (on === 'listRules') {
      headers.link = `<${ORG}/api/v1/groups/rules>; rel="self"`;
      body = (story.rules ?? [['ACTIVE', GROUP]]).map(([status, ...groupIds], n) => ({
        id: `0pr${n}`,
        type: 'group_rule',
        status,
        actions: { assignUserToGroups: { groupIds } },
      }));
    } else {
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
  return { fetch, change, members: () => members.toSorted(), counts };
}

const toldOfPlan = ({ add, remove, basedOn, skipped, warnings, unresolved = [] }) => ({
  add,
  remove,
  at: basedOn.at ?? null,
  skipped: skipped.map(({ userId, reason }) => `${userId} ${reason}`),
  rules: skipped.filter(({ rules }) => rules).map(({ userId, rules }) => `${userId} ${rules.join(' ')}`),
  unresolved: unresolved.map(({ value, reason, candidates }) => [value, reason, ...candidates].join(' ')),
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
      retry: story.retry ? {} : false,
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
      told.read = ['getGroup', 'listUsers', 'findUsers', 'getUser', 'listRules'].map(
        (on) => org.counts[on] ?? 0,
      );
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
