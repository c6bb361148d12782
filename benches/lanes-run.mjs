// One run of lanes.mjs: prints what it found and what it took as JSON.
import { OktaGroups, ssws } from '../pkg/dist/index.node.js';

const [, , mode, url] = process.argv;
const headers = { authorization: 'SSWS token' };
let requests = 0;
const counted = (address, init) => {
  requests++;
  return fetch(address, init);
};
const client = new OktaGroups({ orgUrl: url, auth: ssws('token'), fetch: counted });
const began = performance.now();
const cpu = process.cpuUsage();
let found = 0;
if (mode === 'list') {
  for await (const _ of client.groups.list()) found++;
} else if (mode.startsWith('lanes-')) {
  for await (const _ of client.groups.exportGroups({ lanes: Number(mode.slice(6)) })) found++;
} else if (mode === 'members') {
  const groups = client.groups.exportGroups({ lanes: 1 });
  for await (const _ of client.groups.exportMembers(groups, { lanes: 8 })) found++;
} else {
  // What a program without a client writes, as many at once.
  const groups = [];
  for await (const group of pages(`${url}/api/v1/groups?limit=200`)) groups.push(group.id);
  const lane = async () => {
    for (let id = groups.pop(); id; id = groups.pop()) {
      for await (const _ of pages(`${url}/api/v1/groups/${id}/users?limit=200`)) found++;
    }
  };
  await Promise.all(Array.from({ length: 8 }, lane));
}
const { user, system } = process.cpuUsage(cpu);
const wallMs = performance.now() - began;
console.log(JSON.stringify({ found, wallMs, cpuMs: (user + system) / 1000, requests }));

async function* pages(first) {
  for (let next = first; next;) {
    const answer = await counted(next, { headers });
    yield* await answer.json();
    next = /<([^>]*)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1];
  }
}
