"""Chromium, spoken to over the network as a remote browser is. `running` gives its address, `http://…`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.peers.support import keep, started

PROGRAM = "chromium"
SWITCHES = (
    "--headless",
    "--no-sandbox",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-sync",
    "--remote-debugging-port=0",
)


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[str]:
    profile = folder / "profile"
    told = profile / "DevToolsActivePort"

    async def ready() -> bool:
        return told.exists() and bool(told.read_text())

    switches = (*SWITCHES, f"--user-data-dir={profile}")
    # Its socket lies there, and the path of a socket has room for 107 bytes.
    with TemporaryDirectory(prefix="chromium-") as temporary:
        environment = {"TMPDIR": temporary}
        async with started(PROGRAM, *switches, ready=ready, folder=folder, environment=environment):
            yield f"http://127.0.0.1:{told.read_text().split()[0]}"


if __name__ == "__main__":
    keep(running)
