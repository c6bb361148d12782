// A local org as a server of Node's on loopback, for what is no JavaScript or has a real network between.

/** The largest body that is read, in bytes; Okta's own limit is far below. As of the native server. */
const MAX_BODY = 1024 * 1024;

/** Serves `makeOrg(orgUrl)`; resolves once it listens. */
export async function served(makeOrg, port) {
  // Asked for when it is used: a page has no such module, and its bundler need not know of it.
  const http = globalThis.process?.getBuiltinModule?.('node:http');
  if (!http) throw new TypeError('serveOrg: only Node, and what has its modules, can serve');
  let org;
  const server = http.createServer((request, response) => {
    // A connection that the org breaks off breaks off here, too.
    answer(org, request, response).catch(() => response.destroy());
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', () => resolve(undefined));
  });
  const { port: taken } = /** @type {{ port: number }} */ (server.address());
  try {
    org = makeOrg(`http://127.0.0.1:${taken}`);
  } catch (error) {
    server.close();
    throw error;
  }
  const close = () =>
    new Promise((resolve) => {
      server.close(() => resolve(undefined));
      server.closeAllConnections();
    });
  return { ...org, close };
}

async function answer(org, request, response) {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const chunks = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > MAX_BODY) return tooLarge(response);
    chunks.push(chunk);
  }
  const headers = new Headers();
  for (let at = 0; at < request.rawHeaders.length; at += 2) {
    headers.append(request.rawHeaders[at], request.rawHeaders[at + 1]);
  }
  // Not Buffer: bundlers put a package of that name in its place.
  const body = chunks.length > 0 ? new Blob(chunks) : undefined;
  const init = { method: request.method, headers, body, signal: gone.signal };
  const answered = await org.fetch(org.orgUrl + request.url, init);
  // The org has a clock of its own, which may be hidden.
  response.sendDate = false;
  response.writeHead(answered.status, [...answered.headers].flat());
  if (answered.body) for await (const chunk of answered.body) response.write(chunk);
  response.end();
}

/** Answers, and hangs up: the rest of the body is not read. */
function tooLarge(response) {
  response.writeHead(413, { connection: 'close', 'content-length': 0 });
  response.end(() => response.destroy());
}
