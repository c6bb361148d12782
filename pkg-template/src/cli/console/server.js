// The server of `okta-groups console` on loopback: serves the console's files and guards the proxy to the org. upstream.js
// sends the requests.
import { createServer } from 'node:http';
import { Door } from './door.js';
import { Refusal, forbidden, malformed, notFound, shut, tooLarge } from './refusal.js';
import { routeOf } from './routes.js';

/** The largest request body in bytes; Okta's own limit is far lower. */
const MAX_BODY = 1024 * 1024;
const KEEP_ALIVE_MS = 600_000;

/** The headers of every answer. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

/**
 * Serves the console at a port of 127.0.0.1.
 * @param {object} options
 * @param {import('./files.js').Files} options.files
 * @param {import('./upstream.js').Upstream} options.upstream
 * @param {boolean} options.readOnly
 * @param {number} options.port 0 picks a free port
 * @param {(link: string) => void} options.onOpen called with the next link after a link was opened
 * @param {(line: string) => void} options.onRequest called with the route of each request
 */
export async function serveConsole({ files, upstream, readOnly, port, onOpen, onRequest }) {
  /** @type {Handler | undefined} */
  let handler;
  const server = createServer((request, response) => {
    handler?.handle(request, response).catch(() => response.destroy());
  });
  // A long keep-alive: if a connection closes while a browser sends a write, the browser cannot know whether it arrived.
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', () => resolve(undefined));
  });
  const { port: taken } = /** @type {import('node:net').AddressInfo} */ (server.address());
  handler = new Handler({ files, upstream, readOnly, onOpen, onRequest }, taken);
  const close = () =>
    new Promise((resolve) => {
      server.close(() => resolve(undefined));
      server.closeAllConnections();
    });
  return { link: handler.link, close };
}

class Handler {
  #options;
  #origins;
  #door;

  constructor(options, port) {
    this.#options = options;
    // Normalised as browsers do: without the port 80.
    this.#origins = ['127.0.0.1', 'localhost'].map((host) => new URL(`http://${host}:${port}`));
    this.#door = new Door(port);
  }

  get link() {
    return this.#origins[0].origin + this.#door.path;
  }

  /**
   * @param {import('node:http').IncomingMessage} request
   * @param {import('node:http').ServerResponse} response
   */
  async handle(request, response) {
    const { url = '' } = request;
    const path = url.split('?', 1)[0];
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    try {
      await this.#answer(request, response, path);
    } catch (error) {
      // Part of an answer is sent, or the browser has left: no error can be sent.
      if (response.headersSent || response.destroyed) return response.destroy();
      refuse(response, path, error);
    }
  }

  /** @returns {Promise<unknown> | unknown} */
  #answer(request, response, path) {
    this.#guard(request, path);
    const method = request.method ?? '';
    if (this.#door.isLink(path)) return this.#open(method, path, response);
    if (!this.#door.knows(request.headers.cookie)) {
      throw shut(
        'this browser has not opened the console: open the link that okta-groups console prints in its terminal',
      );
    }
    if (path.startsWith('/api/')) return this.#forward(request, response, path);
    if (path.startsWith('/console/')) return this.#session(request, response, path);
    if (method !== 'GET' && method !== 'HEAD') throw forbidden('the console does not send this request');
    const file = this.#options.files.at(path, String(request.headers['accept-encoding'] ?? ''), this.#host);
    if (!file) throw notFound('the console has no such file');
    response.writeHead(200, { ...file.headers, 'content-length': file.body.length });
    response.end(method === 'HEAD' ? undefined : file.body);
  }

  /** Refuses requests of other pages and for other host names: only the console's own page and its links may send any. */
  #guard({ method = '', url = '', headers }, path) {
    const { host, origin, 'sec-fetch-site': site } = headers;
    const own = this.#origins.find((each) => each.host === host);
    // DNS rebinding: another host name resolves to this address.
    if (!own) throw shut(`this is the console at ${this.#origins[0].host}, not at another host's name`);
    if (site !== undefined && site !== 'same-origin' && site !== 'none') {
      throw shut(
        this.#door.isLink(path)
          ? 'a page of another site opened this link: copy it into the address bar'
          : 'a page of another site sent this request',
      );
    }
    const reads = method === 'GET' || method === 'HEAD';
    if (origin === undefined ? !reads : origin !== own.origin) {
      throw shut('the request comes from another origin, or from no page');
    }
    if (!url.startsWith('/')) throw malformed('the target of the request is not a path');
  }

  #open(method, path, response) {
    const cookie = method === 'GET' ? this.#door.opened(path) : undefined;
    if (!cookie) {
      throw shut(
        'this link was used already, or is from an earlier run: open the newest link that okta-groups console prints in its terminal',
      );
    }
    response.writeHead(303, { location: '/', 'set-cookie': cookie });
    response.end();
    this.#options.onOpen(this.link);
  }

  /** The facts of this host for the page. */
  get #host() {
    const { upstream, readOnly } = this.#options;
    return { kind: 'proxy', org: upstream.org, readOnly, signedIn: upstream.isSignedIn };
  }

  async #session(request, response, path) {
    const { upstream } = this.#options;
    switch (`${request.method} ${path}`) {
      case 'GET /console/session': {
        const { kind: _, ...session } = this.#host;
        const { scopes } = upstream;
        response.writeHead(200, { 'content-type': 'application/json' });
        return response.end(JSON.stringify({ ...session, ...(scopes && { scopes }) }));
      }
      case 'POST /console/sign-in': {
        const { kind, token } = tokenOf(request, await bodyOf(request));
        await upstream.signIn(kind, token);
        return response.writeHead(204).end();
      }
      case 'POST /console/forget':
        upstream.forget();
        return response.writeHead(204).end();
      default:
        throw forbidden('the console does not send this request');
    }
  }

  async #forward(request, response, path) {
    const { upstream, readOnly, onRequest } = this.#options;
    const { method, url, headers } = request;
    const route = routeOf(method, path);
    if (!route) throw forbidden('the console does not send this request, so its proxy refuses it');
    if (readOnly && method !== 'GET') {
      throw forbidden('the console was started with --read-only: its proxy refuses changes');
    }
    const gone = new AbortController();
    response.on('close', () => {
      gone.abort();
      onRequest(`${route} ${response.headersSent ? response.statusCode : 'ended'}`);
    });
    const body = await bodyOf(request);
    await upstream.forward({ method, target: url, headers, body, signal: gone.signal }, response);
  }
}

/** Reads the token that a person typed into the page. No error quotes the body. */
function tokenOf({ headers }, body) {
  const [type] = String(headers['content-type'] ?? '').split(';', 1);
  if (type.trim().toLowerCase() !== 'application/json')
    throw malformed('the sign-in must be application/json');
  let given;
  try {
    given = JSON.parse(body.toString('utf8'));
  } catch {
    throw malformed('the sign-in is not JSON');
  }
  const field = (name) => (Object.hasOwn(Object(given), name) ? given[name] : undefined);
  const [token, kind = 'ssws'] = [field('token'), field('kind')];
  if (typeof token !== 'string') throw malformed('the sign-in needs a token');
  if (kind !== 'ssws' && kind !== 'bearer') throw malformed('the kind of the token must be ssws or bearer');
  return { token: token.trim(), kind: /** @type {'ssws' | 'bearer'} */ (kind) };
}

async function bodyOf(request) {
  const chunks = [];
  let bytes = 0;
  // The connection stays open, so that a refusal can be sent on it.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    bytes += chunk.length;
    if (bytes > MAX_BODY) {
      request.resume();
      throw tooLarge('the body has more than 1 MiB');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Answers with an error: in Okta's JSON form for the page's requests, as a line of text for a person. */
function refuse(response, path, error) {
  const refusal =
    error instanceof Refusal
      ? error
      : new Refusal(500, 'E0000009', 'the console failed: this is a defect in it');
  const isApi =
    path.startsWith('/api/') || (path.startsWith('/console/') && !path.startsWith('/console/open/'));
  const text = isApi ? refusal.toJson() : refusal.toText();
  response.writeHead(refusal.status, {
    ...refusal.headers,
    'content-type': isApi ? 'application/json' : 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}
