// Serves a local org on loopback by `node:http` or `node:https`, for other languages and tests over a real network. The org
// decides each answer.

/** The largest request body in bytes, as in the native server; Okta's own limit is far lower. */
const MAX_BODY = 1024 * 1024;

/** Serves the org that `makeOrg(url)` makes, over TLS if `tls` has a certificate. Resolves once the server listens. */
export async function served(makeOrg, port, tls) {
  // Looked up at run time: a page does not have the module, and its bundler must not try to resolve it.
  const scheme = tls ? 'https' : 'http';
  const module = /** @type {any} */ (globalThis.process?.getBuiltinModule?.(`node:${scheme}`));
  if (!module) throw new TypeError('serveOrg: needs the modules of Node');
  let made;
  const server = module.createServer(tls ? { key: tls.key, cert: tls.cert } : {}, (request, response) => {
    // A fault of the org that breaks the connection breaks the client's connection.
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
  // Not Buffer: bundlers would add a package of that name.
  const sent = new Uint8Array(await new Blob(chunks).arrayBuffer());
  const { method, url, rawHeaders } = request;
  const { status, headers, body } = await answer(method, url, rawHeaders, sent, gone.signal);
  // The org sends its own `Date`, and a fault may omit it.
  response.sendDate = false;
  // Raw pairs: a `Headers` would join the two lines of `Link`, which only a quirk does.
  response.writeHead(status, headers.flat());
  if (typeof body === 'string') {
    response.end(body);
    return;
  }
  for await (const chunk of body) response.write(chunk);
  response.end();
}

/** Answers 413 and closes the connection: the rest of the body is not read. */
function tooLarge(response) {
  response.writeHead(413, { connection: 'close', 'content-length': 0 });
  response.end(() => response.destroy());
}
