// The documents describe the command correctly: the five commands of both READMEs, as written, and the table of exit codes.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import { CLI, TOKEN, ends, folder, servedOrg } from './support.mjs';

const ROOT = join(import.meta.dirname, '../..');
const run = promisify(execFile);
const text = (path) => readFileSync(join(ROOT, path), 'utf8');

for (const document of ['README.md', 'pkg-template/README.md']) {
  test(`the five commands of ${document} run as they are written`, async () => {
    const [, block] = /<!-- five commands -->\n\n```sh\n([^]*?)```/.exec(text(document));
    const commands = block.trim().split('\n');
    assert.equal(commands.length, 5);
    const org = await servedOrg('--groups', 50, '--users', 30, '--rate-limit', 'off');
    const cwd = folder();
    // `npx okta-groups` runs the bin of the installed package: here the one that was built.
    const bin = join(cwd, 'bin');
    mkdirSync(bin);
    writeFileSync(
      join(bin, 'npx'),
      `#!/bin/sh\n[ "$1" = okta-groups ] || exit 127\nshift\nexec '${process.execPath}' '${CLI}' "$@"\n`,
    );
    chmodSync(join(bin, 'npx'), 0o755);
    const env = { ...process.env, ...org.env, HOME: cwd, PATH: `${bin}${delimiter}${process.env.PATH}` };
    for (const command of commands) {
      const { stdout, stderr } = await run('sh', ['-c', command], { cwd, env });
      assert.ok(!`${stdout}${stderr}`.includes(TOKEN));
      if (command.includes('sync')) assert.match(stderr, /add +5 .*nothing was changed/s);
    }
    assert.ok(existsSync(join(cwd, 'people.csv')));
  });
}

test('the guide lists the exit codes that the command has', async () => {
  const { stdout } = await ends(0, ['help', 'exit-codes']);
  const codes = [...stdout.matchAll(/^ +(\d+) +(.+)$/gm)].map(([, code, meaning]) => [code, meaning]);
  assert.deepEqual(
    codes.map(([code]) => code),
    ['0', '1', '2', '3', '4', '5', '6', '64'],
  );
  const guide = [...text('docs/cli.md').matchAll(/^\| (\d+) +\| (.+?) +\|$/gm)].map(([, code, meaning]) => [
    code,
    meaning,
  ]);
  assert.deepEqual(guide, codes);
});

test('each fixture of CSV is in the tests', () => {
  assert.ok(readdirSync(join(ROOT, 'tests/fixtures/csv')).length >= 18);
});
