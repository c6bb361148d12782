// React Router, as a framework: a loader lists on the server, and the page lists in the browser.
import test from 'node:test';

import { visit } from '../e2e/browser.mjs';
import { ON_SERVERS, project, ran, started, telling, toldIn, wentWell } from './project.mjs';
import { NODE, options, tool } from './slow/frameworks.mjs';

const FILES = {
  'vite.config.js': `
    import { reactRouter } from '@react-router/dev/vite';
    export default { plugins: [reactRouter()] };`,
  'app/root.jsx': `
    import { Outlet, Scripts } from 'react-router';
    export default function Root() {
      return (
        <html lang="en">
          <head><link rel="icon" href="data:," /></head>
          <body><Outlet /><Scripts /></body>
        </html>
      );
    }`,
  'app/routes.js': `
    import { index } from '@react-router/dev/routes';
    export default [index('home.jsx')];`,
  'app/list.server.js': telling('export const list = () => STORY;', { auth: ON_SERVERS }),
  'app/home.jsx': `
    import { useEffect } from 'react';
    import { list } from './list.server.js';
    ${telling('function tell() { globalThis.told = STORY; }')}
    export const loader = async () => ({ told: await list() });
    export default function Home({ loaderData }) {
      useEffect(tell, []);
      return <pre>{JSON.stringify(loaderData.told)}</pre>;
    }`,
};

test('React Router lists in a loader and in the page', async (t) => {
  const folder = await project(t, FILES, { here: 'slow' });
  await ran(folder, NODE, [tool('@react-router/dev/bin.cjs'), 'build'], options);
  const serve = [tool('@react-router/serve/bin.cjs'), 'build/server/index.js'];
  const url = await started(t, folder, NODE, serve, options);
  const page = await visit(t, url, { refusals: [404] });
  wentWell(await page.locator('pre').textContent());
  wentWell(await toldIn(page));
});
