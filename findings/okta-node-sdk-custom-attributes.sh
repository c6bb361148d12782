#!/usr/bin/env bash
# Package: @okta/okta-sdk-nodejs 8.1.0 (npm), the vendor's own client for Node.
# Behaviour: `getGroup` gives a profile of `name` and `description` only, and `replaceGroup` of that very object sends
#   only those two. Okta's *Replace a group* drops every attribute that the body leaves out.
# Why it surprises: a program that reads a group, changes its description and writes it back (the reference's own way)
#   deletes the group's custom attributes in the org, without an error. Okta documents custom attributes of groups
#   ("You can extend the group profile with custom attributes").
# Output seen:
#   read {"description":"d","name":"West"}
#   sent {"profile":{"description":"new","name":"West"}}
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund @okta/okta-sdk-nodejs@8.1.0
cat > run.mjs << 'JS'
import http from 'node:http';
import okta from '@okta/okta-sdk-nodejs';

const group = {
  id: '00g1',
  type: 'OKTA_GROUP',
  objectClass: ['okta:user_group'],
  profile: { name: 'West', description: 'd', costCenter: 42, owners: ['a', 'b'] },
};
let sent;
const server = http.createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  if (request.method === 'PUT') sent = body;
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(group));
});
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const orgUrl = `http://127.0.0.1:${server.address().port}`;
const client = new okta.Client({ orgUrl, token: 'none', testing: { disableHttpsCheck: true } });
const read = await client.groupApi.getGroup({ groupId: '00g1' });
console.log('read', JSON.stringify(read.profile));
read.profile.description = 'new';
await client.groupApi.replaceGroup({ groupId: '00g1', group: read });
console.log('sent', sent);
server.close();
JS
node run.mjs > seen
cat seen
diff - seen << 'SEEN'
read {"description":"d","name":"West"}
sent {"profile":{"description":"new","name":"West"}}
SEEN
