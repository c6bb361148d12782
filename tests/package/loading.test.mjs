// The errors of a program whose wasm does not load.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';

const run = promisify(execFile);

const OPTIONS = `{ orgUrl: 'https://example.okta.com', auth: { kind: 'any', authorize: () => ({}) } }`;

// Each use of each entry that needs wasm first.
const USES = {
  'new OktaGroups()': ['okta-groups', `new entry.OktaGroups(${OPTIONS})`],
  'an expression': ['okta-groups', `entry.eq('type', 'OKTA_GROUP')`],
  'a text to be parsed': ['okta-groups', `entry.parse('type eq "OKTA_GROUP"')`],
  'a filter to be compiled': ['okta-groups', `entry.compile('type eq "OKTA_GROUP"')`],
  'init()': ['okta-groups/slim', 'await entry.init()'],
  'init() of bytes': ['okta-groups/slim', 'await entry.init(new Uint8Array(8))'],
  'init() of everything': ['okta-groups/external', 'await entry.init()'],
  'createOrg()': ['okta-groups/emulator', 'entry.createOrg()'],
  'serveOrg()': ['okta-groups/emulator', 'await entry.serveOrg()'],
};

for (const [name, [entry, use]] of Object.entries(USES)) {
  for (const [type, have] of [
    ['module', `await import('${entry}')`],
    ['commonjs', `require('${entry}')`],
  ]) {
    test(`${name} without WebAssembly names it (${type})`, async () => {
      const program = `
        const told = async () => {
          if (globalThis.WebAssembly) return 'there is WebAssembly';
          const entry = ${have};
          try { ${use}; return 'nothing was thrown' } catch (error) { return error }
        };
        told().then((error) => {
          const { name, kind, argument, message, cause } = error;
          console.log(JSON.stringify({ name, kind, argument, message, cause: String(cause) }));
        });`;
      const flags = ['--jitless', `--input-type=${type}`, '--eval', program];
      const { stdout } = await run(process.execPath, flags, { cwd: import.meta.dirname });
      const { message, cause, ...error } = JSON.parse(stdout);
      assert.deepEqual(error, { name: 'OktaConfigError', kind: 'config', argument: 'wasm' });
      assert.match(cause, /^(Reference|Type)Error: /);
      assert.match(message, /no WebAssembly/);
    });
  }
}

/** Copies the main entry to a folder of its own, changes the copy by `change(folder)`, and parses an expression there. */
async function parsedIn(change) {
  const folder = await mkdtemp(join(tmpdir(), 'okta-groups-'));
  try {
    const names = ['index.node.js', 'core.node.js', 'core-inline.js', 'core_bg.wasm'];
    const from = (name) => new URL(`../../pkg/dist/${name}`, import.meta.url);
    await Promise.all(names.map((name) => cp(from(name), join(folder, name))));
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    await change(folder);
    const { parse } = await import(join(folder, 'index.node.js'));
    return String(parse('( id PR )'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('Node reads the wasm of the main entry from its file and does not decode the text', async () => {
  const noText = (folder) => writeFile(join(folder, 'core-inline.js'), "export default '';");
  assert.equal(await parsedIn(noText), 'id pr');
});

test('Node decodes the text of the main entry if the file is not there, or of another version', async () => {
  assert.equal(await parsedIn((folder) => rm(join(folder, 'core_bg.wasm'))), 'id pr');
  const another = async (folder) => {
    const file = join(folder, 'core_bg.wasm');
    const bytes = await readFile(file);
    // Neither its name nor its code is ours.
    await writeFile(file, bytes.fill(0, 8));
  };
  assert.equal(await parsedIn(another), 'id pr');
});
