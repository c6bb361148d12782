#!/usr/bin/env bash
# Package: @okta/okta-sdk-nodejs 8.1.0 (npm), the vendor's own client for Node.
# Behaviour: `each()` of a list ends at a page without items although the page has a `next`; `for await` gives a `null`
#   for that page, as if it were an item, and goes on.
# Why it surprises: Okta's guide to pagination has clients follow `next` until it is missing, and real orgs send a `next`
#   on pages that are not full. Of three pages, `each()` takes the first for the whole list, without an error, and a loop
#   that reads `group.id` throws at the `null`. An empty page is valid: whatever filters a page after it was cut out of
#   the list may leave nothing of it.
# Output seen:
#   each: 00g1 00g2
#   for await: 00g1 00g2 null 00g3
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund @okta/okta-sdk-nodejs@8.1.0
cat > run.mjs << 'JS'
import http from 'node:http';
import okta from '@okta/okta-sdk-nodejs';

const pages = [['00g1', '00g2'], [], ['00g3']];
const server = http.createServer((request, response) => {
  const page = Number(new URL(request.url, orgUrl).searchParams.get('after') ?? 0);
  const links = [`<${orgUrl}${request.url}>; rel="self"`];
  if (page + 1 < pages.length) links.push(`<${orgUrl}/api/v1/groups?after=${page + 1}&limit=2>; rel="next"`);
  response.writeHead(200, { 'content-type': 'application/json', link: links });
  response.end(JSON.stringify(pages[page].map((id) => ({ id, profile: { name: id } }))));
});
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const orgUrl = `http://127.0.0.1:${server.address().port}`;
const { groupApi } = new okta.Client({ orgUrl, token: 'none', testing: { disableHttpsCheck: true } });
const each = [];
await (await groupApi.listGroups({ limit: 2 })).each((group) => void each.push(group.id));
console.log('each:', each.join(' '));
const iterated = [];
for await (const group of await groupApi.listGroups({ limit: 2 })) iterated.push(group === null ? 'null' : group.id);
console.log('for await:', iterated.join(' '));
server.close();
JS
node run.mjs > seen
cat seen
diff - seen << 'SEEN'
each: 00g1 00g2
for await: 00g1 00g2 null 00g3
SEEN
