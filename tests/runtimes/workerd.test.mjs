// Cloudflare's Workers: workerd, by Miniflare.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';

import { build } from 'esbuild';
import { Miniflare } from 'miniflare';

import { ON_SERVERS, project, telling, wentWell } from './project.mjs';

test('a Worker, bundled as wrangler does', async (t) => {
  const tell = 'export default { fetch: async () => Response.json(await STORY) };';
  const folder = await project(t, { 'worker.js': telling(tell, { auth: ON_SERVERS }) });
  const { warnings } = await build({
    absWorkingDir: folder,
    entryPoints: ['worker.js'],
    bundle: true,
    outdir: 'dist',
    format: 'esm',
    conditions: ['workerd', 'worker', 'browser'],
    // Workers import a wasm as a module: it is a file beside the script.
    loader: { '.wasm': 'copy' },
    assetNames: '[name]',
    logLevel: 'silent',
  });
  assert.deepEqual(warnings, []);
  const worker = new Miniflare({
    modules: true,
    modulesRules: [{ type: 'CompiledWasm', include: ['**/*.wasm'] }],
    modulesRoot: join(folder, 'dist'),
    scriptPath: join(folder, 'dist/worker.js'),
    compatibilityDate: '2026-01-01',
  });
  t.after(() => worker.dispose());
  wentWell(await (await worker.dispatchFetch('http://localhost/')).text());
});
