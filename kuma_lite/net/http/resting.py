"""Connections that wait for another request to the same server, for whoever asks for that (`Request.keeps`).

A burst of alerts goes to one place: without this, each pays for a connection and a handshake. Whoever looks
at a server does not want it, as a check has to find out whether there is a way to it.
"""

from __future__ import annotations

import asyncio
import ssl
from typing import Final

from msgspec import Struct

from kuma_lite.net.connect import Connected
from kuma_lite.net.http.exchange import Exchange
from kuma_lite.net.http.resumption import Whereto
from kuma_lite.net.resolve import IpFamily
from kuma_lite.net.tls import CertificateReport

# Seconds without a request. Servers close after two (Gunicorn) or five (Node.js, Apache); we do earlier: a
# request seldom crosses the end of its connection.
RESTS_S: Final = 1.5
# Seconds from the first request to the last: names lead elsewhere, certificates change.
USED_FOR_S: Final = 60.0
# At the same time; the one that has waited longest goes.
RESTING_AT_MOST: Final = 64


class Route(Struct, frozen=True):
    """What two requests have to share for one connection."""

    where: Whereto
    context: ssl.SSLContext | None  # None: without TLS
    family: IpFamily | None


class Rested(Struct, eq=False):
    """An open connection after an answer."""

    opened: Connected[Exchange]
    report: CertificateReport | None  # of its handshake
    since: float  # monotonic seconds: when it was made
    rests_since: float = 0.0

    def usable(self, now: float) -> bool:
        """Whether something can be asked on it."""
        young = now - self.rests_since < RESTS_S and now - self.since < USED_FOR_S
        return young and self.opened.protocol.persists


class Resting:
    """The connections of one client that wait."""

    def __init__(self) -> None:
        self._waiting: dict[Route, list[Rested]] = {}
        self._timer: asyncio.TimerHandle | None = None

    def take(self, route: Route, now: float) -> Rested | None:
        """The one that was used last; it waits no longer."""
        waiting = self._waiting.get(route, [])
        while waiting:
            found = waiting.pop()
            if found.usable(now):
                return found
            found.opened.protocol.close()
        self._waiting.pop(route, None)
        return None

    def put(self, route: Route, rested: Rested, loop: asyncio.AbstractEventLoop) -> None:
        """Let a connection wait, or close one that cannot be used again."""
        rested.rests_since = loop.time()
        if not rested.usable(rested.rests_since):
            rested.opened.protocol.close()
            return
        self._waiting.setdefault(route, []).append(rested)
        if len(self) > RESTING_AT_MOST:
            self._drop_oldest()
        if self._timer is None:
            self._timer = loop.call_later(RESTS_S, self._sweep, loop)

    def close(self) -> None:
        """Close all of them."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for waiting in self._waiting.values():
            for each in waiting:
                each.opened.protocol.close()
        self._waiting.clear()

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def _drop_oldest(self) -> None:
        route = min(self._waiting, key=lambda each: self._waiting[each][0].rests_since)
        self._waiting[route].pop(0).opened.protocol.close()
        if not self._waiting[route]:
            del self._waiting[route]

    def _sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        """Close what has waited long enough."""
        now, self._timer = loop.time(), None
        for route, waiting in list(self._waiting.items()):
            for each in waiting:
                if not each.usable(now):
                    each.opened.protocol.close()
            left = [each for each in waiting if each.usable(now)]
            if left:
                self._waiting[route] = left
            else:
                del self._waiting[route]
        if self._waiting:
            self._timer = loop.call_later(RESTS_S, self._sweep, loop)
