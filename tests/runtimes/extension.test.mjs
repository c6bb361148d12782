// A Chrome extension, Manifest V3: its page and its service worker, with the manifest's line for WebAssembly and without.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';

import { build } from 'esbuild';
import { chromium } from 'playwright-core';

import { FLAGS } from '../e2e/browser.mjs';
import { snippets } from '../snippets.mjs';
import { ORG, html, project, telling, toldIn, wentWell, write } from './project.mjs';

/** The manifest as docs/csp.md has it. */
const { code: documented } = snippets().find(
  ({ language, code }) => language === 'json' && code.includes('manifest_version'),
);

const TELL = 'globalThis.told = STORY.catch((error) => error.toJSON());';

/** The extension, in a Chromium of its own: a page of it, and what its service worker told. */
async function loaded(t, policy) {
  const folder = await project(t, { 'page.js': telling(TELL), 'worker.js': telling(TELL) });
  const options = {
    absWorkingDir: folder,
    bundle: true,
    format: 'esm',
    outdir: 'extension',
    logLevel: 'silent',
  };
  await build({ ...options, entryPoints: ['page.js', 'worker.js'] });
  const { content_security_policy, ...manifest } = JSON.parse(documented);
  await write(folder, {
    'extension/page.html': html('page.js'),
    'extension/manifest.json': JSON.stringify({
      ...manifest,
      ...(policy && { content_security_policy }),
      background: { service_worker: 'worker.js', type: 'module' },
      host_permissions: [`${new URL(ORG).origin.replace(/:\d+$/, '')}/*`],
    }),
  });
  const extension = join(folder, 'extension');
  const context = await chromium.launchPersistentContext(join(folder, 'profile'), {
    executablePath: process.env.CHROMIUM,
    ignoreDefaultArgs: ['--disable-extensions'],
    args: [...FLAGS, `--disable-extensions-except=${extension}`, `--load-extension=${extension}`],
  });
  t.after(() => context.close());
  const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));
  const page = await context.newPage();
  await page.goto(new URL('page.html', worker.url()).href);
  return { page: await toldIn(page), worker: await worker.evaluate(() => globalThis.told) };
}

test('an extension with the line in its manifest lists in its page and in its service worker', async (t) => {
  const { page, worker } = await loaded(t, true);
  wentWell(page);
  wentWell(worker);
});

test('without the line, page and service worker are told that the policy forbids WebAssembly', async (t) => {
  for (const { name, argument } of Object.values(await loaded(t, false))) {
    assert.deepEqual({ name, argument }, { name: 'OktaConfigError', argument: 'csp' });
  }
});
