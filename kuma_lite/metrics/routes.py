"""GET /metrics."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from kuma_lite.core.clock import Clock
from kuma_lite.core.doors import Access as Who
from kuma_lite.core.doors import RawRoute
from kuma_lite.core.raw_http import answer, answer_in_pieces, answer_text
from kuma_lite.metrics.access import Access
from kuma_lite.metrics.exposition import CONTENT_TYPE, render
from kuma_lite.metrics.model import Family, Readings
from kuma_lite.metrics.monitors import MonitorTexts
from kuma_lite.metrics.own import own_families

PACKED_FROM_BYTES: Final = 16 * 1024  # smaller answers are not worth packing
_AS_GZIP: Final = 16 + zlib.MAX_WBITS
_PACKING_LEVEL: Final = 1  # a tenth of the size for a few milliseconds


class MetricsRoute:
    """Serves everything that can be measured.

    Args:
        readings: the monitors.
        figures: this process, by the keys of `own.FIGURES`.
        access: who may.
        clock: for the start of the process.
        place: what limits count a request by (`ClientAddresses.place`).
    """

    def __init__(
        self,
        readings: Readings[Any],
        figures: Callable[[], Mapping[str, float]],
        access: Access,
        clock: Clock,
        place: Callable[[Any], str],
    ) -> None:
        self._monitors = MonitorTexts(readings)
        self._figures = figures
        self._access = access
        self._place = place
        self._started = clock.now()
        self.more: list[Callable[[], Iterable[Family]]] = []  # what other features measure

    def route(self) -> RawRoute:
        """The address; who may is decided here, by HTTP Basic."""
        return RawRoute("/metrics", self.serve, access=Who.PUBLIC)

    async def serve(self, scope: Any, receive: Any, send: Any) -> None:
        """One request (ASGI)."""
        del receive
        if scope["method"] not in ("GET", "HEAD"):
            await answer_text(send, 405, "Only GET is understood here.", [(b"allow", b"GET, HEAD")])
            return
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if not await self._access.allows(headers.get(b"authorization"), self._place(scope)):
            ask = [(b"www-authenticate", b"Basic")]
            await answer(send, 401, b"", b"text/html; charset=utf-8", ask)
            return
        pieces = await self._render()
        extra: list[tuple[bytes, bytes]] = []
        if sum(map(len, pieces)) >= PACKED_FROM_BYTES and "gzip" in headers.get(b"accept-encoding", ""):
            pieces = [await asyncio.to_thread(_packed, pieces)]
            extra = [(b"content-encoding", b"gzip"), (b"vary", b"accept-encoding")]
        if scope["method"] == "HEAD":
            pieces = [b""]
        await answer_in_pieces(send, 200, pieces, CONTENT_TYPE.encode(), extra)

    async def _render(self) -> list[bytes]:
        pieces = await self._monitors.render()
        families: list[Family] = [
            *own_families(self._figures(), self._started),
            *(family for ask in self.more for family in ask()),
        ]
        return [*pieces, b"\n", *render(families)]


def _packed(pieces: Sequence[bytes]) -> bytes:
    packer = zlib.compressobj(_PACKING_LEVEL, wbits=_AS_GZIP)
    return b"".join([*map(packer.compress, pieces), packer.flush()])
