"""An address outside that tells whether this machine's own network works (optional, off by default)."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final

from kuma_lite.net.errors import NetworkError
from kuma_lite.net.network import Network

TIMEOUT_S: Final = 3.0  # a working uplink answers a connect long before
BELIEVED_S: Final = 5.0  # an answer counts this long: a hundred failures at once ask only once


class ConnectivityCheck:
    """Connects to `host:port` when somebody doubts the network; without an address it is always fine."""

    def __init__(self, address: str | None, network: Network) -> None:
        self._address = address
        self._network = network
        self._answer: asyncio.Task[bool] | None = None

    async def reachable(self) -> bool:
        """Whether the address accepts a connection now, or did so a moment ago."""
        if not self._address:
            return True
        if self._answer is None:
            self._answer = asyncio.create_task(self._try())
            asyncio.get_running_loop().call_later(BELIEVED_S, self._forget)
        return await asyncio.shield(self._answer)

    def _forget(self) -> None:
        self._answer = None

    async def _try(self) -> bool:
        assert self._address is not None
        host, _, port = self._address.rpartition(":")
        with contextlib.suppress(NetworkError, OSError, ValueError, TimeoutError):
            stream = await self._network.open_stream(host.strip("[]"), int(port), timeout=TIMEOUT_S)
            stream.writer.close()
            return True
        return False
