// Whole-org exports: every group once, by several listings at once, over stops and resumes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OktaGroups, bearer, isOktaError, shardOf } from 'okta-groups';
import { createOrg } from 'okta-groups/emulator';
import { failure, json, scripted } from './support.mjs';

/** A client of a local org in this process, which counts its requests. */
function local(options = {}, client = {}) {
  const org = createOrg({ groups: 450, users: 60, ...options });
  const sent = [];
  const fetch = (url, init) => {
    sent.push(new URL(url));
    return org.fetch(url, init);
  };
  const given = { orgUrl: org.orgUrl, auth: bearer(() => 'token'), fetch, ...client };
  return { org, sent, client: new OktaGroups(given) };
}

async function all(items) {
  const read = [];
  for await (const item of items) read.push(item);
  return read;
}

const ids = (groups) => groups.map(({ id }) => id).sort();
const OWN = 'type eq "OKTA_GROUP"';

test('every group comes once and unchanged, whatever the number of lanes, with and without a search', async () => {
  const { client, sent } = local();
  for (const search of [undefined, OWN]) {
    const listed = await client.groups.list({ search }).toArray({ max: 1000 });
    for (const lanes of [1, 2, 4, 8]) {
      sent.length = 0;
      const exported = await all(client.groups.exportGroups({ search, lanes, limit: 10 }));
      const sorted = (groups) => [...groups].sort((one, other) => (one.id < other.id ? -1 : 1));
      assert.deepEqual(sorted(exported), sorted(listed));
      assert.ok(sent.length <= Math.ceil(listed.length / 10) * 1.05 + 3 * lanes, `${sent.length} requests`);
      const ranges = new Set(sent.map((url) => url.searchParams.get('search')));
      assert.ok(lanes === 1 ? ranges.size === 1 : ranges.size >= lanes, 'lanes read ranges of their own');
    }
  }
});

test('no more listings run at once than there are lanes', async () => {
  let running = 0;
  let most = 0;
  const { org } = local();
  const fetch = async (url, init) => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 1));
    const answer = await org.fetch(url, init);
    running--;
    return answer;
  };
  const client = new OktaGroups({ orgUrl: org.orgUrl, auth: bearer(() => 'token'), fetch });
  assert.equal((await all(client.groups.exportGroups({ lanes: 3, limit: 10 }))).length, 450);
  assert.ok(most > 1 && most <= 3, `${most} at once`);
});

test('an export that is stopped anywhere goes on from its checkpoint, and gives nothing twice', async () => {
  const { client } = local();
  const listed = ids(await client.groups.list().toArray({ max: 1000 }));
  for (const stopsAfter of [0, 1, 9, 10, 95, 200]) {
    let state;
    let kept = [];
    let taken = [];
    for (let run = 0; run < 100; run++) {
      let left = stopsAfter + run * 7;
      const states = [];
      const checkpoint = async (saved) => {
        await undefined;
        states.push(structuredClone(JSON.parse(JSON.stringify(saved))));
        // What was taken before a checkpoint is the program's, the rest comes again.
        kept = kept.concat(taken);
        taken = [];
      };
      let isStopped = false;
      for await (const { id } of client.groups.exportGroups({
        lanes: 4,
        limit: 10,
        resume: state,
        checkpoint,
      })) {
        taken.push(id);
        if (left-- <= 0) {
          isStopped = true;
          break;
        }
      }
      state = states.at(-1) ?? state;
      taken = [];
      if (!isStopped) break;
    }
    assert.deepEqual(kept.sort(), listed);
    assert.deepEqual(state.ranges, []);
    assert.equal(state.items, listed.length);
  }
});

test('a checkpoint is of one org, one kind, one search and one expand', async () => {
  const { client } = local();
  const states = [];
  const checkpoint = (state) => states.push(state);
  await all(client.groups.exportGroups({ search: OWN, checkpoint, limit: 50 }));
  const [state] = states;
  assert.ok(!JSON.stringify(state).includes('token'));
  const other = local().client;
  const wrong = [
    [other.groups.exportGroups({ search: OWN, resume: state }), /another org/],
    [client.groups.exportGroups({ resume: state }), /another search or expand/],
    [client.groups.exportGroups({ search: OWN, expand: 'stats', resume: state }), /another search or expand/],
    [client.groups.exportMembers([], { resume: state }), /not a checkpoint of an export of members/],
    [client.groups.exportGroups({ search: OWN, resume: { ...state, ranges: 7 } }), /not a checkpoint/],
    [client.groups.exportGroups({ search: OWN, resume: 'yesterday' }), /not a checkpoint/],
  ];
  for (const [run, message] of wrong) {
    const error = await failure(all(run));
    assert.deepEqual([error.kind, error.argument], ['argument', 'resume']);
    assert.match(error.message, message);
  }
});

test('an option that is wrong is named', async () => {
  const { client } = local();
  for (const [options, argument] of [
    [{ lanes: 0 }, 'lanes'],
    [{ lanes: 9 }, 'lanes'],
    [{ shard: { index: 10, of: 10 } }, 'shard'],
    [{ sortBy: 'created' }, 'sortBy'],
    [{ checkpoint: 'file' }, 'checkpoint'],
  ]) {
    assert.equal((await failure(all(client.groups.exportGroups(options)))).argument, argument);
  }
  assert.equal((await failure(all(client.groups.exportMembers('00g1')))).argument, 'groups');
});

test('an org that refuses to search by created gets one list, and the program a warning', async () => {
  const events = [];
  const { org } = local();
  const answer = (url) => {
    if (url.searchParams.has('sortBy')) {
      return json({ errorCode: 'E0000031', errorSummary: 'Invalid search criteria.' }, { status: 400 });
    }
    return org.fetch(String(url).replace('https://example.okta.com', org.orgUrl), {
      headers: { authorization: 'Bearer token' },
    });
  };
  const { client, sent } = scripted(answer, { onEvent: (event) => events.push(event) });
  const exported = await all(client.groups.exportGroups({ lanes: 4, limit: 50 }));
  assert.deepEqual(ids(exported), ids(await client.groups.list().toArray({ max: 1000 })));
  assert.equal(events.filter(({ type }) => type === 'warning').length, 1);
  assert.ok(sent.length < 25);
});

/** An org that answers 500 to a page of more than `most` items. */
function slow(org, most, sent) {
  return async (url, init) => {
    const limit = Number(new URL(url).searchParams.get('limit'));
    sent.push(limit);
    return limit > most ? new Response('', { status: 500 }) : org.fetch(url, init);
  };
}

test('an export keeps the page size that a slow org made it shrink to, with and without a limit', async () => {
  const { org } = local();
  for (const [options, shrunk] of [
    [{}, [200, 100, 50]],
    [{ limit: 200 }, [200, 100, 50]],
    [{ limit: 100 }, [100, 50]],
  ]) {
    const sent = [];
    const client = new OktaGroups({
      orgUrl: org.orgUrl,
      auth: bearer(() => 'token'),
      fetch: slow(org, 30, sent),
      retry: { baseDelay: 1 },
    });
    assert.equal((await all(client.groups.exportGroups({ lanes: 1, ...options }))).length, 450);
    const failed = sent.filter((limit) => limit > 30);
    assert.deepEqual([...new Set(failed)], shrunk);
    assert.equal(failed.length, shrunk.length, `${sent}`);
    const groups = await client.groups.list({ expand: ['stats'], limit: 10 }).toArray({ max: 1000 });
    const usersOf = (group) => group._embedded.stats.usersCount;
    const largest = groups.reduce((one, other) => (usersOf(one) < usersOf(other) ? other : one));
    assert.ok(usersOf(largest) > 50, 'the members fill several pages of 25');
    sent.length = 0;
    const rows = await all(client.groups.exportMembers([largest.id], { lanes: 1, ...options }));
    assert.equal(rows.length, usersOf(largest));
    const failures = sent.filter((limit) => limit > 30).length;
    assert.equal(failures, shrunk.length, `${sent}`);
  }
});

test('an export that resumes takes another limit for the pages that follow', async () => {
  const { client, sent } = local();
  let state;
  for await (const _ of client.groups.exportGroups({
    lanes: 1,
    limit: 100,
    checkpoint: (given) => (state = given),
  }))
    if (state) break;
  sent.length = 0;
  await all(client.groups.exportGroups({ lanes: 1, limit: 20, resume: state }));
  assert.deepEqual([...new Set(sent.map((url) => url.searchParams.get('limit')))], ['20']);
});

test('an org that leaves the order of created makes the export fail', async () => {
  let page = 0;
  const { client } = scripted((url) => {
    if (url.searchParams.get('limit') === '1') {
      const headers = { link: `<${url}>; rel="self"` };
      return json([{ id: '00g9', created: '2026-01-01T00:00:00.000Z' }], { headers });
    }
    const at = ++page;
    const created = `2025-01-0${at === 1 ? 1 : 9 - at}T00:00:00.000Z`;
    const items = Array.from({ length: 10 }, (_, item) => ({ id: `00g${at}${item}`, created }));
    const link = `<${url.origin}${url.pathname}?after=${at}&${url.search.slice(1)}>; rel="next"`;
    return json(items, { headers: { link } });
  });
  const error = await failure(all(client.groups.exportGroups({ lanes: 4, limit: 10 })));
  assert.deepEqual([error.kind, error.reason], ['response', 'shape']);
});

test('a signal ends an export, and leaving it ends what is being read', async () => {
  const { client, sent } = local();
  const stop = new AbortController();
  const error = await failure(
    (async () => {
      for await (const _ of client.groups.exportGroups({ signal: stop.signal, limit: 10 }))
        stop.abort(new Error('enough'));
    })(),
  );
  assert.equal(error.kind, 'aborted');
  assert.equal(error.cause.message, 'enough');
  for await (const _ of client.groups.exportGroups({ limit: 10 })) break;
  await new Promise((resolve) => setTimeout(resolve, 20));
  const before = sent.length;
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(sent.length, before);
});

test('a checkpoint that cannot be saved ends the export', async () => {
  const { client } = local();
  const error = await failure(
    all(
      client.groups.exportGroups({
        checkpoint: async () => {
          throw new Error('the disk is full');
        },
      }),
    ),
  );
  assert.equal(error.message, 'the disk is full');
});

test('members and apps come as rows of all groups, over stops, and a deleted group stops nothing', async () => {
  const { client } = local();
  const groups = await client.groups.list({ search: OWN }).toArray({ max: 40, onExceed: 'truncate' });
  const gone = groups[3].id;
  await client.groups.delete(gone);
  const wanted = [];
  for (const { id } of groups) {
    if (id === gone) continue;
    for await (const user of client.groups.listUsers(id)) wanted.push(`${id} ${user.id}`);
  }
  let state;
  const rows = [];
  for (let stop = 10; ; stop += 30) {
    let taken = [];
    let isStopped = false;
    const checkpoint = (saved) => {
      state = JSON.parse(JSON.stringify(saved));
      rows.push(...taken);
      taken = [];
    };
    for await (const { groupId, user } of client.groups.exportMembers(groups, {
      checkpoint,
      resume: state,
      limit: 5,
    })) {
      taken.push(`${groupId} ${user.id}`);
      if (taken.length === 3 && rows.length > stop) {
        isStopped = true;
        break;
      }
    }
    if (!isStopped) break;
  }
  assert.deepEqual(rows.sort(), wanted.sort());
  assert.deepEqual([state.missing, state.source, state.done, state.rows], [[gone], 40, [], wanted.length]);
  const apps = await all(client.groups.exportApps(groups.map(({ id }) => id)));
  const listed = [];
  for (const { id } of groups) {
    if (id !== gone) for await (const app of client.groups.listApps(id)) listed.push(`${id} ${app.id}`);
  }
  assert.deepEqual(apps.map(({ groupId, app }) => `${groupId} ${app.id}`).sort(), listed.sort());
});

test('an export of members over an export of groups goes on with both', async () => {
  const { client } = local({ groups: 60 });
  const wanted = (await all(client.groups.exportMembers(client.groups.exportGroups()))).length;
  let state;
  const seen = new Set();
  let count = 0;
  for (let stop = 40; ; stop += 40) {
    const groups = client.groups.exportGroups({ limit: 10, resume: state?.source });
    let taken = [];
    let isStopped = false;
    const checkpoint = (saved) => {
      state = structuredClone(saved);
      for (const row of taken) seen.add(row);
      count += taken.length;
      taken = [];
    };
    for await (const { groupId, group, user } of client.groups.exportMembers(groups, {
      checkpoint,
      resume: state,
    })) {
      assert.deepEqual([group.id, typeof group.profile.name], [groupId, 'string']);
      taken.push(`${groupId} ${user.id}`);
      if (count + taken.length > stop && taken.length < 5) {
        isStopped = true;
        break;
      }
    }
    if (!isStopped) break;
  }
  assert.deepEqual([seen.size, count], [wanted, wanted]);
  const error = await failure(
    all(client.groups.exportMembers(client.groups.exportGroups(), { resume: { ...state, source: 3 } })),
  );
  assert.equal(error.argument, 'resume');
});

test('shards are disjoint, and together are the org', async () => {
  const { client } = local();
  const parts = await Promise.all(
    [0, 1, 2].map((index) => all(client.groups.exportGroups({ shard: { index, of: 3 } }))),
  );
  assert.deepEqual(ids(parts.flat()), ids(await client.groups.list().toArray({ max: 1000 })));
  parts.forEach((part, index) =>
    assert.ok(part.length > 100 && part.every(({ id }) => shardOf(id, 3) === index)),
  );
});

test('a group that is given several times comes once, over stops too', async () => {
  const { client } = local({ groups: 6, users: 90 });
  const [first, ...rest] = await all(client.groups.exportGroups({ search: OWN }));
  const source = [first, ...rest, first.id, first, ...rest.map(({ id }) => id)];
  const wanted = (await all(client.groups.exportMembers([first, ...rest]))).map(({ user }) => user.id).sort();
  const whole = await all(client.groups.exportMembers(source, { limit: 7 }));
  assert.deepEqual(whole.map(({ user }) => user.id).sort(), wanted);

  let state;
  let taken = [];
  let kept = 0;
  for (let ends = 1; ; ends++) {
    const checkpoint = (now) => {
      state = JSON.parse(JSON.stringify(now));
      kept = taken.length;
    };
    let pages = 0;
    let isOver = true;
    for await (const { user } of client.groups.exportMembers(source, {
      limit: 7,
      resume: state,
      checkpoint,
    })) {
      if (++pages > 15) {
        isOver = false;
        break;
      }
      taken.push(user.id);
    }
    if (isOver) break;
    taken = taken.slice(0, kept);
    assert.ok(ends < 100, 'each part goes on');
  }
  assert.deepEqual(taken.sort(), wanted);
});

test('a signal ends an export whose source gives nothing more', async () => {
  const { client } = local({ groups: 4 });
  const [{ id }] = await all(client.groups.exportGroups({ search: OWN }));
  const control = new AbortController();
  const reason = new Error('enough');
  async function* source() {
    yield id;
    await new Promise(() => {});
  }
  const rows = client.groups.exportMembers(source(), { signal: control.signal });
  const ended = failure(all(rows));
  setImmediate(() => control.abort(reason));
  const error = await ended;
  assert.ok(isOktaError(error, 'aborted'));
  assert.equal(error.cause, reason);
});

test('a checkpoint goes on if its store changed the order of its fields, and not with times that are none', async () => {
  const { client } = local({ groups: 40 });
  let state;
  const shard = { index: 1, of: 2 };
  for await (const group of client.groups.exportGroups({
    limit: 5,
    shard,
    checkpoint: (now) => (state ??= JSON.parse(JSON.stringify(now))),
  }))
    if (state && group) break;
  const turned = (value) =>
    Array.isArray(value)
      ? value.map(turned)
      : value && typeof value === 'object'
        ? Object.fromEntries(
            Object.entries(value)
              .reverse()
              .map(([name, part]) => [name, turned(part)]),
          )
        : value;
  assert.ok((await all(client.groups.exportGroups({ limit: 5, shard, resume: turned(state) }))).length > 0);
  for (const name of ['from', 'to', 'asked']) {
    for (const time of ['yesterday', 5, {}]) {
      const ranges = [{ ...state.ranges[0], [name]: time }];
      const error = await failure(
        all(client.groups.exportGroups({ limit: 5, shard, resume: { ...state, ranges } })),
      );
      assert.equal(error.argument, 'resume', `${name}: ${time}`);
    }
  }
});
