// The entries that load their wasm from a separate file.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import test from 'node:test';
import { promisify } from 'node:util';

const require = createRequire(import.meta.url);

/** Each, and the file of its wasm. */
const ENTRIES = { external: 'core_bg.wasm', slim: 'slim_bg.wasm' };

/** Runs a program of its own, since a wasm is loaded once in a process; gives what it prints. */
async function run(entry, program) {
  const wasm = JSON.stringify(require.resolve(`okta-groups/${ENTRIES[entry]}`));
  const source = `import * as okta from 'okta-groups/${entry}'; const wasm = ${wasm}; ${program}`;
  const args = ['--input-type=module', '--eval', source];
  return (await promisify(execFile)(process.execPath, args, { cwd: import.meta.dirname })).stdout.trim();
}

const GET = `
  const client = new okta.OktaGroups({ orgUrl: 'https://example.okta.com', auth: okta.bearer('t'),
    fetch: async () => new Response('{"id":"00g1"}') });
  console.log((await client.groups.get('00g1')).id);`;

for (const entry of Object.keys(ENTRIES)) {
  test(`/${entry} finds its wasm, or is given it`, async () => {
    for (const init of [
      'await okta.init();',
      'await okta.init(); await okta.init();',
      `import { readFile } from 'node:fs/promises'; await okta.init(await readFile(wasm));`,
      `import { readFile } from 'node:fs/promises'; await okta.init(await WebAssembly.compile(await readFile(wasm)));`,
      `import { readFile } from 'node:fs/promises';
     await okta.init(new Response(await readFile(wasm), { headers: { 'content-type': 'application/wasm' } }));`,
    ]) {
      assert.equal(await run(entry, init + GET), '00g1');
    }
  });

  test(`/${entry} refuses a wasm that is not of its build, and tells the hash of its own`, async () => {
    // The file, less the section at its end that says which build it is; and an empty module.
    const printed = await run(
      entry,
      `
    import { readFile } from 'node:fs/promises';
    import { createHash } from 'node:crypto';
    const file = await readFile(wasm);
    const other = Uint8Array.from(file);
    other[other.length - 1] ^= 1;
    for (const bytes of [other, Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)]) {
      const error = await okta.init(bytes).catch((error) => error);
      console.log(error.kind, error.argument, error.message);
    }
    console.log(okta.wasmIntegrity === 'sha384-' + createHash('sha384').update(file).digest('base64'));
    await okta.init(file); ${GET}`,
    );
    const [another, empty, ...rest] = printed.split('\n');
    assert.match(another, /^config init the wasm could not be loaded: it is \S+, not \S+$/);
    assert.match(empty, /^config init the wasm could not be loaded: it is no core of okta-groups, not /);
    assert.deepEqual(rest, ['true', '00g1']);
  });

  test(`/${entry} says what to do when it is used before init()`, async () => {
    const printed = await run(
      entry,
      `
    try { new okta.OktaGroups({ orgUrl: 'https://example.okta.com', auth: okta.bearer('t') }) }
    catch (error) { console.log(error.kind, error.message) }`,
    );
    assert.ok(printed.startsWith(`config okta-groups/${entry}: await init() `), printed);
  });
}

test('/external exports what the main entry exports, and init', async () => {
  const main = await import('okta-groups');
  const external = await import('okta-groups/external');
  assert.deepEqual(Object.keys(external).sort(), [...Object.keys(main), 'init', 'wasmIntegrity'].sort());
  const cjs = require('okta-groups');
  assert.deepEqual(
    Object.keys(cjs)
      .filter((name) => name !== 'default')
      .sort(),
    Object.keys(main).sort(),
  );
});

test('the wasm of one entry is refused by the other', async () => {
  for (const [entry, other] of [
    ['external', 'slim'],
    ['slim', 'external'],
  ]) {
    const file = JSON.stringify(require.resolve(`okta-groups/${ENTRIES[other]}`));
    const printed = await run(
      entry,
      `import { readFile } from 'node:fs/promises';
       console.log((await okta.init(await readFile(${file})).catch((error) => error)).message);`,
    );
    assert.match(printed, /^the wasm could not be loaded: it is \S+, not \S+$/);
  }
});
