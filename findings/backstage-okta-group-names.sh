#!/usr/bin/env bash
# Package: @roadiehq/catalog-backend-module-okta 1.4.1 (npm), the entity providers that bring Okta's groups to Backstage.
# Behaviour: with the naming strategies `profile-name` and `kebab-case-name` (both in its README) two groups whose names
#   come to the same are one entity: the group that is listed last, with its members alone. Nothing is logged.
# Why it surprises: names of groups are not unique in Okta: imported groups (APP_GROUP) of two directories are often both
#   `Administrators`, and `kebab-case-name` makes one name of `R&D` and `R-D` as well. The provider hands the catalog a
#   full mutation, so the entity of the other group is removed from it, and ownership goes to the wrong people.
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

const groups = [
  { id: '00g1', type: 'APP_GROUP', profile: { name: 'Administrators', description: 'of the EU' } },
  { id: '00g2', type: 'APP_GROUP', profile: { name: 'Administrators', description: 'of the US' } },
  { id: '00g3', type: 'OKTA_GROUP', profile: { name: 'R&D', description: 'research' } },
  { id: '00g4', type: 'OKTA_GROUP', profile: { name: 'R-D', description: 'another' } },
];
// Each group has one member, who has the group's number.
const server = http.createServer((request, response) => {
  const [, number] = /groups\/00g(\d)\/users/.exec(request.url) ?? [];
  const users = [{ id: `00u${number}`, profile: { login: `${number}@example.com` } }];
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(number ? users : groups));
});

async function run(namingStrategy) {
  const config = new ConfigReader({ orgUrl: `http://127.0.0.1:${server.address().port}`, token: 'none' });
  const told = [];
  const logger = { debug() {}, info() {}, warn: (text) => told.push(text), error: (text) => told.push(text) };
  const provider = OktaGroupEntityProvider.fromConfig(config, { logger, namingStrategy });
  let mutation;
  await provider.connect({ applyMutation: async (made) => (mutation = made) });
  await provider.run();
  const entities = mutation.entities.map(({ entity }) => `${entity.metadata.description}=${entity.spec.members}`);
  console.log([namingStrategy, mutation.type, `${told.length} warnings:`, entities.join(', ')].join(' '));
}

server.listen(0, '127.0.0.1', async () => {
  for (const strategy of ['id', 'profile-name', 'kebab-case-name']) await run(strategy);
  server.close();
});
JS
OKTA_TESTING_DISABLEHTTPSCHECK=true node run.cjs > seen
cat seen
# The columns: the strategy, the mutation, what was logged, and of each entity the group's description and members.
diff - seen << 'SEEN'
id full 0 warnings: of the EU=00u1, of the US=00u2, research=00u3, another=00u4
profile-name full 0 warnings: of the US=00u2, research=00u3, another=00u4
kebab-case-name full 0 warnings: of the US=00u2, another=00u4
SEEN
