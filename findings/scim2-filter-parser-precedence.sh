#!/usr/bin/env bash
# Package: scim2-filter-parser 0.7.0 (PyPI), the translator of SCIM filter expressions to SQL that django-scim2 rests on.
# Behaviour: `a or b and c` becomes `(a OR b) AND c`, though `c and b or a` becomes `(c AND b) OR a`. The text `"true"` is
#   compared as `TRUE`. `null` is compared as the text `NULL`, so it finds no row at all. A number with a sign or a
#   fraction and a string with `\"` are refused.
# Why it surprises: RFC 7644 (3.4.2.2) has `and` before `or`, and values as JSON has them: these are valid and their meaning
#   is fixed. The first kind is no error: a search finds too few records, and which ones depends on the order of its terms.
# Output seen: see the end of this file.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet scim2-filter-parser==0.7.0
cat > run.py << 'PY'
import sqlite3

from scim2_filter_parser.transpilers.sql import Transpiler
from scim2_filter_parser.lexer import SCIMLexer
from scim2_filter_parser.parser import SCIMParser

COLUMNS = {(name, None, None): name for name in ("id", "name", "type", "size")}
table = sqlite3.connect(":memory:")
table.execute("create table groups (id text, name text, type text, size real)")
table.executemany(
    "insert into groups values (?, ?, ?, ?)",
    [("1", "West", "OKTA_GROUP", 1.5), ("2", "East", "APP_GROUP", -1), ("3", "true", "BUILT_IN", None)],
)


def found(text):
    try:
        condition, values = Transpiler(COLUMNS).transpile(SCIMParser().parse(SCIMLexer().tokenize(text)))
    except Exception as raised:
        return f"{type(raised).__name__}"
    named = condition.format(**{name: f":{name}" for name in values})
    rows = table.execute(f"select id from groups where {named}", values).fetchall()
    return f"{condition} {list(values.values())} finds {' '.join(row[0] for row in rows) or 'none'}"


for text in (
    'type eq "OKTA_GROUP" or type eq "APP_GROUP" and name eq "East"',
    'name eq "East" and type eq "APP_GROUP" or type eq "OKTA_GROUP"',
    '(type eq "OKTA_GROUP") or (type eq "APP_GROUP" and name eq "East")',
    'name eq "true"',
    "size eq null",
    "size eq 1.5",
    "size eq -1",
    'name eq "say \\"hi\\""',
):
    print(text, "->", found(text))
PY
venv/bin/python run.py > seen
cat seen
diff - seen << 'SEEN'
type eq "OKTA_GROUP" or type eq "APP_GROUP" and name eq "East" -> ((type = {a}) OR (type = {b})) AND (name = {c}) ['OKTA_GROUP', 'APP_GROUP', 'East'] finds 2
name eq "East" and type eq "APP_GROUP" or type eq "OKTA_GROUP" -> ((name = {a}) AND (type = {b})) OR (type = {c}) ['East', 'APP_GROUP', 'OKTA_GROUP'] finds 1 2
(type eq "OKTA_GROUP") or (type eq "APP_GROUP" and name eq "East") -> (type = {a}) OR ((type = {b}) AND (name = {c})) ['OKTA_GROUP', 'APP_GROUP', 'East'] finds 1 2
name eq "true" -> name = {a} ['TRUE'] finds none
size eq null -> size = {a} ['NULL'] finds none
size eq 1.5 -> ValueError
size eq -1 -> ValueError
name eq "say \"hi\"" -> SCIMParserError
SEEN
