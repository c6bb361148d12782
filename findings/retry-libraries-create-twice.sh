#!/usr/bin/env bash
# Packages: axios-retry 4.5.0 with axios 1.21.1, and fetch-retry 6.0.0 (npm), which add retries to axios and to `fetch`.
# Behaviour: with their defaults both send a `POST` again, and again without a wait for axios-retry, when the connection ends
#   before the answer.
# Why it surprises: a connection that ends after the request was sent says nothing of whether the other end carried it out:
#   one create of a group becomes up to four, or fails on its own first try where the name is then taken. RFC 9110 (9.2.2)
#   has clients repeat a method that is not idempotent only where they know that it did not run. The condition that
#   axios-retry has by default is named `isNetworkOrIdempotentRequestError`, and it does keep to idempotent methods after a
#   503. retry-axios 4.0.3 keeps to them in both cases.
# Output seen: see the end of this file.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund axios@1.21.1 axios-retry@4.5.0 fetch-retry@6.0.0 retry-axios@4.0.3
cat > run.mjs << 'JS'
import http from 'node:http';
import axios from 'axios';
import axiosRetry from 'axios-retry';
import fetchRetry from 'fetch-retry';
import * as rax from 'retry-axios';

let made = 0;
let fault;
// The org carries out each create. Then the connection ends, or a 503 is the answer.
const server = http.createServer((request, response) => {
  made++;
  if (fault === 'reset') request.socket.destroy();
  else response.writeHead(503).end();
});
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const url = `http://127.0.0.1:${server.address().port}/api/v1/groups`;
const group = { profile: { name: 'West' } };

const patched = axios.create();
axiosRetry(patched);
const attached = axios.create();
attached.defaults.raxConfig = {};
rax.attach(attached);
const fetchAgain = fetchRetry(fetch);
const clients = {
  'axios-retry': () => patched.post(url, group),
  'fetch-retry': () => fetchAgain(url, { method: 'POST', body: JSON.stringify(group) }),
  'retry-axios': () => attached.post(url, group),
};
for (fault of ['reset', '503']) {
  for (const [name, create] of Object.entries(clients)) {
    made = 0;
    await create().catch(() => {});
    console.log(fault, name, made);
  }
}
server.close();
JS
node run.mjs > seen
cat seen
# The columns: the fault, the library, how many groups one create made.
diff - seen << 'SEEN'
reset axios-retry 4
reset fetch-retry 4
reset retry-axios 1
503 axios-retry 1
503 fetch-retry 1
503 retry-axios 1
SEEN
