"""Prometheus, watching itself; with a user it wants Basic authentication. `running` gives its port."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.peers.support import accepts, keep, started
from tests.support.ports import free_port

PROGRAM = "prometheus"
USER, PASSWORD = "admin", "test"
# Of that password, as in the program's manual (bcrypt).
_HASH = "$2b$12$hNf2lSsxfm0.i4a.1kVpSOVyBCfIB51VRjgBUyv6kdnyTlgWj81Ay"


@asynccontextmanager
async def running(folder: Path, *, guarded: bool = False) -> AsyncIterator[int]:
    port = free_port()
    config, web = folder / "prometheus.yml", folder / "web.yml"
    config.write_text("global:\n  scrape_interval: 1h\n")
    web.write_text(f"basic_auth_users:\n  {USER}: {_HASH}\n" if guarded else "")
    arguments = [
        f"--config.file={config}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        f"--web.config.file={web}",
    ]
    async with started(PROGRAM, *arguments, ready=accepts(port), folder=folder):
        yield port


if __name__ == "__main__":
    keep(running)
