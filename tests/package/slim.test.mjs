// The entry whose wasm is a file of its own.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import test from 'node:test';
import { promisify } from 'node:util';

const wasm = createRequire(import.meta.url).resolve('okta-groups/core_bg.wasm');

/** Runs a program of its own, since a wasm is loaded once in a process; gives what it prints. */
async function run(program) {
  const source = `import * as okta from 'okta-groups/slim'; const wasm = ${JSON.stringify(wasm)}; ${program}`;
  const args = ['--input-type=module', '--eval', source];
  return (await promisify(execFile)(process.execPath, args, { cwd: import.meta.dirname })).stdout.trim();
}

const GET = `
  const client = new okta.OktaGroups({ orgUrl: 'https://example.okta.com', auth: okta.bearer('t'),
    fetch: async () => new Response('{"id":"00g1"}') });
  console.log((await client.groups.get('00g1')).id);`;

test('it finds its wasm, or is given it', async () => {
  for (const init of [
    'await okta.init();',
    'await okta.init(); await okta.init();',
    `import { readFile } from 'node:fs/promises'; await okta.init(await readFile(wasm));`,
    `import { readFile } from 'node:fs/promises'; await okta.init(await WebAssembly.compile(await readFile(wasm)));`,
    `import { readFile } from 'node:fs/promises';
     await okta.init(new Response(await readFile(wasm), { headers: { 'content-type': 'application/wasm' } }));`,
  ]) {
    assert.equal(await run(init + GET), '00g1');
  }
  assert.ok((await readFile(wasm)).byteLength > 0);
});

test('a wasm that is not this build’s is refused, and its hash is told', async () => {
  // The file, less the section at its end that says which build it is; and an empty module.
  const printed = await run(`
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
    await okta.init(file); ${GET}`);
  const [another, empty, ...rest] = printed.split('\n');
  assert.match(another, /^config init the wasm could not be loaded: it is \S+, not \S+$/);
  assert.match(empty, /^config init the wasm could not be loaded: it is no core of okta-groups, not /);
  assert.deepEqual(rest, ['true', '00g1']);
});

test('used before init it says what to do', async () => {
  const printed = await run(`
    try { new okta.OktaGroups({ orgUrl: 'https://example.okta.com', auth: okta.bearer('t') }) }
    catch (error) { console.log(error.kind, error.message) }`);
  assert.match(printed, /^config .*init\(\)/);
});

test('it exports what the main entry exports, and init', async () => {
  const main = await import('okta-groups');
  const slim = await import('okta-groups/slim');
  assert.deepEqual(Object.keys(slim).sort(), [...Object.keys(main), 'init', 'wasmIntegrity'].sort());
  const cjs = createRequire(import.meta.url)('okta-groups');
  assert.deepEqual(
    Object.keys(cjs)
      .filter((name) => name !== 'default')
      .sort(),
    Object.keys(main).sort(),
  );
});
