// The tarball itself: every entry of its `exports`, by those who judge packages and by those who import it.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';

import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { build } from 'esbuild';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

import { project, ran } from './project.mjs';

const tarball = await readFile(process.env.OKTA_GROUPS_TARBALL);

/** The package of a project, and the names of its entries that are JavaScript. */
async function installed(folder) {
  const json = JSON.parse(await readFile(join(folder, 'node_modules/okta-groups/package.json'), 'utf8'));
  const isCode = ([, target]) => typeof target === 'object';
  const code = Object.entries(json.exports).filter(isCode);
  const assets = Object.entries(json.exports).filter((entry) => !isCode(entry));
  const named = (entries) => entries.map(([path]) => path.replace(/^\./, 'okta-groups'));
  return { json, entries: named(code), assets: named(assets) };
}

test('publint reports nothing', async () => {
  const { messages, pkg } = await publint({ pack: { tarball: tarball.buffer }, strict: true });
  // `?module` is a query, to webpack and Turbopack; publint takes it for a part of the file's name.
  const told = messages.filter(({ path = [] }) => !path.some((part) => part.endsWith('.wasm?module')));
  assert.deepEqual(
    told.map((message) => formatMessage(message, pkg)),
    [],
  );
});

// No profile: also by the resolution of TypeScript before `exports`, which some still configure.
test('arethetypeswrong finds no fault, by any module resolution', async (t) => {
  const { assets } = await installed(await project(t));
  const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(tarball)), {
    excludeEntrypoints: assets.map((path) => path.replace('okta-groups', '.')),
  });
  assert.ok(analysis.types);
  assert.ok(Object.keys(analysis.entrypoints).length >= 3);
  assert.deepEqual(analysis.problems, []);
});

test('the package holds its licence and the files that it needs', async (t) => {
  const folder = await project(t);
  const { json } = await installed(folder);
  assert.equal(json.dependencies, undefined);
  assert.match(
    await readFile(join(folder, 'node_modules/okta-groups/LICENSE-MIT'), 'utf8'),
    /Permission is hereby granted/,
  );
});

test('every entry can be imported and required, and is the same', async (t) => {
  const folder = await project(t);
  const { entries, assets } = await installed(folder);
  const names = `(entry) => Object.keys(entry).filter((name) => name !== 'default' && name !== 'module.exports').sort().join()`;
  for (const entry of entries) {
    const imported = `console.log((${names})(await import('${entry}')))`;
    const required = `console.log((${names})(require('${entry}')))`;
    const said = await ran(folder, process.execPath, ['--input-type=module', '--eval', imported]);
    assert.match(said, /\w/);
    assert.equal(
      await ran(folder, process.execPath, ['--input-type=commonjs', '--eval', required]),
      said,
      entry,
    );
  }
  for (const asset of assets) {
    const resolved = `console.log(require.resolve('${asset}'))`;
    await readFile(
      (await ran(folder, process.execPath, ['--input-type=commonjs', '--eval', resolved])).trim(),
    );
  }
});

test('an import does nothing: no wasm, no globals, nothing under way', async (t) => {
  const folder = await project(t);
  const { entries } = await installed(folder);
  const watch = `
    const touched = [];
    for (const name of Object.getOwnPropertyNames(WebAssembly)) {
      if (typeof WebAssembly[name] !== 'function') continue;
      WebAssembly[name] = new Proxy(WebAssembly[name], {
        apply: (_, __, args) => touched.push(name),
        construct: () => (touched.push(name), {}),
      });
    }
    const globals = Reflect.ownKeys(globalThis).length;
    const look = () => {
      const under = process.getActiveResourcesInfo().filter((name) => /Timeout|Immediate|TCP|Port|FS/.test(name));
      console.log(JSON.stringify({ touched, globals: Reflect.ownKeys(globalThis).length - globals, under }));
    };`;
  const nothing = { touched: [], globals: 0, under: [] };
  for (const entry of entries) {
    for (const [type, program] of [
      ['module', `await import('${entry}'); look();`],
      ['commonjs', `require('${entry}'); look();`],
    ]) {
      const said = await ran(folder, process.execPath, [`--input-type=${type}`, '--eval', watch + program]);
      assert.deepEqual(JSON.parse(said), nothing, entry);
    }
  }
  // That it would be seen.
  const used = `const { eq } = require('okta-groups'); try { eq('a', 'b') } catch {} look();`;
  const said = JSON.parse(
    await ran(folder, process.execPath, ['--input-type=commonjs', '--eval', watch + used]),
  );
  assert.ok(said.touched.length > 0);
});

test('no entry awaits at its top level', async (t) => {
  const folder = await project(t);
  const { entries } = await installed(folder);
  for (const entry of entries) {
    const contents = `export * from '${entry}';`;
    const stdin = { contents, resolveDir: folder };
    // A format without top-level await: esbuild refuses to bundle one.
    const format = 'cjs';
    await build({
      stdin,
      bundle: true,
      format,
      write: false,
      logLevel: 'silent',
      logOverride: { 'empty-import-meta': 'silent' },
    });
  }
});
