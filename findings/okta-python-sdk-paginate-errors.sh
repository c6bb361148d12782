#!/usr/bin/env bash
# Package: okta 3.4.6 (PyPI), the vendor's own client for Python.
# Behaviour: `paginate_all` of `okta.pagination` ends without an exception when Okta answers a later page with an error.
#   The caller gets the pages before it. So it does after a 429 that stays, and at a page without items that has a `next`.
# Why it surprises: its documentation promises "all results from an Okta API list method" and shows
#   `[user async for user in paginate_all(...)]`. A busy org or a short outage makes that list shorter, and nothing tells
#   it from a whole one: a program that removes who is not on the list removes people.
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
import logging
import os
import threading
import time

os.environ["OKTA_TESTING_TESTINGDISABLEHTTPSCHECK"] = "true"
logging.disable(logging.CRITICAL)
from okta.client import Client  # noqa: E402
from okta.pagination import paginate_all  # noqa: E402

# The org has three pages of one group each; `second` is how it answers the request for the second.
PAGES = {None: ("00g1", "2"), "2": ("00g2", "3"), "3": ("00g3", None)}
ERRORS = {429: "E0000047", 500: "E0000009"}
second = 200


class Org(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_GET(self):
        after = self.path.partition("after=")[2].partition("&")[0] or None
        group, following = PAGES[after]
        status, body = 200, [{"id": group, "type": "OKTA_GROUP", "profile": {"name": group}}]
        if after == "2" and second == "empty":
            body = []
        elif after == "2" and second != 200:
            status = second
            body = {"errorCode": ERRORS[status], "errorSummary": "", "errorLink": "", "errorId": "", "errorCauses": []}
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        # The window of the rate limit is over at once, so that the script does not wait.
        self.send_header("x-rate-limit-reset", str(int(time.time()) - 1))
        if following:
            self.send_header("link", f'<http://org/api/v1/groups?after={following}&limit=1>; rel="next"')
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Org)
threading.Thread(target=server.serve_forever, daemon=True).start()


async def main():
    global second
    client = Client({"orgUrl": f"http://127.0.0.1:{server.server_port}", "token": "none"})
    for second in (200, 500, 429, "empty"):
        groups = [group.id async for group in paginate_all(client.list_groups, limit=1)]
        print("second page", second, "->", *groups)


asyncio.run(main())
PY
venv/bin/python run.py > seen
cat seen
diff - seen << 'SEEN'
second page 200 -> 00g1 00g2 00g3
second page 500 -> 00g1
second page 429 -> 00g1
second page empty -> 00g1
SEEN
