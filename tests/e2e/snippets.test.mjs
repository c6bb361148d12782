// Every page in the documents works: it logs no error, and shows something.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import test from 'node:test';

import { snippets } from '../snippets.mjs';
import { visit } from './browser.mjs';

const PACKAGE = join(import.meta.dirname, '../../pkg');
const TYPES = { '.js': 'text/javascript', '.wasm': 'application/wasm' };

const pages = snippets().filter(({ language }) => language === 'html');

test('each page of the documents is opened', () => {
  assert.ok(pages.length > 0);
  assert.deepEqual(
    pages.filter(({ notRun }) => notRun !== undefined),
    [],
  );
});

for (const { file, line, code } of pages) {
  test(`the page at ${file}:${line} works`, async (t) => {
    const page = await visit(t, await site(t, code));
    await page.waitForFunction(() => document.body.innerText.trim() !== '');
  });
}

/** A static server with the page, and the package where `npm install` puts it. */
async function site(t, html) {
  const server = createServer(async ({ url }, response) => {
    const [, path] = /^\/node_modules\/okta-groups\/([\w./-]+)$/.exec(url) ?? [];
    if (url === '/') return response.writeHead(200, { 'content-type': 'text/html' }).end(html);
    if (url === '/favicon.ico') return response.writeHead(204).end();
    if (!path) return response.writeHead(404).end();
    response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'text/plain' });
    return response.end(await readFile(join(PACKAGE, path)));
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  t.after(() => server.close());
  return `http://127.0.0.1:${server.address().port}/`;
}
