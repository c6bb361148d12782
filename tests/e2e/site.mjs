// Files of this project and texts of a test, as any static host serves them.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname } from 'node:path';

const ROOT = new URL('../../', import.meta.url);
/** Content types by the ending of a file. */
export const TYPES = {
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};
/** The console under `/console/`, a folder as on a project's static host. */
export const CONSOLE = { '/console/': 'pkg/dist/console/' };

/** Listens on a port that is free. */
export async function listening(handler) {
  const server = createServer(handler);
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  // It ends with the tests: closed earlier, it would refuse what a page asks for last.
  server.unref();
  return `http://127.0.0.1:${server.address().port}`;
}

/**
 * A site of `folders` (of this project, by the paths that they are at) and `texts` (by path; more may be added later),
 * with a Content-Security-Policy. `asked` holds the paths that were asked for. What is under `/api/`, `api` answers.
 */
export async function site({ policy, folders, texts = {}, headers = {}, api }) {
  const asked = [];
  const content = (path) => {
    if (path in texts) return texts[path];
    const at = Object.keys(folders).find((at) => path.startsWith(at));
    return readFile(new URL(folders[at] + (path.slice(at.length) || 'index.html'), ROOT));
  };
  const url = await listening(async (request, response) => {
    asked.push(request.url);
    if (api && request.url.startsWith('/api/')) {
      api(request, response);
      return;
    }
    const [path] = request.url.split('?');
    try {
      const found = await content(path);
      const type = TYPES[extname(path)] ?? 'text/html';
      response.writeHead(200, { 'Content-Type': type, 'Content-Security-Policy': policy, ...headers });
      response.end(found);
    } catch {
      response.writeHead(404).end();
    }
  });
  return { url, asked };
}
