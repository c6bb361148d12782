"""Calls the vendor's SDK for Python, unchanged, and prints what came of it as JSON.

Arguments: a JSON object of `config`, the client's, and `calls`: lists of a method's name and its arguments by name.
A value `{"$": [n, "path", ...]}` stands for a part of the result of the nth call.
"""

import asyncio
import json
import sys

from okta.client import Client
from okta.pagination import PaginationHelper


def plain(value):
    if isinstance(value, list):
        return [plain(item) for item in value]
    # Not to_json(), which leaves out what only the server writes, such as ids.
    return value.model_dump(mode="json", by_alias=True) if hasattr(value, "model_dump") else value


def filled(value, results):
    if isinstance(value, dict) and "$" in value:
        n, *path = value["$"]
        found = results[n]
        for step in path:
            found = found[step]
        return found
    if isinstance(value, dict):
        return {name: filled(part, results) for name, part in value.items()}
    return value


async def call(client, name, arguments):
    try:
        answer = await getattr(client, name)(**arguments)
    except ValueError as raised:
        # Of pydantic: an answer that the SDK's models do not take.
        return {"raised": str(raised)}
    data, response, error = (tuple(answer) + (None, None))[:3]
    if response is None and error is None and not isinstance(data, (list, dict)) and hasattr(data, "headers"):
        # What has no body gives the response first.
        data, response = None, data
    return {
        "data": plain(data),
        "status": getattr(response, "status_code", None),
        "error": error and {"status": getattr(error, "status", None), "text": str(error)},
        "after": cursor(response),
    }


def cursor(response):
    return PaginationHelper.extract_next_cursor(response.headers) if response is not None else None


async def main(config, calls):
    client = Client(config)
    results = []
    for name, arguments in calls:
        results.append(await call(client, name, filled(arguments, results)))
    return results


given = json.load(sys.stdin)
print(json.dumps(asyncio.run(main(given["config"], given["calls"]))))
