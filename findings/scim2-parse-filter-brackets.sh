#!/usr/bin/env bash
# Package: scim2-parse-filter 0.2.10 (npm), the widely used parser and evaluator of SCIM filter expressions.
# Behaviour: `owners[type eq "USER" and value eq "b"]` finds a record where one element has the type and another one the
#   value. `owners[not (type eq "USER")]` misses a record with a USER and a GROUP.
# Why it surprises: RFC 7644 (3.4.2.2) has the expressions within brackets hold for the same value of the attribute; that is
#   what brackets are for. Written without them (`owners.type eq "USER" and owners.value eq "b"`) the expression finds the
#   same records, so nothing tells that the brackets do nothing. scim-query-filter-parser 2.0.4 finds the right
#   ones, but refuses every `not`, which the RFC has as well.
# Output seen: see the end of this file.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund scim2-parse-filter@0.2.10 scim-query-filter-parser@2.0.4
cat > run.cjs << 'JS'
const { parse, filter } = require('scim2-parse-filter');
const { compileFilter } = require('scim-query-filter-parser');
const records = [
  { id: '1', owners: [{ type: 'USER', value: 'a' }, { type: 'GROUP', value: 'b' }] },
  { id: '2', owners: [{ type: 'USER', value: 'b' }] },
  { id: '3', owners: [{ type: 'GROUP', value: 'c' }] },
];
const found = (test) => records.filter(test).map(({ id }) => id).join(' ') || 'none';
const other = (text) => {
  try {
    return found(compileFilter(text));
  } catch (error) {
    return error.message;
  }
};
for (const text of [
  'owners.type eq "USER" and owners.value eq "b"',
  'owners[type eq "USER" and value eq "b"]',
  'owners[type eq "GROUP" and value eq "a"]',
  'owners[not (type eq "USER")]',
]) {
  console.log(`${text} -> ${found(filter(parse(text)))} | ${other(text)}`);
}
JS
node run.cjs > seen
cat seen
# The columns: the expression, what scim2-parse-filter finds, what scim-query-filter-parser finds.
diff - seen << 'SEEN'
owners.type eq "USER" and owners.value eq "b" -> 1 2 | 1 2
owners[type eq "USER" and value eq "b"] -> 1 2 | 2
owners[type eq "GROUP" and value eq "a"] -> 1 | none
owners[not (type eq "USER")] -> 3 | Failed to parse!
SEEN
