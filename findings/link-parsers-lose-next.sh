#!/usr/bin/env bash
# Packages: parse-link-header 2.0.0 and li 1.3.0 (npm), the widely used parsers of the `Link` header.
# Behaviour: both find no `next` where a header has blanks around `=`, the parameter's name in capitals, the relation in
#   capitals, or a second `rel`; li also finds none after an escaped quote or a leading comma.
# Why it surprises: RFC 8288 (3, 3.3 and appendix B.3) has all of these as valid: parameter names and registered
#   relations are compared without regard to case, blanks around `=` are read past, a second `rel` is ignored, and empty
#   elements of a list are allowed (RFC 9110, 5.6.1). A program that pages by `next` takes the first page for the whole
#   list, without an error. http-link-header 1.1.4 reads them all but the leading comma, on which it throws.
# Output seen: see the end of this file.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund parse-link-header@2.0.0 li@1.3.0 http-link-header@1.1.4
cat > run.cjs << 'JS'
const parse = require('parse-link-header');
const li = require('li');
const LinkHeader = require('http-link-header');
const page = '<https://example.okta.com/api/v1/groups?after=1&limit=200>';
const headers = {
  plain: `${page}; rel="next"`,
  blanks: `${page} ; rel = "next"`,
  name: `${page}; REL="next"`,
  relation: `${page}; rel="Next"`,
  second: `${page}; rel="next"; rel="prev"`,
  escaped: `${page}; title="say \\"hi\\""; rel="next"`,
  comma: `, ${page}; rel="next"`,
};
const found = (read) => {
  try {
    return read() ? 'next' : '-';
  } catch {
    return 'throws';
  }
};
const third = (header) => LinkHeader.parse(header).refs.find(({ rel }) => rel.toLowerCase() === 'next');
for (const [form, header] of Object.entries(headers)) {
  const cells = [() => parse(header)?.next, () => li.parse(header).next, () => third(header)];
  console.log([form, ...cells.map(found)].join(' '));
}
JS
node run.cjs > seen
cat seen
# The columns: the header's form, parse-link-header, li, http-link-header.
diff - seen << 'SEEN'
plain next next next
blanks - - next
name - - next
relation - - next
second - - next
escaped next - next
comma next - throws
SEEN
