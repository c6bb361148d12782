#!/usr/bin/env bash
# Package: okta 3.4.6 (PyPI), the vendor's own client for Python.
# Behaviour: `assign_group_owner` raises pydantic's ValidationError on the answer that Okta gives, a 201 whose
#   `lastUpdated` is `Wed Mar 04 10:08:01 UTC 2026`. The owner is assigned by then. `list_group_owners` reads the other
#   form that Okta sends, `2026-03-04 10:08:01.0`.
# Why it surprises: calls of the SDK give `(result, response, error)`, so programs look at `error`; one that takes the
#   exception for a failed call tries again, or tells its user that nothing was done. Both forms are in the vendor's own
#   recordings, the cassettes of okta/terraform-provider-okta: all 11 answers to *Assign a group owner* have the first, all
#   46 lists the second.
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

OWNER = {"id": "00u1", "type": "USER", "resolved": True, "originId": None, "originType": "OKTA_DIRECTORY"}
assigned = []


class Org(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def answer(self, status, body):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def do_POST(self):
        assigned.append(json.loads(self.rfile.read(int(self.headers["content-length"])))["id"])
        self.answer(201, OWNER | {"lastUpdated": "Wed Mar 04 10:08:01 UTC 2026"})

    def do_GET(self):
        self.answer(200, [OWNER | {"lastUpdated": "2026-03-04 10:08:01.0"}])


async def main(port):
    client = Client({"orgUrl": f"http://127.0.0.1:{port}", "token": "none"})
    try:
        await client.assign_group_owner("00g1", {"id": "00u1", "type": "USER"})
        print("assign: ok")
    except Exception as raised:
        print("assign:", type(raised).__name__, raised.errors()[0]["loc"])
    print("assigned in the org:", *assigned)
    owners, _, error = await client.list_group_owners("00g1")
    print("list:", error, *(owner.last_updated for owner in owners))


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Org)
threading.Thread(target=server.serve_forever, daemon=True).start()
asyncio.run(main(server.server_port))
PY
venv/bin/python run.py > seen
cat seen
diff - seen << 'SEEN'
assign: ValidationError ('lastUpdated',)
assigned in the org: 00u1
list: None 2026-03-04 10:08:01
SEEN
