// Two copies of the package in one program: each has a core of its own, so rate limits of its own, and the second says so.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import test from 'node:test';
import { promisify } from 'node:util';

/** What a program prints as warnings, in which `made(okta)` makes a client and `okta` holds entries. */
async function warnings(program) {
  const source = `
    import { createRequire } from 'node:module';
    const require = createRequire(${JSON.stringify(import.meta.url)});
    const warned = [];
    console.warn = (...said) => warned.push(said);
    const made = ({ OktaGroups, bearer }) =>
      new OktaGroups({ orgUrl: 'https://example.okta.com', auth: bearer('t'), fetch: async () => new Response('{}') });
    ${program}
    console.log(JSON.stringify(warned));`;
  const args = ['--input-type=module', '--eval', source];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: import.meta.dirname });
  return JSON.parse(stdout);
}

const IMPORT = (entry) => `await import('${entry}')`;
const REQUIRE = (entry) => `require('${entry}')`;

const MAIN = { name: 'the main entry', have: IMPORT('okta-groups'), core: 'all' };
const EXTERNAL = { name: '/external', have: IMPORT('okta-groups/external'), init: true, core: 'all' };
const SLIM = { name: '/slim', have: IMPORT('okta-groups/slim'), init: true, core: 'slim' };
const MAIN_CJS = { name: 'the main entry by require()', have: REQUIRE('okta-groups'), core: 'cjs' };
const EXTERNAL_CJS = {
  name: '/external by require()',
  have: REQUIRE('okta-groups/external'),
  init: true,
  core: 'cjs 2',
};
const SLIM_CJS = { name: '/slim by require()', have: REQUIRE('okta-groups/slim'), init: true, core: 'cjs 3' };

const COPIES = [MAIN, EXTERNAL, SLIM, MAIN_CJS, EXTERNAL_CJS, SLIM_CJS];
const ready = ({ have, init }, as) => `const ${as} = ${have}; ${init ? `await ${as}.init();` : ''}`;

for (const [at, first] of COPIES.entries()) {
  for (const second of COPIES.slice(at)) {
    const isOne = first.core === second.core;
    test(`${first.name} and ${second.name} ${isOne ? 'are one copy' : 'are two, which is said once'}`, async () => {
      for (const [a, b] of first === MAIN
        ? [
            [first, second],
            [second, first],
          ]
        : [[first, second]]) {
        const warned = await warnings(`
          ${ready(a, 'a')}
          ${ready(b, 'b')}
          for (let time = 0; time < 2; time++) for (const okta of [a, b]) made(okta);`);
        assert.equal(warned.length, isOne ? 0 : 1);
        if (!isOne) assert.match(warned[0][0], /^okta-groups: .*two copies.*rate limits/);
      }
    });
  }
}

test('the main entry and /external share rate limits', async () => {
  const [limits] = await warnings(`
    const main = await import('okta-groups');
    const external = await import('okta-groups/external');
    await external.init();
    const auth = main.bearer('t');
    const fetch = async () => new Response('{"id":"00g1"}', { headers: {
      'x-rate-limit-limit': '50', 'x-rate-limit-remaining': '49',
      'x-rate-limit-reset': String(Math.ceil(Date.now() / 1000) + 50), date: new Date().toUTCString() } });
    const [a, b] = [main, external].map(({ OktaGroups }) =>
      new OktaGroups({ orgUrl: 'https://example.okta.com', auth, fetch }));
    await a.groups.get('00g1');
    console.warn([...b.rateLimits().values()].map(({ remaining }) => remaining));`);
  assert.deepEqual(limits, [[49]]);
});

test('a program that only has two copies, and makes its clients by one, is told nothing', async () => {
  const warned = await warnings(`
    const main = await import('okta-groups');
    const slim = await import('okta-groups/slim');
    await slim.init();
    slim.quote('x');
    main.eq('id', 'x');
    made(slim); made(slim);`);
  assert.deepEqual(warned, []);
});

test('a program that has locked its globals makes clients all the same', async () => {
  const warned = await warnings(`
    const main = await import('okta-groups');
    Object.preventExtensions(globalThis);
    made(main); made(main);
    const slim = await import('okta-groups/slim');
    await slim.init();
    made(slim);`);
  assert.deepEqual(warned, []);
});
