// One run: node list-run.mjs MODE URL
const [, , mode, url] = process.argv;

// Of each: what is measured, with its client made.
const MODES = {
  async plain(each) {
    return async () => {
      let next = `${url}/api/v1/groups?limit=200`;
      while (next) {
        const response = await fetch(next, {
          headers: { accept: 'application/json', authorization: 'SSWS token' },
        });
        for (const group of await response.json()) each(group);
        next = /<([^>]+)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1];
      }
    };
  },
  async 'okta-groups'(each) {
    const list = (await ours()).list();
    return async () => {
      for await (const group of list) each(group);
    };
  },
  async 'no-prefetch'(each) {
    const list = (await ours()).list({ prefetch: 0 });
    return async () => {
      for await (const group of list) each(group);
    };
  },
  async pages(each) {
    const list = (await ours()).list();
    return async () => {
      for await (const page of list.pages()) for (const group of page.items) each(group);
    };
  },
  async sdk(each) {
    const okta = (await import('@okta/okta-sdk-nodejs')).default;
    const client = new okta.Client({ orgUrl: url, token: 'token' });
    return async () => {
      for await (const group of await client.groupApi.listGroups({ limit: 200 })) each(group);
    };
  },
};

async function ours() {
  const { OktaGroups, ssws } = await import('../pkg/dist/index.js');
  return new OktaGroups({ orgUrl: url, auth: ssws('token') }).groups;
}

const ids = new Set();
let count = 0;
const each = (group) => {
  count++;
  ids.add(group.id);
};
// Imports are not measured here: `bench load` does that.
const run = await MODES[mode](each);
const cpu = process.cpuUsage();
const started = performance.now();
await run();
const wallMs = performance.now() - started;
const { user, system } = process.cpuUsage(cpu);
const rssMb = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ wallMs, cpuMs: (user + system) / 1000, rssMb, count, unique: ids.size }));
process.exit(0);
