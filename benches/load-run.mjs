// One run: node load-run.mjs MODE. What a stage took, in milliseconds, with the files that Node resolves the package to.
//
// Node loads its own fetch, `Headers` and `Response` when they are first touched, which every client of HTTP on it
// pays, a bare fetch too: the stage `platform`.
const options = { orgUrl: 'https://example.okta.com' };

const MODES = {
  async 'okta-groups'(stage) {
    const { OktaGroups, ssws, parse } = await stage('import', () => import('../pkg/dist/index.node.js'));
    // The wasm is compiled when it is first needed.
    await stage('compile', () => parse('id pr'));
    return call(stage, OktaGroups, ssws);
  },
  async 'okta-groups/slim'(stage) {
    const { OktaGroups, ssws, init } = await stage('import', () => import('../pkg/dist/slim.node.js'));
    await stage('compile', () => init());
    return call(stage, OktaGroups, ssws);
  },
  async '@okta/okta-sdk-nodejs'(stage) {
    const { default: okta } = await stage('import', () => import('@okta/okta-sdk-nodejs'));
    await stage('construct', () => new okta.Client({ ...options, token: 'token' }));
  },
  async fetch(stage) {
    await stage('platform', platform);
    await stage('call', async () => (await answer()).json());
  },
};

async function call(stage, OktaGroups, ssws) {
  const client = await stage(
    'construct',
    () => new OktaGroups({ ...options, auth: ssws('token'), fetch: answer }),
  );
  await stage('platform', platform);
  const group = await stage('call', () => client.groups.get('00g1'));
  if (group.id !== '00g1') throw new Error(JSON.stringify(group));
}

const answer = async () => new Response('{"id":"00g1","profile":{"name":"a"}}');
const platform = () => new Response(new Headers() && '{}').json();

const times = { importMs: 0, compileMs: 0, constructMs: 0, platformMs: 0, callMs: 0 };
await MODES[process.argv[2]](async (name, run) => {
  const started = performance.now();
  const result = await run();
  times[`${name}Ms`] = performance.now() - started;
  return result;
});
const clientMs = times.importMs + times.compileMs + times.constructMs;
console.log(JSON.stringify({ ...times, clientMs, readyMs: clientMs + times.callMs }));
process.exit(0);
