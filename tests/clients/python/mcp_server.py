"""Starts the vendor's MCP server, unchanged, calls its tools and prints what each answered as JSON.

Arguments: a JSON list of a tool's name and its arguments. `{"$": [n, "path", ...]}` stands for a part of the nth answer.
"""

import asyncio
import json
import os
import sys

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client


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


def read(answer):
    parts = []
    for content in answer.content:
        try:
            parts.append(json.loads(content.text))
        except ValueError:
            parts.append(content.text)
    return parts[0] if len(parts) == 1 else parts


async def main(calls):
    server = StdioServerParameters(command=os.environ["OKTA_MCP_SERVER"], env=dict(os.environ))
    async with stdio_client(server) as (reader, writer), ClientSession(reader, writer) as session:
        await session.initialize()
        tools = sorted(tool.name for tool in (await session.list_tools()).tools)
        results = []
        for name, arguments in calls:
            results.append(read(await session.call_tool(name, filled(arguments, results))))
        return {"tools": tools, "results": results}


print(json.dumps(asyncio.run(main(json.load(sys.stdin)))))
