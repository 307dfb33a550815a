"""chrony, with the time of this machine at stratum 3. `running` gives its port."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.peers.support import keep, started
from tests.support.ports import free_port

PROGRAM = "chronyd"
STRATUM = 3


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[int]:
    port = free_port()
    config = folder / "chrony.conf"
    config.write_text(
        f"local stratum {STRATUM}\nallow 127.0.0.1\nbindaddress 127.0.0.1\nport {port}\ncmdport 0\n"
        f"pidfile {folder / 'pid'}\nbindcmdaddress /\n"
    )

    async def ready() -> bool:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(("127.0.0.1", port))
            probe.settimeout(0.2)
            try:
                probe.send(bytes([0x1B]).ljust(48, b"\0"))
                return probe.recv(100)[1] == STRATUM
            except OSError:
                return False

    async with started(PROGRAM, "-d", "-x", "-U", "-u", "root", "-f", config, ready=ready, folder=folder):
        yield port


if __name__ == "__main__":
    keep(running)
