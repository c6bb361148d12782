#!/usr/bin/env bash
# Package: okta 3.4.6 (PyPI), the vendor's own client for Python.
# Behaviour: after a 504 `add_group` sends the same `POST` again, up to twice and without a wait, where the 504 carries Okta's
#   `X-Rate-Limit-Reset`. Its result and its error tell nothing of it.
# Why it surprises: a 504 says that a gateway got no answer in time, so the org may have made the group. RFC 9110 (9.2.2)
#   has clients repeat a method that is not idempotent only where they know that the first one did not run. An org that
#   refuses a name that is taken lets the call fail on the very group that the call made; one that does not is left with
#   three groups, and the caller has the id of one.
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

ERROR = {"errorSummary": "", "errorLink": "", "errorId": "", "errorCauses": []}
made = []
refuses = False
received = 0


class Org(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_POST(self):
        global received
        received += 1
        group = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if refuses and made:
            return self.answer(400, ERROR | {"errorCode": "E0000001"})
        # The org makes the group; its first two answers come too late for the gateway before it.
        made.append(f"00g{len(made) + 1}")
        if len(made) < 3:
            return self.answer(504, ERROR | {"errorCode": "E0000009"})
        self.answer(200, group | {"id": made[-1], "type": "OKTA_GROUP"})

    def answer(self, status, body):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("x-rate-limit-limit", "500")
        self.send_header("x-rate-limit-remaining", "499")
        self.send_header("x-rate-limit-reset", str(int(time.time()) + 60))
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Org)
threading.Thread(target=server.serve_forever, daemon=True).start()


async def main():
    global refuses, received
    client = Client({"orgUrl": f"http://127.0.0.1:{server.server_port}", "token": "none"})
    for refuses in (False, True):
        made.clear()
        received = 0
        group, _, error = await client.add_group({"profile": {"name": "West"}})
        returned = error.error_code if error else group.id
        print("refuses a taken name:", refuses, "requests:", received, "in the org:", *made, "returned:", returned)


asyncio.run(main())
PY
venv/bin/python run.py > seen
cat seen
diff - seen << 'SEEN'
refuses a taken name: False requests: 3 in the org: 00g1 00g2 00g3 returned: 00g3
refuses a taken name: True requests: 2 in the org: 00g1 returned: E0000001
SEEN
