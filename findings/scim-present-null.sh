#!/usr/bin/env bash
# Packages: scim2-parse-filter 0.2.10, scim-query-filter-parser 2.0.4 and scimmy 1.3.5 (npm), which evaluate SCIM filters.
# Behaviour: all three take an attribute that is `null` or `""` for present: `description pr` finds the record.
# Why it surprises: RFC 7644 (3.4.2.2, table 3) has `pr` match a "non-empty or non-null value", and RFC 7643 (2.5) has `null`
#   mean "unassigned". Okta answers with `"description": null` for a group that has none, so a filter for groups with a
#   description finds every group, and `not (description pr)` none of those that lack one.
# Output seen: see the end of this file.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund scim2-parse-filter@0.2.10 scim-query-filter-parser@2.0.4 scimmy@1.3.5
cat > run.mjs << 'JS'
import fork from 'scim2-parse-filter';
import compiled from 'scim-query-filter-parser';
import SCIMMY from 'scimmy';

const groups = [
  { id: 'text', description: 'd' },
  { id: 'null', description: null },
  { id: 'empty', description: '' },
  { id: 'missing' },
];
const text = 'description pr';
const ids = (found) => found.map(({ id }) => id).join(' ');
console.log('scim2-parse-filter:', ids(groups.filter(fork.filter(fork.parse(text)))));
console.log('scim-query-filter-parser:', ids(groups.filter(compiled.compileFilter(text))));
console.log('scimmy:', ids(new SCIMMY.Types.Filter(text).match(groups)));
JS
node run.mjs > seen
cat seen
diff - seen << 'SEEN'
scim2-parse-filter: text null empty
scim-query-filter-parser: text null empty
scimmy: text null empty
SEEN
