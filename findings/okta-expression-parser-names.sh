#!/usr/bin/env bash
# Package: okta-expression-parser 0.4.3 (PyPI), an evaluator of Okta's expression language, the one of group rules.
# Behaviour: an attribute whose name begins with an operator (`organization` with `or`, `notes` with `not`, `netId` with
#   `ne`) is cut there, and its comparison is false for a user whose value is the very same. Two comparisons by `<`, `>` or
#   `>=` that `AND` joins give `None`, and `<=` is refused.
# Why it surprises: `organization` is an attribute of Okta's own user profile, and all of these are valid expressions of a
#   group rule. `parse` returns what is false in Python in place of an error (a line on stderr names a token), so a program
#   that tries a rule on users before it activates the rule is told that nobody matches.
# Output seen: see the end of this file.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet okta-expression-parser==0.4.3
cat > run.py << 'PY'
from okta_expression_parser.parser import ExpressionParser

USER = {"department": "Sales", "organization": "West", "notes": "x", "netId": "ana", "level": 10}
for text in (
    'user.department == "Sales"',
    'user.organization == "West"',
    'user.notes == "x"',
    'user.netId == "ana"',
    "user.level >= 5",
    "user.level >= 5 AND user.level < 20",
    "user.level <= 20",
):
    try:
        value = ExpressionParser(user_profile=USER).parse(text)
    except Exception as raised:
        value = type(raised).__name__
    print(text, "->", value)
PY
venv/bin/python run.py > seen 2> /dev/null
cat seen
# Each of these holds for this user.
diff - seen << 'SEEN'
user.department == "Sales" -> True
user.organization == "West" -> False
user.notes == "x" -> False
user.netId == "ana" -> False
user.level >= 5 -> True
user.level >= 5 AND user.level < 20 -> None
user.level <= 20 -> SyntaxError
SEEN
