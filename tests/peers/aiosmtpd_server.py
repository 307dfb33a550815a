"""aiosmtpd, a real mail server: without TLS, with STARTTLS, and TLS at once. `running` gives its ports."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tests.net.authority import issue
from tests.peers.support import keep


class Ports(NamedTuple):
    plain: int
    starttls: int
    secure: int


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Ports]:
    """With a self-signed certificate for localhost; `folder` stays empty."""
    del folder
    from aiosmtpd.handlers import Sink
    from aiosmtpd.smtp import SMTP

    context = issue("localhost", names=("localhost",)).server_context()
    loop = asyncio.get_running_loop()

    async def listen(*, start: ssl.SSLContext | None = None, at_once: ssl.SSLContext | None = None) -> Any:
        def session() -> SMTP:
            return SMTP(Sink(), hostname="mail.example", tls_context=start, loop=loop)

        return await loop.create_server(session, "127.0.0.1", 0, ssl=at_once)

    servers = [await listen(), await listen(start=context), await listen(at_once=context)]
    try:
        yield Ports(*(server.sockets[0].getsockname()[1] for server in servers))
    finally:
        for server in servers:
            server.close()


if __name__ == "__main__":
    keep(running)
