// SvelteKit: a load function lists on the server, and the page lists in the browser.
import { join } from 'node:path';
import test from 'node:test';

import { visit } from '../e2e/browser.mjs';
import { ON_SERVERS, project, ran, started, telling, toldIn, wentWell } from './project.mjs';
import { NODE, options, tool } from './slow/frameworks.mjs';

const FILES = {
  'vite.config.js': `
    import adapter from '@sveltejs/adapter-node';
    import { sveltekit } from '@sveltejs/kit/vite';
    export default { plugins: [sveltekit({ adapter: adapter() })] };`,
  'src/app.html': `<!doctype html>
    <html lang="en">
      <head><link rel="icon" href="data:," /><title>Console</title>%sveltekit.head%</head>
      <body><div>%sveltekit.body%</div></body>
    </html>`,
  'src/routes/+page.server.js': telling('export const load = async () => ({ told: await STORY });', {
    auth: ON_SERVERS,
  }),
  'src/routes/+page.svelte': `
    <script>
      import { onMount } from 'svelte';
      import { tell } from './tell.js';
      let { data } = $props();
      onMount(tell);
    </script>
    <pre>{JSON.stringify(data.told)}</pre>`,
  'src/routes/tell.js': telling('export function tell() { globalThis.told = STORY; }'),
  // adapter-node's own server does not say which port it took.
  'start.js': `
    import { createServer } from 'node:http';
    import { handler } from './build/handler.js';
    const server = createServer(handler);
    server.listen(0, '127.0.0.1', () => console.log('http://127.0.0.1:' + server.address().port));`,
};

test('SvelteKit lists in a load function and in the page', async (t) => {
  const folder = await project(t, FILES, { here: 'slow' });
  await ran(folder, NODE, [tool('vite/bin/vite.js'), 'build'], options);
  const url = await started(t, folder, NODE, [join(folder, 'start.js')], options);
  const page = await visit(t, url, { refusals: [404] });
  wentWell(await page.locator('pre').textContent());
  wentWell(await toldIn(page));
});
