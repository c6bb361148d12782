// Every snippet of the documents compiles for a strict user, and runs against a local org.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import test, { after, before } from 'node:test';
import { promisify } from 'node:util';
import { snippets } from '../snippets.mjs';

const TESTS = join(import.meta.dirname, '..');
const FOLDER = join(TESTS, '../target/snippets');
const TSC = join(TESTS, '../xtask/node_modules/.bin/tsc');
const run = promisify(execFile);

const programs = snippets()
  .filter(({ language }) => ['js', 'ts'].includes(language))
  .map((snippet) => ({ ...snippet, name: `${snippet.file.replaceAll(/[/.]/g, '-')}-${snippet.line}` }));

/** What the environment of a program holds. */
const SECRETS = {
  OKTA_ORG_URL: '',
  OKTA_TOKEN: 'token',
  OKTA_CLIENT_ID: '0oa1',
  OKTA_PRIVATE_KEY: generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  }).privateKey,
};

/** As strict as users are. */
const TSCONFIG = {
  compilerOptions: {
    target: 'es2022',
    module: 'nodenext',
    lib: ['es2023', 'dom', 'dom.iterable', 'dom.asynciterable'],
    types: ['node'],
    typeRoots: [join(TESTS, 'node_modules/@types')],
    strict: true,
    exactOptionalPropertyTypes: true,
    allowJs: true,
    checkJs: true,
    rootDir: '.',
    outDir: '../compiled',
  },
  include: ['*'],
};

/** An org of their own: they write to it. */
let org;
let orgUrl;

before(async () => {
  rmSync(FOLDER, { recursive: true, force: true });
  for (const language of ['js', 'ts']) {
    const folder = join(FOLDER, language);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG));
  }
  symlinkSync(join(TESTS, 'node_modules'), join(FOLDER, 'node_modules'));
  writeFileSync(join(FOLDER, 'package.json'), '{ "type": "module" }');
  for (const { name, language, extension, before, code, notChecked } of programs) {
    if (notChecked) continue;
    // A module, whatever is in it.
    const text = extension === 'cjs' ? code : `${code}\nexport {};\n`;
    writeFileSync(join(FOLDER, language, `${name}.${extension}`), text);
    if (before)
      writeFileSync(join(FOLDER, language, `${name}-before.${language}`), `${before}\nexport {};\n`);
    // JavaScript is pasted into TypeScript, too; what takes parameters declares them there.
    const pasted = extension === 'js' && !code.includes('/** @');
    if (pasted) writeFileSync(join(FOLDER, 'ts', `${name}-pasted.ts`), text);
  }
  mkdirSync(join(FOLDER, 'work'));

  const program = process.env.OKTA_GROUPS_EMULATOR_BIN;
  assert.ok(program, 'OKTA_GROUPS_EMULATOR_BIN is the local org: cargo xtask test package sets it');
  const args = ['--groups', '300', '--users', '400', '--rate-limit', 'off'];
  org = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await new Promise((resolve) => org.stdout.once('data', (data) => resolve([String(data)])));
  orgUrl = /http:\S+/.exec(line)[0];
});
after(() => org?.kill());

test('there are snippets, and those that are not run are few and say why', () => {
  assert.ok(programs.length > 30, `${programs.length} snippets`);
  const left = programs.filter(({ notRun }) => notRun !== undefined);
  for (const { file, line, notRun } of left) assert.match(notRun, /\w+ \w+/, `${file}:${line}: a reason`);
  assert.ok(left.length <= 8, left.map(({ file, line, notRun }) => `${file}:${line} ${notRun}`).join('\n'));
});

for (const language of ['js', 'ts']) {
  test(`every ${language} snippet compiles`, async () => {
    const { stdout } = await run(TSC, ['--pretty', 'false', '--project', join(FOLDER, language)]).catch(
      (error) => error,
    );
    assert.equal(stdout, '');
  });
}

for (const { file, line, name, extension, before, notRun } of programs) {
  if (notRun !== undefined) continue;
  test(`${file}:${line} runs`, { timeout: 60_000 }, async () => {
    const env = { ...process.env, ...SECRETS, OKTA_ORG_URL: orgUrl };
    const compiled = join(FOLDER, 'compiled', basename(name));
    const first = before ? ['--import', `${compiled}-before.js`] : [];
    const program = `${compiled}.${extension === 'cjs' ? 'cjs' : 'js'}`;
    await run(process.execPath, [...first, program], { env, cwd: join(FOLDER, 'work') });
  });
}
