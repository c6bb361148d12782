// The stories of updates of rules that both languages tell, `fixtures/rule-stories.json`: a scripted org, a patch, and what
// comes of it, in virtual time. `tests/rules.rs` reads the same file.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OktaGroups, bearer } from 'okta-groups';
import { fixture, virtualTime } from './support.mjs';

const ORG = 'https://acme.okta.com';
const RULE = '0pr1';

const refusal = (errorCode, ...causes) => ({
  errorCode,
  errorSummary: 'Api validation failed',
  errorCauses: causes.map((errorSummary) => ({ errorSummary })),
});

/** An org with one rule, which does what a story says. */
function scriptedOrg(story) {
  let rule = {
    id: RULE,
    type: 'group_rule',
    name: 'old',
    status: story.status ?? 'ACTIVE',
    created: '2025-01-01T00:00:00.000Z',
    lastUpdated: '2025-01-01T00:00:00.000Z',
    allGroupsValid: true,
    conditions: {
      people: { users: { exclude: ['00ux'] }, groups: { exclude: ['00gx'] } },
      expression: { value: 'user.old=="a"', type: 'urn:okta:expression:1.0' },
    },
    actions: { assignUserToGroups: { groupIds: ['00g1'] } },
    _embedded: { groupIdToGroupNameMap: { '00g1': 'West' } },
    ...story.rule,
  };
  const counts = {};
  const requests = [];
  let body;
  /** What the org does: `[status, body]`. */
  const done = (on) => {
    const isInvalid = rule.status === 'INVALID';
    if (on === 'get') return [200, rule];
    if (on === 'replace') {
      if (rule.status === 'ACTIVE') return [400, refusal('E0000001', 'the rule is ACTIVE')];
      if (body.conditions?.expression.value === 'broken') {
        return [
          400,
          refusal('E0000001', 'Invalid expression syntax broken', 'conditions: Invalid expression'),
        ];
      }
      const { id, status, created } = rule;
      rule = { ...body, id, status, created, lastUpdated: '2025-01-02T00:00:00.000Z' };
      return [200, rule];
    }
    if (isInvalid) return [400, refusal('E0000001', `Cannot ${on} a Group Rule with the status INVALID.`)];
    rule = { ...rule, status: on === 'activate' ? 'ACTIVE' : 'INACTIVE' };
    return [204];
  };
  const fetch = (url, { method, signal, body: text }) => {
    const [, verb] = /lifecycle\/(\w+)$/.exec(new URL(url).pathname) ?? [];
    const on = verb ?? { GET: 'get', PUT: 'replace' }[method];
    requests.push(on);
    if (on === 'replace') body = JSON.parse(text);
    const count = (counts[on] = (counts[on] ?? 0) + 1);
    const told =
      (story.answers ?? []).find(
        ({ on: its, nth, to }) =>
          its === on && [nth ?? count].flat().includes(count) && count <= (to ?? Infinity),
      ) ?? {};
    if (told.becomes) rule = { ...rule, status: told.becomes };
    const isDone = !told.status && told.lost !== 'not done' && told.hang !== true;
    const [status, answer] = isDone ? done(on) : [told.status, refusal(told.code)];
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
      if (told.lost) {
        reject(new TypeError('fetch failed', { cause: Object.assign(new Error(), { code: 'ECONNRESET' }) }));
      } else if (!told.hang) {
        const headers = { 'content-type': 'application/json' };
        const response = new Response(answer && JSON.stringify(answer), { status, headers });
        if (told.delayMs) setTimeout(() => resolve(response), told.delayMs);
        else resolve(response);
      }
    });
  };
  return { fetch, requests, rule: () => rule, body: () => body };
}

for (const story of fixture('rule-stories.json')) {
  test(story.name, async (t) => {
    const { until, now } = virtualTime(t);
    const org = scriptedOrg(story);
    const { rules } = new OktaGroups({
      orgUrl: ORG,
      auth: bearer(() => 'token'),
      fetch: org.fetch,
      timeout: 600_000,
    });
    const { totalTimeout, abortAt } = story;
    const control = new AbortController();
    if (abortAt) setTimeout(() => control.abort('enough'), abortAt);
    const began = now();
    const update = rules.update(story.id ?? RULE, story.patch, { totalTimeout, signal: control.signal });
    const told = {};
    try {
      const answer = await until(update);
      assert.equal(answer.id, RULE);
      told.end = 'updated';
      told.answer = answer.status;
    } catch (error) {
      if (!error.kind) throw error;
      const { kind, argument, mayHaveRun = false, ruleStatus = null, message } = error;
      told.end = kind === 'argument' ? `${kind} ${argument}` : kind;
      Object.assign(told, { mayHaveRun, left: ruleStatus });
      assert.equal(/; the rule is left (\w+)$/.exec(message)?.[1] ?? null, ruleStatus, message);
      if (kind === 'aborted') assert.equal(error.cause, 'enough');
      assert.match(error.stack, /rules-stories\.test\.mjs/);
    }
    told.ms = now() - began;
    told.requests = org.requests;
    told.status = org.rule().status;
    told.is = org.rule().name === 'new' ? 'new' : 'old';
    told.body = org.body();
    for (const [name, value] of Object.entries(story.expect)) {
      assert.deepEqual(told[name], value, `${name} of ${JSON.stringify(told)}`);
    }
  });
}
