// The errors of a program whose wasm does not load.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
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
