#!/usr/bin/env bash
# Package: okta-expression-parser 0.4.3 (PyPI), an evaluator of Okta's expression language, the one of group rules.
# Behaviour: `String.append` puts a `$` between its two texts, and `String.substringAfter` gives the separator as well.
#   `String.len` is missing.
# Why it surprises: Okta's reference of the language has these very examples, with `This is a test`, `okta.com` and `4` as
#   their results. A rule such as `String.substringAfter(user.login, "@") == "example.com"` holds for nobody here, though it
#   adds every such user in Okta, and nothing reports an error.
# Output seen: see the end of this file.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet okta-expression-parser==0.4.3
cat > run.py << 'PY'
from okta_expression_parser.parser import ExpressionParser

for text in (
    'String.append("This is", " a test")',
    'String.substringBefore("abc@okta.com", "@")',
    'String.substringAfter("abc@okta.com", "@")',
    'String.substringAfter(user.login, "@") == "example.com"',
    'String.substring("This is a test", 2, 9)',
    'String.len("This")',
):
    try:
        value = ExpressionParser(user_profile={"login": "ana@example.com"}).parse(text)
    except Exception as raised:
        value = type(raised).__name__
    print(text, "->", value)
PY
venv/bin/python run.py > seen
cat seen
diff - seen << 'SEEN'
String.append("This is", " a test") -> This is$ a test
String.substringBefore("abc@okta.com", "@") -> abc
String.substringAfter("abc@okta.com", "@") -> @okta.com
String.substringAfter(user.login, "@") == "example.com" -> False
String.substring("This is a test", 2, 9) -> is is a
String.len("This") -> AttributeError
SEEN
