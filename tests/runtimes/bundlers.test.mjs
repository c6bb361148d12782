// Bundles for a page, each in Chromium, and for Node.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';

import { nodeResolve } from '@rollup/plugin-node-resolve';
import { build as esbuild } from 'esbuild';
import { rspack } from '@rspack/core';
import { rollup } from 'rollup';
import webpack from 'webpack';

import { visit } from '../e2e/browser.mjs';
import {
  BUN,
  PRINTED,
  SHOWN,
  TOOLS,
  APART,
  html,
  project,
  ran,
  served,
  telling,
  toldIn,
  wentWell,
  write,
} from './project.mjs';

/** The story refuses to get a group that is gone. */
const REFUSED = { refusals: [404] };
const initOf = (entry) => `const { init } = await import('${entry}');`;

/** Uses the other entries beside the main one. */
const OTHERS = `
  import { createOrg, serveOrg } from 'okta-groups/emulator';
  import { session } from 'okta-groups/auth';
  globalThis.others = [createOrg({ groups: 1 }).snapshot().groups.length, typeof serveOrg, session().kind];
`;

/** Runs `script` of a project's `dist` in a page. */
async function shown(t, folder, script = 'main.js', type = 'module') {
  const site = await served(join(folder, 'dist'));
  await writePage(folder, script, type);
  const page = await visit(t, site.url, REFUSED);
  wentWell(await toldIn(page));
  return site;
}

const writePage = (folder, script, type) => write(folder, { 'dist/index.html': html(script, type) });

async function webpacked(folder, options = {}) {
  const config = {
    context: folder,
    mode: 'production',
    entry: './main.js',
    output: { path: join(folder, 'dist') },
  };
  const stats = await promisify(webpack)({ ...config, ...options });
  const { errors, warnings } = stats.toJson();
  // That an asset is larger than webpack likes is no fault of the package.
  const faults = [...errors, ...warnings].filter(({ message }) => !/size limit|performance/.test(message));
  assert.deepEqual(
    faults.map(({ message }) => message),
    [],
  );
}

async function esbuilt(folder, options) {
  const { warnings } = await esbuild({
    absWorkingDir: folder,
    entryPoints: ['main.js'],
    bundle: true,
    outdir: 'dist',
    logLevel: 'silent',
    ...options,
  });
  assert.deepEqual(warnings, []);
}

async function rolled(folder, output = { format: 'es' }) {
  const warnings = [];
  const bundle = await rollup({
    input: join(folder, 'main.js'),
    plugins: [nodeResolve({ browser: true })],
    onwarn: (warning) => warnings.push(warning.message),
  });
  await bundle.write({ dir: join(folder, 'dist'), ...output });
  await bundle.close();
  assert.deepEqual(warnings, []);
}

test('without a bundler, from a static server', async (t) => {
  const folder = await project(t, {
    'main.js': telling(SHOWN, { entry: './node_modules/okta-groups/dist/index.js' }),
    'index.html': html('main.js'),
  });
  const { url } = await served(folder);
  wentWell(await toldIn(await visit(t, url, REFUSED)));
});

for (const [entry, wasm] of APART) {
  const script = `./node_modules/${entry.replace('/', '/dist/')}.js`;
  const map = `<!doctype html><script type="importmap">${JSON.stringify({ imports: { [entry]: script } })}</script>`;

  test(`${entry} without a bundler, by an import map`, async (t) => {
    const folder = await project(t, {
      'main.js': telling(SHOWN, { entry, init: `${initOf(entry)} await init();` }),
      'index.html': map + html('main.js'),
    });
    const { url, asked } = await served(folder);
    wentWell(await toldIn(await visit(t, url, REFUSED)));
    assert.ok(asked.includes(`/node_modules/okta-groups/dist/${wasm}`));
  });

  test(`${entry} refuses a wasm whose hash is wrong, and then loads the one whose hash is right`, async (t) => {
    const init = `
      const { init, wasmIntegrity } = await import('${entry}');
      const load = (integrity) => init(fetch('./node_modules/okta-groups/dist/${wasm}', { integrity }));
      globalThis.refused = await load('sha384-${'A'.repeat(64)}').catch((error) => ({ ...error.toJSON() }));
      await load(wasmIntegrity);`;
    const folder = await project(t, {
      'main.js': telling(SHOWN, { entry, init }),
      'index.html': map + html('main.js'),
    });
    const { url } = await served(folder);
    const page = await visit(t, url, { ...REFUSED, expected: [/integrity/] });
    wentWell(await toldIn(page));
    const { kind, argument } = await page.evaluate(() => globalThis.refused);
    assert.deepEqual({ kind, argument }, { kind: 'config', argument: 'init' });
  });

  test(`esbuild, ${entry}`, async (t) => {
    const folder = await project(t, {
      'main.js':
        `import url from 'okta-groups/${wasm}';\n` +
        telling(SHOWN, { entry, init: `${initOf(entry)} await init(url);` }),
    });
    await esbuilt(folder, { format: 'esm', loader: { '.wasm': 'file' } });
    await shown(t, folder);
  });

  test(`webpack, ${entry}`, async (t) => {
    const init = `${initOf(entry)} await init(new URL('okta-groups/${wasm}', import.meta.url));`;
    const folder = await project(t, { 'main.js': telling(SHOWN, { entry, init }) });
    await webpacked(folder);
    const { asked } = await shown(t, folder, 'main.js', '');
    assert.equal(asked.filter((path) => path.endsWith('.wasm')).length, 1);
  });
}

test('esbuild', async (t) => {
  const folder = await project(t, { 'main.js': telling(SHOWN) });
  await esbuilt(folder, { format: 'esm' });
  await shown(t, folder);
  await esbuilt(folder, { format: 'iife', minify: true, entryNames: 'classic' });
  await shown(t, folder, 'classic.js', '');
});

test('esbuild, for Node', async (t) => {
  const folder = await project(t, {
    'main.js': telling(PRINTED),
    'require.cjs': telling(PRINTED, { by: 'require' }),
  });
  const entryPoints = ['main.js', 'require.cjs'];
  for (const [format, extension] of [
    ['cjs', '.cjs'],
    ['esm', '.mjs'],
  ]) {
    await esbuilt(folder, { platform: 'node', format, entryPoints, outExtension: { '.js': extension } });
    for (const name of ['main', 'require'])
      wentWell(await ran(folder, process.execPath, [`dist/${name}${extension}`]));
  }
});

test('Rollup', async (t) => {
  const folder = await project(t, { 'main.js': telling(SHOWN) });
  await rolled(folder);
  await shown(t, folder);
  await rolled(folder, { format: 'iife', entryFileNames: 'classic.js' });
  await shown(t, folder, 'classic.js', '');
});

test('webpack', async (t) => {
  const folder = await project(t, {
    'main.js': telling(SHOWN),
    'require.cjs': telling(SHOWN, { by: 'require' }),
  });
  await webpacked(folder);
  await shown(t, folder, 'main.js', '');
  await webpacked(folder, { mode: 'development', entry: './require.cjs' });
  await shown(t, folder, 'main.js', '');
});

test('webpack, for Node', async (t) => {
  const folder = await project(t, { 'main.js': telling(PRINTED) });
  await webpacked(folder, { target: 'node', output: { path: join(folder, 'dist'), filename: 'main.cjs' } });
  wentWell(await ran(folder, process.execPath, ['dist/main.cjs']));
});

test('Rspack', async (t) => {
  const folder = await project(t, {
    'main.js': telling(SHOWN),
    'require.cjs': telling(SHOWN, { by: 'require' }),
  });
  const config = { context: folder, mode: 'production', output: { path: join(folder, 'dist') } };
  for (const entry of ['./main.js', './require.cjs']) {
    const stats = await promisify(rspack)({ ...config, entry });
    const { errors, warnings } = stats.toJson();
    const faults = [...errors, ...warnings].filter(({ message }) => !/size limit|performance/.test(message));
    assert.deepEqual(faults, []);
    await shown(t, folder, 'main.js', '');
  }
});

test('bun build', async (t) => {
  const folder = await project(t, { 'main.js': telling(SHOWN), 'node.js': telling(PRINTED) });
  await ran(folder, BUN, ['build', 'main.js', '--outdir', 'dist']);
  await shown(t, folder);
  await ran(folder, BUN, ['build', 'node.js', '--outdir', 'dist', '--target', 'node', '--minify']);
  wentWell(await ran(folder, process.execPath, ['dist/node.js']));
});

// It does not read `exports` unless a project tells it to.
test('Parcel', async (t) => {
  const files = { 'main.html': html('main.js'), 'main.js': OTHERS + telling(SHOWN) };
  for (const [entry] of APART) {
    const name = entry.split('/')[1];
    files[`${name}.html`] = html(`${name}.js`);
    files[`${name}.js`] = telling(SHOWN, { entry, init: `${initOf(entry)} await init();` });
  }
  const folder = await project(t, files, { here: true });
  const build = [join(TOOLS, 'parcel/lib/bin.js'), 'build', '--cache-dir', '.cache', '--no-autoinstall'];
  for (const [page, wasms] of [
    ['main.html', 0],
    ['external.html', 1],
    ['slim.html', 1],
  ]) {
    await ran(folder, process.execPath, [...build, page, '--dist-dir', `dist-${page}`]);
    const { url, asked } = await served(join(folder, `dist-${page}`));
    const opened = await visit(t, url + page, REFUSED);
    wentWell(await toldIn(opened));
    const others = page === 'main.html' ? [2, 'function', 'session'] : undefined;
    assert.deepEqual(await opened.evaluate(() => globalThis.others), others);
    assert.equal(asked.filter((path) => path.endsWith('.wasm')).length, wasms);
  }
});

/** The beginning of the wasm, as the package carries it. */
const wasmOf = async (folder) =>
  (await readFile(join(folder, 'node_modules/okta-groups/dist/core-inline.js'), 'utf8')).slice(
    'export default "'.length,
    60,
  );

// What is used, what that says, and whether the wasm is needed for it.
const SHAKEN = [
  [`import * as all from 'okta-groups'; console.log('nothing');`, 'nothing', false],
  [
    `import { OktaError, isOktaError } from 'okta-groups'; console.log(isOktaError(new OktaError('')), isOktaError({}));`,
    'true false',
    false,
  ],
  [
    `import { bearer } from 'okta-groups'; import { createOrg } from 'okta-groups/emulator'; console.log(typeof bearer('t'));`,
    'object',
    false,
  ],
  [
    `import { eq } from 'okta-groups'; console.log(String(eq('type', 'OKTA_GROUP')));`,
    'type eq "OKTA_GROUP"',
    true,
  ],
  [
    `import { OktaGroups, bearer } from 'okta-groups';
     console.log(JSON.stringify(new OktaGroups({ orgUrl: 'https://example.okta.com', auth: bearer('t') })));`,
    '{"orgUrl":"https://example.okta.com"}',
    true,
  ],
];

for (const [name, bundled] of [
  ['esbuild', (folder) => esbuilt(folder, { format: 'esm', minify: true })],
  ['Rollup', (folder) => rolled(folder)],
  ['webpack', (folder) => webpacked(folder)],
]) {
  test(`${name} leaves out the wasm where it is not used, and only there`, async (t) => {
    const folder = await project(t);
    for (const [source, said, needsWasm] of SHAKEN) {
      await write(folder, { 'main.js': source });
      await bundled(folder);
      assert.equal((await ran(folder, process.execPath, ['dist/main.js'])).trim(), said);
      const bundle = await readFile(join(folder, 'dist/main.js'), 'utf8');
      t.diagnostic(`${bundle.length} bytes: ${said}`);
      assert.equal(bundle.includes(await wasmOf(folder)), needsWasm, source);
    }
  });
}
