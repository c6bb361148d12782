// Vite, its development server and its builds, and Vitest.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import test from 'node:test';

import { visit } from '../e2e/browser.mjs';
import { APART, SHOWN, TOOLS, html, project, ran, served, telling, toldIn, wentWell } from './project.mjs';

const VITE = join(TOOLS, 'vite/bin/vite.js');
const VITEST = join(TOOLS, 'vitest/vitest.mjs');
const REFUSED = { refusals: [404] };

const main = { 'index.html': html('/main.js'), 'main.js': telling(SHOWN) };
const apart = ([entry, wasm]) => [
  `, ${entry}`,
  {
    'index.html': html('/main.js'),
    'main.js':
      `import url from 'okta-groups/${wasm}?url';\n` +
      telling(SHOWN, { entry, init: `const { init } = await import('${entry}'); await init(url);` }),
  },
];

/** `vite` in a project, until the test ends; gives the address that it prints. */
async function developed(t, folder) {
  const args = [VITE, '--host', '127.0.0.1', '--port', '0', '--clearScreen', 'false'];
  const server = spawn(process.execPath, args, { cwd: folder, env: { ...process.env, NO_COLOR: '1' } });
  t.after(async () => {
    server.kill();
    if (server.exitCode === null) await once(server, 'exit');
  });
  let said = '';
  server.stderr.on('data', (data) => (said += data));
  for await (const data of server.stdout) {
    said += data;
    const url = /Local: +(http\S+)/.exec(said)?.[1];
    if (url) return url;
  }
  throw new Error(`vite did not start: ${said}`);
}

for (const [name, files] of [['', main], ...APART.map(apart)]) {
  test(`vite${name}`, async (t) => {
    const folder = await project(t, files);
    wentWell(await toldIn(await visit(t, await developed(t, folder), REFUSED)));
  });

  test(`vite build${name}`, async (t) => {
    const folder = await project(t, files);
    const said = await ran(folder, process.execPath, [VITE, 'build'], {
      env: { ...process.env, NO_COLOR: '1' },
    });
    assert.doesNotMatch(said, /warn/i);
    const { url } = await served(join(folder, 'dist'));
    wentWell(await toldIn(await visit(t, url, REFUSED)));
  });
}

for (const environment of ['node', 'happy-dom']) {
  test(`vitest, environment ${environment}`, async (t) => {
    const body = `import { test } from 'vitest';\ntest('a story', async () => console.log('told ' + JSON.stringify(await STORY)));`;
    const folder = await project(t, { 'console.test.js': telling(body) }, { tools: ['vitest', 'happy-dom'] });
    const args = [
      VITEST,
      'run',
      '--environment',
      environment,
      '--silent=false',
      '--disable-console-intercept',
    ];
    const said = await ran(folder, process.execPath, args);
    wentWell(/told (.*)/.exec(said)[1]);
  });
}
