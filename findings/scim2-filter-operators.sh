#!/usr/bin/env bash
# Package: scim2-filter 0.2.0 (npm), a parser and evaluator of SCIM filter expressions, the language of Okta's `search`.
# Behaviour: the function that `filter(parse(text))` gives swaps `ge` and `le`, finds nothing by any `and` or `or`, and takes
#   `not (a) and b` for `not (a and b)`.
# Why it surprises: all of these are valid by RFC 7644 (3.4.2.2), which has `ge` as "greater than or equal", and `not` bind
#   closer than `and`. None of them is an error: a program that selects groups in memory gets none, or the wrong ones. The
#   fork scim2-parse-filter 0.2.10 selects the right ones.
# Output seen: see the end of this file.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund scim2-filter@0.2.0 scim2-parse-filter@0.2.10
cat > run.cjs << 'JS'
const original = require('scim2-filter');
const fork = require('scim2-parse-filter');
const groups = [
  { id: '1', type: 'OKTA_GROUP', members: 9 },
  { id: '2', type: 'APP_GROUP', members: 10 },
  { id: '3', type: 'BUILT_IN', members: 11 },
];
const found = ({ filter, parse }, text) => groups.filter(filter(parse(text))).map(({ id }) => id).join(' ') || 'none';
for (const text of [
  'members gt 10',
  'members ge 10',
  'members le 10',
  'id eq "1" or id eq "2"',
  'type eq "APP_GROUP" and members eq 10',
  'not (type eq "APP_GROUP")',
  'not (type eq "APP_GROUP") and type eq "BUILT_IN"',
]) {
  console.log(`${text} -> ${found(original, text)} | ${found(fork, text)}`);
}
JS
node run.cjs > seen
cat seen
# The columns: the expression, the groups that scim2-filter finds, those that scim2-parse-filter finds.
diff - seen << 'SEEN'
members gt 10 -> 3 | 3
members ge 10 -> 1 2 | 2 3
members le 10 -> 2 3 | 1 2
id eq "1" or id eq "2" -> none | 1 2
type eq "APP_GROUP" and members eq 10 -> none | 2
not (type eq "APP_GROUP") -> 1 3 | 1 3
not (type eq "APP_GROUP") and type eq "BUILT_IN" -> 1 2 3 | 3
SEEN
