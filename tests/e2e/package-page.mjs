// A page that has the package and nothing else, under a strict policy, and what answers it.
import assert from 'node:assert/strict';

import { listening, site } from './site.mjs';
import { tell } from './tell.mjs';

// Of Chromium pages are watched from without, by its debugger; of the others from within.
const { opened } = await import(process.env.ENGINE ? './engine.mjs' : './browser.mjs');

/** What no console may hold. */
export const CANARY = 'c4n4ry-9f31bd77e0';
export const STRICT =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src *; base-uri 'none'; form-action 'none'; " +
  "require-trusted-types-for 'script'; trusted-types 'none'";

/**
 * An org of the test's own that lets every page in, as far as `answer` does; `requests` has all but preflights, which
 * `allow` answers.
 */
export async function org(
  answer,
  allow = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Headers': 'authorization' },
) {
  const requests = [];
  const url = await listening((request, response) => {
    const { method, url, headers } = request;
    if (method === 'OPTIONS') {
      response.writeHead(204, allow).end();
      return;
    }
    requests.push({ method, url, headers });
    // Node writes a Date by itself, as Okta does: what is not exposed a page cannot read.
    answer(new URL(url, `http://${headers.host}`), response, request);
  });
  return { url, requests };
}

export const open = (response, status = 200, headers = {}) =>
  response.writeHead(status, {
    'Access-Control-Allow-Origin': '*',
    'Content-Type': 'application/json',
    ...headers,
  });

/**
 * A page that is told by its console, if it tells anything. Its site may be an org's own, of which `api` answers, or have
 * other `folders` and `texts` (`/` is the page).
 */
export async function page(
  t,
  { entry = 'index', policy = STRICT, folders = {}, texts = {}, headers, api, ...options } = {},
) {
  const own = { '/': '<!doctype html>', '/favicon.ico': '', '/tell.js': `export ${tell}`, ...texts };
  const { url, asked } = await site({
    policy,
    folders: { ...folders, '/pkg/': 'pkg/dist/' },
    texts: own,
    headers,
    api,
  });
  const { evaluate, said } = await opened(t, url, own, options);
  t.after(() => assert.ok(!said.join('\n').includes(CANARY), 'the console does not hold the token'));
  return {
    url,
    asked,
    said,
    /** Runs `story(package, argument)` in the page; an error that it throws comes back as its fields. */
    run(story, argument) {
      // Not `eval`, which the policy forbids.
      const path = `/${story.name}.js`;
      own[path] = `export default ${story}`;
      return evaluate({ entry, path, argument });
    },
  };
}
