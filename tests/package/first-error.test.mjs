// What Node prints of an error that a program does not catch: the program's and the package's names, not a file on one line.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * A development build inlines nothing and keeps the names of its functions: its wasm alone fills the ten frames that V8 keeps, so
 * the program's own frame needs a larger stack. What is published has to show it among the ten.
 */
const WASM = new WebAssembly.Module(readFileSync(new URL('../../pkg/dist/core_bg.wasm', import.meta.url)));
const IS_DEV = WebAssembly.Module.customSections(WASM, 'name').length > 0;
const NODE = IS_DEV ? ['--stack-trace-limit=100'] : [];

const HAVE = {
  module:
    "import { OktaGroups, eq, ssws } from 'okta-groups'; import { createOrg } from 'okta-groups/emulator';",
  commonjs:
    "const { OktaGroups, eq, ssws } = require('okta-groups'); const { createOrg } = require('okta-groups/emulator');",
};
const PROGRAMS = {
  'a misspelt option': [
    `new OktaGroups({ orgUrl: 'https://example.okta.com', auht: ssws('t') });`,
    /OktaConfigError: auht/,
  ],
  'no orgUrl': [
    `new OktaGroups({ orgUrl: process.env.NOT_SET, auth: ssws('t') });`,
    /OktaConfigError: orgUrl/,
  ],
  'an empty token': [`ssws('');`, /OktaConfigError/],
  'an expression': [`eq('a b', 1);`, /Okta\w+Error/],
  'an answer of the org': [
    `const { orgUrl, fetch } = createOrg({ groups: 1 });
     new OktaGroups({ orgUrl, auth: ssws('t'), fetch }).groups.get('00gnobody');`,
    /OktaNotFoundError: Okta 404 E0000007/,
  ],
};

for (const [name, [program, said]] of Object.entries(PROGRAMS)) {
  for (const [type, have] of Object.entries(HAVE)) {
    test(`${name} that nobody catches is readable (${type})`, async () => {
      const args = [...NODE, `--input-type=${type}`, '--eval', `${have}\n${program}`];
      const { stderr, code } = await run(process.execPath, args, { cwd: import.meta.dirname }).catch(
        (error) => error,
      );
      assert.equal(code, 1);
      assert.match(stderr, said);
      const isSource = (line) => !/^Okta\w+Error: /.test(line) && !line.trimStart().startsWith('at ');
      for (const line of stderr.split('\n').filter(isSource)) assert.ok(line.length < 200, line);
      const frames = [
        ...stderr.matchAll(
          /^ +at (?:async |new )?([\w$.#]+) \(\S*okta-groups|^ +at (?:async |new )?([\w$.#]+) \(\S*pkg\/dist/gm,
        ),
      ];
      const names = frames.map(([, name, other]) => name ?? other);
      assert.ok(names.length > 0, stderr);
      for (const frame of names) assert.match(frame, /\w{3}/, stderr);
    });
  }
}
