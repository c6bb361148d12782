// Next.js: a page and a route that list on the server, a component for the client that imports the package, and middleware
// of the edge runtime, which compiles no wasm.
import assert from 'node:assert/strict';
import { join } from 'node:path';

import { visit } from '../e2e/browser.mjs';
import { ON_SERVERS, TOOLS, project, ran, started, telling, toldIn, wentWell } from './project.mjs';

const NEXT = join(TOOLS, 'next/dist/bin/next');
const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1', NO_COLOR: '1', NODE_ENV: 'production' };

/** A module of the edge runtime that exports the story, as an entry tells it whose wasm is a file of its own. */
const apart = (name, wasm) =>
  telling(`export const ${name} = () => STORY;`, {
    auth: ON_SERVERS,
    entry: `okta-groups/${name}`,
    init: `
      const { init } = await import('okta-groups/${name}');
      await init((await import('okta-groups/${wasm}?module')).default);`,
  });

const FILES = {
  'app/layout.js': `
    export default function Layout({ children }) {
      return <html lang="en"><head><link rel="icon" href="data:," /></head><body>{children}</body></html>;
    }`,
  'app/page.js': `
    import { Console } from './console.js';
    export const dynamic = 'force-dynamic';
    ${telling('async function told() { return STORY; }', { auth: ON_SERVERS })}
    export default async function Page() {
      return <main><pre>{JSON.stringify(await told())}</pre><Console /></main>;
    }`,
  'app/console.js': `'use client';
    import { useEffect } from 'react';
    ${telling('function tell() { globalThis.told = STORY; }')}
    export function Console() {
      useEffect(tell, []);
      return <p>{isOktaError(undefined) ? 'an error' : 'ready'}</p>;
    }`,
  'app/api/route.js': `
    export const dynamic = 'force-dynamic';
    ${telling('export async function GET() { return Response.json(await STORY); }', { auth: ON_SERVERS })}`,
  'edge/main.js': telling('export const main = () => STORY;', { auth: ON_SERVERS }),
  'edge/external.js': apart('external', 'core_bg.wasm'),
  'edge/slim.js': apart('slim', 'slim_bg.wasm'),
  'middleware.js': `
    import { main } from './edge/main.js';
    import { external } from './edge/external.js';
    import { slim } from './edge/slim.js';
    const stories = { '/edge/main': main, '/edge/external': external, '/edge/slim': slim };
    export async function middleware({ nextUrl }) {
      return Response.json(await stories[nextUrl.pathname]());
    }
    export const config = { matcher: '/edge/:entry' };`,
};

/** Builds the project with a bundler, `turbopack` or `webpack`, and asks each of its parts for the story. */
export async function told(t, bundler) {
  // Turbopack follows no link out of the project.
  const folder = await project(t, FILES, { here: true });
  const said = await ran(folder, process.execPath, [NEXT, 'build', `--${bundler}`], {
    env,
    timeout: 600_000,
  });
  assert.doesNotMatch(said, /warn|Critical dependency/i);

  const start = [NEXT, 'start', '--hostname', '127.0.0.1', '--port', '0'];
  const url = await started(t, folder, process.execPath, start, { env });

  for (const path of ['api', 'edge/main', 'edge/external', 'edge/slim'])
    wentWell(await (await fetch(`${url}/${path}`)).text());
  const page = await visit(t, url, { refusals: [404] });
  wentWell(await page.locator('pre').textContent());
  wentWell(await toldIn(page));
}
