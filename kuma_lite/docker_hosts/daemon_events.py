"""The stream of events of a Docker daemon: that something happened to a container, not what."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Final
from urllib.parse import quote

from kuma_lite.docker_hosts.model import SOCKET, DockerHost
from kuma_lite.net.errors import NetworkError
from kuma_lite.net.http.url import parse_url

CONNECT_S: Final = 5.0
_HEAD_BYTES: Final = 65_536
_EVENTS: Final = ("create", "destroy", "rename", "update")
_FILTERS: Final = {"type": ["container"], "event": list(_EVENTS)}


async def happenings(host: DockerHost, context: ssl.SSLContext | None = None) -> AsyncIterator[None]:
    """Yield once when connected, then whenever containers came, went or changed; ends with the connection.

    Raises:
        OSError: there is no connection, or it is lost.
        ValueError: whoever answers is no daemon.
    """
    async with asyncio.timeout(CONNECT_S):  # not `wait_for`, which can swallow a cancellation
        reader, writer = await _connect(host, context)
    try:
        target = f"/events?filters={quote(json.dumps(_FILTERS, separators=(',', ':')))}"
        writer.write(f"GET {target} HTTP/1.1\r\nHost: docker\r\nAccept: application/json\r\n\r\n".encode())
        await writer.drain()
        async with asyncio.timeout(CONNECT_S):
            head = await reader.readuntil(b"\r\n\r\n")
        status = head.split(b" ", 2)[1:2]
        if status != [b"200"]:
            raise ValueError("it does not tell events")
        yield
        while await reader.read(_HEAD_BYTES):  # whatever it says: the list of containers says it all
            yield
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
        raise ValueError("it does not speak HTTP") from error
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def _connect(
    host: DockerHost, context: ssl.SSLContext | None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    if host.type == SOCKET:
        return await asyncio.open_unix_connection(host.daemon or "", limit=_HEAD_BYTES)
    address = (host.daemon or "").replace("tcp://", "http://", 1)
    try:
        url = parse_url(address)
    except NetworkError as error:
        raise ValueError(error.message) from None
    tls = (context or ssl.create_default_context()) if url.scheme == "https" else None
    return await asyncio.open_connection(url.host, url.port, ssl=tls, limit=_HEAD_BYTES)
