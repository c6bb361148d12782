// A local org as a server of Node's on loopback, for what is no JavaScript or has a real network between.

/** The largest body that is read, in bytes; Okta's own limit is far below. As of the native server. */
const MAX_BODY = 1024 * 1024;

/** Serves what `makeOrg(url)` makes, over TLS if there is a certificate; resolves once the server listens. */
export async function served(makeOrg, port, tls) {
  // The module is looked up when it is used: a page has none, and its bundler need not know of it.
  const scheme = tls ? 'https' : 'http';
  const module = /** @type {any} */ (globalThis.process?.getBuiltinModule?.(`node:${scheme}`));
  if (!module) throw new TypeError('serveOrg: only Node, and what has its modules, can serve');
  let made;
  const server = module.createServer(tls ? { key: tls.key, cert: tls.cert } : {}, (request, response) => {
    // A connection that the org breaks off breaks off here, too.
    respond(made, request, response).catch(() => response.destroy());
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', () => resolve(undefined));
  });
  const { port: taken } = /** @type {{ port: number }} */ (server.address());
  const url = `${scheme}://127.0.0.1:${taken}`;
  try {
    made = makeOrg(url);
  } catch (error) {
    server.close();
    throw error;
  }
  const close = () =>
    new Promise((resolve) => {
      server.close(() => resolve(undefined));
      server.closeAllConnections();
    });
  return { ...made.org, url, close };
}

async function respond({ answer }, request, response) {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const chunks = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > MAX_BODY) return tooLarge(response);
    chunks.push(chunk);
  }
  // Not Buffer: bundlers put a package of that name in its place.
  const sent = new Uint8Array(await new Blob(chunks).arrayBuffer());
  const { method, url, rawHeaders } = request;
  const { status, headers, body } = await answer(method, url, rawHeaders, sent, gone.signal);
  // The org has a clock of its own, which may be hidden.
  response.sendDate = false;
  // Pairs as they are: a `Headers` would join two lines of `Link`, which only a quirk does.
  response.writeHead(status, headers.flat());
  if (typeof body === 'string') {
    response.end(body);
    return;
  }
  for await (const chunk of body) response.write(chunk);
  response.end();
}

/** Answers, and hangs up: the rest of the body is not read. */
function tooLarge(response) {
  response.writeHead(413, { connection: 'close', 'content-length': 0 });
  response.end(() => response.destroy());
}
