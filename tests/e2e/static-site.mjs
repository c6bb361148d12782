// The page's files and nothing more, as any static host serves them; without the API.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../../', import.meta.url);
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };

/** Serves under `/console/`, a folder as on a project's static host, with this Content-Security-Policy. Gives its address. */
export async function staticSite(policy) {
  const server = createServer(async ({ url }, response) => {
    const { pathname } = new URL(url, 'http://localhost');
    const path = pathname.replace(/^\/console\//, '').replace(/^$/, 'index.html');
    const file = new URL(path.startsWith('pkg/') ? path : `www/${path}`, ROOT);
    try {
      const content = await readFile(fileURLToPath(file));
      response.writeHead(200, { 'Content-Type': TYPES[extname(path)], 'Content-Security-Policy': policy });
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  // It ends with the tests: closed earlier, it would refuse what a page asks for last.
  server.unref();
  return `http://127.0.0.1:${server.address().port}/console/`;
}
