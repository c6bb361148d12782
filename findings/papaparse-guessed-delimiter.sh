#!/usr/bin/env bash
# Package: papaparse 5.7.1 (npm), the widely used reader of CSV in browsers and Node.
# Behaviour: a file of two columns that ends with a line break is split at the `;` or `|` in its quoted cells if each row has
#   two of them; the quotes stay in the parts. Without the line break, or with `skipEmptyLines`, it is split at its commas.
# Why it surprises: RFC 4180 (2.2, 2.6) allows that last line break, which most programs write, and has separators within quotes
#   as text. Papaparse counts the end of the file as a row of one column when it guesses the delimiter, so the comma falls
#   below two columns on average and is out. Without `header` there is no error: the id of each row has a piece of the next
#   cell on it. A list of owners or labels in a cell looks like that.
# Output seen: see the end of this file.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y > /dev/null
npm install --silent --no-audit --no-fund papaparse@5.7.1
cat > run.cjs << 'JS'
const Papa = require('papaparse');
const files = {
  'one ;': 'id,owners\n00g1,"ana;bob"\n00g2,"bob;eve"',
  'two ;': 'id,owners\n00g1,"ana;bob;eve"\n00g2,"bob;eve;kim"',
  'two |': 'id,path\n00g1,"Sales|EMEA|West"\n00g2,"Sales|APAC|East"',
  'two ; and three columns': 'id,name,owners\n00g1,West,"ana;bob;eve"\n00g2,East,"bob;eve;kim"',
};
for (const [name, text] of Object.entries(files)) {
  for (const [how, ended, options] of [
    ['as it is', text, {}],
    ['line break', `${text}\n`, {}],
    ['line break, skipEmptyLines', `${text}\n`, { skipEmptyLines: true }],
    ['line break, delimiter', `${text}\n`, { delimiter: ',' }],
  ]) {
    const { data, errors } = Papa.parse(ended, options);
    const faults = errors.filter(({ code }) => code !== 'UndetectableDelimiter').length;
    console.log(`${name}, ${how}: ${data[1].length} cells, the first is ${data[1][0]}, ${faults} errors`);
  }
}
JS
node run.cjs > seen
cat seen
diff - seen << 'SEEN'
one ;, as it is: 2 cells, the first is 00g1, 0 errors
one ;, line break: 2 cells, the first is 00g1, 0 errors
one ;, line break, skipEmptyLines: 2 cells, the first is 00g1, 0 errors
one ;, line break, delimiter: 2 cells, the first is 00g1, 0 errors
two ;, as it is: 2 cells, the first is 00g1, 0 errors
two ;, line break: 3 cells, the first is 00g1,"ana, 0 errors
two ;, line break, skipEmptyLines: 2 cells, the first is 00g1, 0 errors
two ;, line break, delimiter: 2 cells, the first is 00g1, 0 errors
two |, as it is: 2 cells, the first is 00g1, 0 errors
two |, line break: 3 cells, the first is 00g1,"Sales, 0 errors
two |, line break, skipEmptyLines: 2 cells, the first is 00g1, 0 errors
two |, line break, delimiter: 2 cells, the first is 00g1, 0 errors
two ; and three columns, as it is: 3 cells, the first is 00g1, 0 errors
two ; and three columns, line break: 3 cells, the first is 00g1, 0 errors
two ; and three columns, line break, skipEmptyLines: 3 cells, the first is 00g1, 0 errors
two ; and three columns, line break, delimiter: 3 cells, the first is 00g1, 0 errors
SEEN
