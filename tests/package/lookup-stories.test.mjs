// The stories of looking a group up by its name that both languages tell, `fixtures/lookup-stories.json`: an org whose search
// has the groups as they were at first. `tests/members.rs` reads the same file.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OktaGroups, OktaLookupError, bearer, isOktaError, matches } from 'okta-groups';
import { fixture } from './support.mjs';

const ORG = 'https://acme.okta.com';

function scriptedOrg(story) {
  const group = ([id, [type, name]]) => ({ id, type, profile: { name, description: null } });
  const groups = new Map(Object.entries(story.groups).map((entry) => [entry[0], group(entry)]));
  const indexed = structuredClone([...groups.values()]);
  const read = [0, 0];
  const fetch = async (address, { method, body }) => {
    const url = new URL(address);
    const id = url.pathname.split('/')[4];
    const headers = { 'content-type': 'application/json', link: `<${address}>; rel="self"` };
    const json = (value, status = 200) => new Response(JSON.stringify(value), { status, headers });
    if (method === 'POST') {
      const made = group([
        `new${groups.size + 1 - indexed.length}`,
        ['OKTA_GROUP', JSON.parse(body).profile.name],
      ]);
      groups.set(made.id, made);
      return json(made);
    }
    if (!id) {
      read[0]++;
      const search = url.searchParams.get('search');
      return json(indexed.filter((group) => matches(search, group)));
    }
    const there = groups.get(id);
    if (method === 'PUT') there.profile.name = JSON.parse(body).profile.name;
    else read[1]++;
    return there ? json(there) : json({ errorCode: 'E0000007', errorSummary: `Not found: ${id}` }, 404);
  };
  return { fetch, groups, read };
}

for (const story of fixture('lookup-stories.json')) {
  test(story.name, async (t) => {
    let time = 1000;
    t.mock.method(performance, 'now', () => time);
    const org = scriptedOrg(story);
    const { groups } = new OktaGroups({
      orgUrl: ORG,
      auth: bearer(() => 'token'),
      fetch: org.fetch,
      retry: false,
    });
    for (const { create, rename, gone, wait, find, type, expect, read } of story.steps) {
      if (create) await groups.create({ name: create });
      if (rename) await groups.replace(rename[0], { name: rename[1] });
      if (gone) org.groups.delete(gone);
      time += wait ?? 0;
      if (find === undefined) continue;
      const found = await groups.findByName(find, type && { type }).then(
        ({ id }) => id,
        (error) => {
          if (!isOktaError(error, 'lookup')) return error.kind;
          assert.ok(error instanceof OktaLookupError);
          assert.ok(error.message.includes(JSON.stringify(find)), error.message);
          const ids = error.candidates.map(({ id }) => id);
          return [error.reason, ...ids.toSorted()].join(' ');
        },
      );
      assert.equal(found, expect);
      if (read) assert.deepEqual(org.read, read);
    }
  });
}

test('the options of findByName are checked, and an abort ends it', async () => {
  const fetch = () => assert.fail('nothing is sent');
  const { groups } = new OktaGroups({ orgUrl: ORG, auth: bearer(() => 'token'), fetch });
  for (const [name, options, argument] of [
    [7, undefined, 'name'],
    ['West', { kind: 'OKTA_GROUP' }, 'kind'],
    ['West', { type: 7 }, 'type'],
  ]) {
    await assert.rejects(groups.findByName(name, options), { kind: 'argument', argument });
  }
  await assert.rejects(groups.findByName('West', { signal: AbortSignal.abort('enough') }), {
    kind: 'aborted',
    cause: 'enough',
  });
});
