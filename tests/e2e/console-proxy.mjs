// A stand-in for `okta-groups console`: it serves the built console as a proxy would, keeps the token, and fails as a test
// wants it to. tests/cli/console.test.mjs tests the real one.
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';

import { POLICY } from '../policy.mjs';
import { TYPES, listening } from './site.mjs';

const FILES = new URL('../../pkg/dist/console/', import.meta.url);

const bodyOf = async (request) => {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
};

/** Serves a file of the built console; `page` changes the text of index.html. Gives whether there is one. */
export async function consoleFile(path, response, page = (text) => text) {
  const name = path === '/' ? 'index.html' : path.slice(1);
  try {
    const file = await readFile(new URL(name, FILES));
    response.writeHead(200, {
      'content-type': TYPES[extname(name)] ?? 'text/html; charset=utf-8',
      'content-security-policy': POLICY,
    });
    response.end(name === 'index.html' ? page(file.toString()) : file);
    return true;
  } catch {
    return false;
  }
}

/**
 * Serves the console before an org, as `{"kind":"proxy"}`.
 *
 * @param {string} org where the org answers
 * @param {{ token?: string, scopes?: string[], readOnly?: boolean, signedIn?: boolean }} [options] `token`: the one that it takes
 */
export async function proxied(
  org,
  { token = '00right-token', scopes, readOnly = false, signedIn = false } = {},
) {
  const state = { signedIn, posts: [], forgets: 0, failsToForget: false, asked: [] };
  const session = () => ({ org: 'https://acme.okta.com', readOnly, signedIn: state.signedIn });
  const json = (response, status, body) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  const error = (code, errorSummary) => ({ errorCode: code, errorSummary, errorCauses: [] });
  const url = await listening(async (request, response) => {
    const { method } = request;
    const [path] = request.url.split('?');
    state.asked.push(`${method} ${request.url}`);
    switch (`${method} ${path}`) {
      case 'GET /console/session':
        return json(response, 200, { ...session(), ...(scopes && state.signedIn && { scopes }) });
      case 'POST /console/sign-in': {
        const given = JSON.parse(await bodyOf(request));
        state.posts.push(given);
        // An unkind proxy, which quotes what it was given.
        if (given.token !== token)
          return json(response, 400, error('E0000003', `no such token: ${given.token}`));
        state.signedIn = true;
        return response.writeHead(204).end();
      }
      case 'POST /console/forget':
        if (state.failsToForget) return json(response, 500, error('E0000009', 'failed'));
        state.forgets++;
        state.signedIn = false;
        return response.writeHead(204).end();
    }
    if (path.startsWith('/api/')) {
      if (!state.signedIn) return json(response, 401, error('E0000011', 'Invalid token provided'));
      if (state.answer?.(request, response)) return undefined;
      const body = method === 'GET' ? undefined : await bodyOf(request);
      const answer = await fetch(org + request.url, {
        method,
        headers: { authorization: 'SSWS test', 'content-type': 'application/json' },
        body: body || undefined,
      });
      const headers = Object.fromEntries(answer.headers);
      for (const name of ['content-encoding', 'content-length', 'transfer-encoding', 'connection'])
        delete headers[name];
      // Links lead to the org, as a real proxy leaves them.
      return response.writeHead(answer.status, headers).end(Buffer.from(await answer.arrayBuffer()));
    }
    const host = JSON.stringify({ kind: 'proxy', ...session() })
      .replaceAll('&', '&amp;')
      .replaceAll("'", '&#39;');
    const isFile = await consoleFile(path, response, (text) => text.replace('{"kind":"same-origin"}', host));
    return isFile ? undefined : response.writeHead(404).end();
  });
  return { url, state, token };
}

/** All that a page and its browser hold of texts: document, storage, addresses, cookies. */
export async function heldBy(page) {
  const held = await page.evaluate(async () => {
    const inputs = [...document.querySelectorAll('input, textarea, select')].map(({ value }) => value);
    const databases = (await indexedDB.databases?.()) ?? [];
    return JSON.stringify([
      document.documentElement.outerHTML,
      document.title,
      inputs,
      { ...localStorage },
      { ...sessionStorage },
      document.cookie,
      location.href,
      history.state,
      window.name,
      databases,
      performance.getEntries().map(({ name }) => name),
    ]);
  });
  return held + JSON.stringify(await page.context().storageState());
}
