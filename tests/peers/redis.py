"""Redis with four databases and a password. `running` gives its port."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.peers.support import accepts, keep, started
from tests.support.ports import free_port

PROGRAM = "redis-server"
PASSWORD = "secret"


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[int]:
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--requirepass", PASSWORD]
    options += ["--save", "", "--dir", str(folder), "--databases", "4"]
    async with started(PROGRAM, *options, ready=accepts(port), folder=folder):
        yield port


if __name__ == "__main__":
    keep(running)
