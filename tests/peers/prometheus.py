"""Prometheus, watching itself; with a user it wants Basic authentication. `running` gives its port."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.peers.support import Ready, keep, started
from tests.support import http
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
    async with started(PROGRAM, *arguments, ready=_is_ready(port), folder=folder):
        yield port


def _is_ready(port: int) -> Ready:
    """Whether it answers queries; it listens before, and says 503."""
    login = b64encode(f"{USER}:{PASSWORD}".encode()).decode()

    async def ready() -> bool:
        try:
            answer = await http.get(
                f"http://127.0.0.1:{port}/-/ready", headers={"Authorization": f"Basic {login}"}
            )
        except (OSError, EOFError):
            return False
        return answer.status == 200

    return ready


if __name__ == "__main__":
    keep(running)
