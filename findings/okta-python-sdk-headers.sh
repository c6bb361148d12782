#!/usr/bin/env bash
# Package: okta 3.4.6 (PyPI), the vendor's own client for Python.
# Behaviour: 1. it sends `Authorization: SSWSTOKEN`, the scheme and the token without the blank between them;
#   2. of two `Link` lines of an answer, the response that `list_groups` gives has the last one only.
# Why it surprises: 1. Okta's documentation and RFC 9110 (11.4) put a blank between scheme and credentials, so a test
#   server or proxy that reads the header by the RFC answers 401. 2. Okta sends `self` and `next` as two lines; RFC 9110
#   (5.3) has them mean the same in any order, but a gateway that sends `next` first makes the first page look like the
#   whole list: `list_groups` itself does not page, its response's headers are the only way on.
# Output seen: see the end of this file.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install --quiet okta==3.4.6
cat > run.py << 'PY'
import asyncio
import http.server
import json
import os
import threading

os.environ["OKTA_TESTING_TESTINGDISABLEHTTPSCHECK"] = "true"
from okta.client import Client  # noqa: E402

SELF = '<https://example.okta.com/api/v1/groups?limit=1>; rel="self"'
NEXT = '<https://example.okta.com/api/v1/groups?after=1&limit=1>; rel="next"'
order = []
authorization = set()


class Org(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_GET(self):
        authorization.add(self.headers["authorization"])
        body = json.dumps([{"id": "00g1", "profile": {"name": "West"}}]).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        for link in order:
            self.send_header("link", link)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Org)
threading.Thread(target=server.serve_forever, daemon=True).start()


async def main():
    client = Client({"orgUrl": f"http://127.0.0.1:{server.server_port}", "token": "TOKEN"})
    for name, links in (("self, next", [SELF, NEXT]), ("next, self", [NEXT, SELF])):
        order[:] = links
        _, response, error = await client.list_groups(limit=1)
        assert error is None
        print(name, "->", response.headers["Link"])


asyncio.run(main())
print("authorization:", *authorization)
PY
venv/bin/python run.py > seen
cat seen
diff - seen << 'SEEN'
self, next -> <https://example.okta.com/api/v1/groups?after=1&limit=1>; rel="next"
next, self -> <https://example.okta.com/api/v1/groups?limit=1>; rel="self"
authorization: SSWSTOKEN
SEEN
