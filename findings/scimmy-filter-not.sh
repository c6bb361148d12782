#!/usr/bin/env bash
# Package: scimmy 1.3.5 (npm), the SCIM implementation whose `Filter` parses and evaluates filter expressions.
# Behaviour: `not (a or b)` finds what `not (a) or not (b)` would, and `not (a and b)` what `not (a) and not (b)` would.
#   `not` of a value in an array finds a record that has the value. Parentheses in parentheses and `\"` in a string are
#   refused.
# Why it surprises: RFC 7644 (3.4.2.2) has `not (...)` as the negation of what the parentheses hold, and the rest as valid.
#   The first kind is no error: a program that excludes two groups gets both of them.
# Output seen: see the end of this file.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund scimmy@1.3.5
cat > run.mjs << 'JS'
import SCIMMY from 'scimmy';

const records = [
  { id: '1', displayName: 'West', emails: [{ value: 'west@example.com' }, { value: 'all@example.com' }] },
  { id: '2', displayName: 'East', emails: [{ value: 'east@example.com' }] },
  { id: '3', displayName: 'say "hi"', emails: [{ value: 'hi@example.com' }] },
];
for (const text of [
  'id eq "1" or id eq "2"',
  'not (id eq "1" or id eq "2")',
  'id eq "1" and displayName eq "East"',
  'not (id eq "1" and displayName eq "East")',
  'emails.value eq "all@example.com"',
  'not (emails.value eq "all@example.com")',
  '((id eq "1") or (id eq "2"))',
  'displayName eq "say \\"hi\\""',
]) {
  let found;
  try {
    found = new SCIMMY.Types.Filter(text).match(records).map(({ id }) => id).join(' ') || 'none';
  } catch (error) {
    found = error.message;
  }
  console.log(`${text} -> ${found}`);
}
JS
node run.mjs > seen
cat seen
diff - seen << 'SEEN'
id eq "1" or id eq "2" -> 1 2
not (id eq "1" or id eq "2") -> 1 2 3
id eq "1" and displayName eq "East" -> none
not (id eq "1" and displayName eq "East") -> 3
emails.value eq "all@example.com" -> 1
not (emails.value eq "all@example.com") -> 1 2 3
((id eq "1") or (id eq "2")) -> Unexpected token ')' in filter
displayName eq "say \"hi\"" -> Unexpected token 'hi\""' in filter
SEEN
