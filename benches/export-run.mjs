// One run: node export-run.mjs MODE URL
import { setTimeout as wait } from 'node:timers/promises';

const [, , mode, url] = process.argv;
const AT_ONCE = 10;

const MODES = {
  async plain() {
    async function* pages(path) {
      for (let next = `${url}${path}`; next;) {
        const response = await fetch(next, {
          headers: { accept: 'application/json', authorization: 'SSWS token' },
        });
        if (!response.ok) throw new Error(`${response.status}`);
        yield await response.json();
        next = /<([^>]+)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1];
      }
    }
    async function* items(path) {
      for await (const page of pages(path)) yield* page;
    }
    return () =>
      exported(items('/api/v1/groups?limit=200'), (id) => items(`/api/v1/groups/${id}/users?limit=200`));
  },
  async 'okta-groups'() {
    const groups = await ours();
    return () => exported(groups.list(), (id) => groups.listUsers(id));
  },
  async sdk() {
    const okta = (await import('@okta/okta-sdk-nodejs')).default;
    const client = new okta.Client({ orgUrl: url, token: 'token' });
    return async () =>
      exported(await client.groupApi.listGroups({ limit: 200 }), (groupId) => ({
        async *[Symbol.asyncIterator]() {
          yield* await client.groupApi.listGroupUsers({ groupId, limit: 200 });
        },
      }));
  },
  async 'one-by-one'() {
    const groups = await ours();
    return () => used(groups.list({ limit: 50, prefetch: 0 }));
  },
  async 'read-ahead'() {
    const groups = await ours();
    return () => used(groups.list({ limit: 50 }));
  },
};

async function ours() {
  const { OktaGroups, ssws } = await import('../pkg/dist/index.js');
  return new OktaGroups({ orgUrl: url, auth: ssws('token') }).groups;
}

/** Reads the members of so many groups at once; gives how many there are in all. */
async function exported(groups, members) {
  let count = 0;
  const running = new Set();
  for await (const { id } of groups) {
    const job = (async () => {
      for await (const user of members(id)) count += user.id ? 1 : 0;
    })().finally(() => running.delete(job));
    running.add(job);
    if (running.size === AT_ONCE) await Promise.race(running);
  }
  await Promise.all(running);
  return count;
}

async function used(list) {
  let count = 0;
  for await (const page of list.pages()) {
    count += page.items.length;
    await wait(20);
  }
  return count;
}

// Imports are not measured here: `bench load` does that.
const run = await MODES[mode]();
const cpu = process.cpuUsage();
const started = performance.now();
const found = await run();
const wallMs = performance.now() - started;
const { user, system } = process.cpuUsage(cpu);
const rssMb = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ wallMs, cpuMs: (user + system) / 1000, rssMb, found }));
process.exit(0);
