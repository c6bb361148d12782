#!/usr/bin/env bash
# Package: scim2-parse-filter 0.2.10 (npm), the widely used parser of SCIM filter expressions, the language of Okta's
#   `search` and `filter`.
# Behaviour: a string that ends with an escaped backslash is refused ("is not json"), and `\u00e9` stays six characters
#   in place of one, though `\"` is read as an escape.
# Why it surprises: RFC 7644 (3.4.2.2) defines the compared value as a JSON string: both are valid, and their meaning is
#   fixed. A program that quotes values with JSON.stringify (a Windows domain's `CORP\`, a name with an escaped letter)
#   gets an error for the first and compares with another text for the second.
# Output seen: see the end of this file.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund scim2-parse-filter@0.2.10
cat > run.cjs << 'JS'
const { parse } = require('scim2-parse-filter');
for (const text of ['name eq "say \\"hi\\""', 'name eq "caf\\u00e9"', 'name eq "CORP\\\\"']) {
  try {
    console.log(text, '->', parse(text).compValue);
  } catch (error) {
    console.log(text, '->', error.message);
  }
}
JS
node run.cjs > seen
cat seen
diff - seen << 'SEEN'
name eq "say \"hi\"" -> say "hi"
name eq "caf\u00e9" -> caf\u00e9
name eq "CORP\\" -> ["CORP\\\"(Quoted)] is not json
SEEN
