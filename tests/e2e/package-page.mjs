// A page that has the package and nothing else, under a strict policy, and what answers it.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname } from 'node:path';

import { visit } from './browser.mjs';

/** What no console may hold. */
export const CANARY = 'c4n4ry-9f31bd77e0';
export const STRICT =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src *; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

const PACKAGE = new URL('../../pkg/dist/', import.meta.url);
const TYPES = { '.js': 'text/javascript', '.wasm': 'application/wasm' };

async function listening(server) {
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  // It ends with the tests: closed earlier, it would refuse what a page asks for last.
  server.unref();
  return `http://127.0.0.1:${server.address().port}`;
}

/**
 * A site with the package's files, a page and the script of a `worker`; `asked` holds the paths. It may be an org's own, of
 * which `api` answers.
 */
async function site({ policy = STRICT, html = '<!doctype html>', headers = {}, api, worker } = {}) {
  const asked = [];
  const server = createServer(async (request, response) => {
    const { url } = request;
    asked.push(url);
    if (api && url.startsWith('/api/')) {
      api(request, response);
      return;
    }
    const type = TYPES[extname(url)] ?? 'text/html';
    try {
      const other = url === '/worker.js' ? worker : html;
      const content = url.startsWith('/pkg/') ? await readFile(new URL(url.slice(5), PACKAGE)) : other;
      response.writeHead(200, { 'Content-Type': type, 'Content-Security-Policy': policy, ...headers });
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  return { url: await listening(server), asked };
}

/**
 * An org of the test's own that lets every page in, as far as `answer` does; `requests` has all but preflights, which
 * `allow` answers.
 */
export async function org(
  answer,
  allow = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Headers': 'authorization' },
) {
  const requests = [];
  const server = createServer((request, response) => {
    const { method, url, headers } = request;
    if (method === 'OPTIONS') {
      response.writeHead(204, allow).end();
      return;
    }
    requests.push({ method, url, headers });
    // Node writes a Date by itself, as Okta does: what is not exposed a page cannot read.
    answer(new URL(url, `http://${headers.host}`), response, request);
  });
  return { url: await listening(server), requests };
}

export const open = (response, status = 200, headers = {}) =>
  response.writeHead(status, {
    'Access-Control-Allow-Origin': '*',
    'Content-Type': 'application/json',
    ...headers,
  });

/** A page that is told by its console, if it tells anything. `own` is what its site is. */
export async function page(t, { entry = 'index', policy, own, ...options } = {}) {
  const { url, asked } = await site({ policy, ...own });
  const said = [];
  const opened = await visit(t, url, {
    ...options,
    prepare: async (page) => page.on('console', (message) => said.push(message.text())),
  });
  t.after(() => assert.ok(!said.join('\n').includes(CANARY), 'the console does not hold the token'));
  /** Runs `story(package, argument)` in the page; an error that it throws comes back as its fields. */
  const run = (story, argument) =>
    opened.evaluate(
      async ([entry, story, argument]) => {
        const okta = await import(`/pkg/${entry}.js`);
        // Not `eval`, which the policy forbids: the story was installed with the page's own debugger.
        const { [story]: told } = window.stories;
        try {
          return await told(okta, argument);
        } catch (error) {
          if (!okta.isOktaError(error)) throw error;
          console.log(String(error), JSON.stringify(error), error.stack);
          return { ...JSON.parse(JSON.stringify(error)), failed: error.kind, causedBy: String(error.cause) };
        }
      },
      [entry, story.name, argument],
    );
  return {
    url,
    asked,
    said,
    async run(story, argument) {
      await opened.evaluate(
        `window.stories = { ...window.stories, ${JSON.stringify(story.name)}: ${story} }`,
      );
      return run(story, argument);
    },
  };
}
