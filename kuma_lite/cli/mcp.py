"""`kuma-lite mcp`: the tools of assistants on standard input and output."""

from __future__ import annotations

import argparse
import asyncio
from typing import Any

from kuma_lite.cli.exits import DONE
from kuma_lite.cli.remote import Remote, add_remote_options


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which server, and whether anything may be changed."""
    parser.add_argument("--read-only", action="store_true", help="offer no tools that change something")
    add_remote_options(parser)


def run(options: argparse.Namespace) -> int:
    """Serve until the input ends."""
    from kuma_lite.assistants.protocol import Caller, make_server
    from kuma_lite.assistants.tools import EVERY_RIGHT, READING

    rights = READING if options.read_only else EVERY_RIGHT
    caller = Caller(_Threaded(Remote.of(options)), rights)
    server = make_server(lambda: caller)
    asyncio.run(_serve(server))
    return DONE


async def _serve(server: Any) -> None:
    from mcp.server.stdio import stdio_server

    async with stdio_server() as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())


class _Threaded:
    """A remote server, asked without holding up whoever else asks (`tools.Asks`)."""

    def __init__(self, remote: Remote) -> None:
        self._remote = remote

    async def get(self, path: str) -> Any:
        """Raises UserError."""
        return await asyncio.to_thread(self._remote.get, path)

    async def post(self, path: str, body: Any) -> Any:
        """Raises UserError."""
        return await asyncio.to_thread(self._remote.post, path, body)
