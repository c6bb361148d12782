// One run: node call-run.mjs MODE [PACKAGE]. CPU of one call over a `fetch` that answers at once from memory.
const [, , mode, before] = process.argv;
const CALLS = 20_000;
const BODY = JSON.stringify({
  id: '00g1',
  type: 'OKTA_GROUP',
  profile: { name: 'West Coast Users', description: 'Straight Outta Compton' },
});
const HEADERS = {
  'content-type': 'application/json',
  date: 'Thu, 11 Sep 2025 16:21:50 GMT',
  'x-okta-request-id': 'XsxgmqIqLm7nMRGKsiyIVwAAA7w',
  'x-rate-limit-limit': '1000000',
  'x-rate-limit-remaining': '999999',
  'x-rate-limit-reset': '1757607758',
};
const fetch = async () => new Response(BODY, { headers: HEADERS });

async function ours(entry) {
  const { OktaGroups, ssws } = await import(entry);
  const { groups } = new OktaGroups({ orgUrl: 'https://example.okta.com', auth: ssws('token'), fetch });
  return () => groups.get('00g1');
}

const MODES = {
  plain: () => async () => {
    const response = await fetch('https://example.okta.com/api/v1/groups/00g1', {
      headers: { accept: 'application/json', authorization: 'SSWS token' },
    });
    return response.json();
  },
  'okta-groups': () => ours('../pkg/dist/index.js'),
  before: () => ours(before),
};

const call = await MODES[mode]();
for (let i = 0; i < CALLS / 4; i++) await call();
const cpu = process.cpuUsage();
for (let i = 0; i < CALLS; i++) await call();
const { user, system } = process.cpuUsage(cpu);
console.log(JSON.stringify({ cpuUs: (user + system) / CALLS }));
process.exit(0);
