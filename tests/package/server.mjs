// Servers on loopback, for faults that only real sockets have.
import http from 'node:http';
import net from 'node:net';
import { once } from 'node:events';

/** An HTTP server for a test: `answer(request, response, n)` answers; `requests` holds what came. */
export async function serve(t, answer) {
  const requests = [];
  const server = http.createServer(async (request, response) => {
    const { method, url, headers } = request;
    let body = '';
    request.setEncoding('utf8');
    for await (const chunk of request) body += chunk;
    // Which end closed it, and whether all was sent by then.
    const closed = once(response, 'close').then(() => response.writableFinished);
    requests.push({ method, url, headers, body, closed });
    answer({ ...requests.at(-1), socket: request.socket }, response, requests.length);
  });
  return { ...(await listening(t, server)), requests };
}

/** A server that answers every request with these bytes, whatever they are, and keeps the connection. */
export async function serveBytes(t, ...answers) {
  let n = 0;
  const sockets = [];
  const server = net.createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.on('data', () => socket.write(answers[Math.min(n++, answers.length - 1)]));
  });
  t.after(() => sockets.forEach((socket) => socket.destroy()));
  return listening(t, server);
}

async function listening(t, server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections?.();
  });
  const { port } = server.address();
  return { port, url: `http://127.0.0.1:${port}` };
}

/** A port that nothing listens on. */
export async function closedPort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Answers with JSON. */
export function answerJson(response, body, status = 200, headers = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}
