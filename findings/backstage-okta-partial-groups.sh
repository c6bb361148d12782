#!/usr/bin/env bash
# Package: @roadiehq/catalog-backend-module-okta 1.4.1 (npm), the entity providers that bring Okta's groups to Backstage.
# Behaviour: a group whose members Okta does not list in one run (here a 500) is missing from that run's mutation, which is
#   nevertheless of the type `full`.
# Why it surprises: Backstage takes a full mutation for everything that the provider has, so it removes the group's entity,
#   with its relations and what it owns, although the group stands in Okta unchanged. One of many groups is enough, and the
#   provider lists the members of 250 groups at a time, more than a minute of most orgs' rate limit. The run succeeds and
#   only logs a warning, that names no group.
# Output seen: see the end of this file.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @roadiehq/catalog-backend-module-okta@1.4.1
cat > run.cjs << 'JS'
const http = require('node:http');
const { OktaGroupEntityProvider } = require('@roadiehq/catalog-backend-module-okta');
const { ConfigReader } = require('@backstage/config');

const groups = ['00g1', '00g2', '00g3'].map((id) => ({ id, type: 'OKTA_GROUP', profile: { name: `of ${id}` } }));
const users = [{ id: '00u1', profile: { login: 'ana@example.com' } }];
let refused;
const server = http.createServer((request, response) => {
  const [, id] = /groups\/(\w+)\/users/.exec(request.url) ?? [];
  response.setHeader('content-type', 'application/json');
  if (id && id === refused) {
    response.statusCode = 500;
    response.end(JSON.stringify({ errorCode: 'E0000009', errorSummary: 'Internal Server Error', errorCauses: [] }));
  } else {
    response.end(JSON.stringify(id ? users : groups));
  }
});

server.listen(0, '127.0.0.1', async () => {
  const config = new ConfigReader({ orgUrl: `http://127.0.0.1:${server.address().port}`, token: 'none' });
  const warnings = [];
  const logger = { debug() {}, info() {}, error() {}, warn: (text) => warnings.push(text) };
  let mutation;
  const provider = OktaGroupEntityProvider.fromConfig(config, { logger });
  await provider.connect({ applyMutation: async (made) => (mutation = made) });
  for (refused of [undefined, '00g2']) {
    await provider.run();
    console.log(mutation.type, mutation.entities.map(({ entity }) => entity.metadata.name).join(' '));
  }
  for (const text of warnings) console.log('warning:', text.trim());
  server.close();
});
JS
OKTA_TESTING_DISABLEHTTPSCHECK=true node run.cjs > seen
cat seen
# Of each run: the mutation's type and the groups in it; then what was logged.
diff - seen << 'SEEN'
full 00g1 00g2 00g3
full 00g1 00g3
warning: failed to resolve group membership and add group: Okta HTTP 500 E0000009 Internal Server Error.
SEEN
