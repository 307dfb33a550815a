"""Keeps strangers from taking all connections: who has too many, or says nothing, is cut.

The server below accepts by itself and times out a silent connection after half a minute; meanwhile somebody
who opens new ones keeps everybody else out. So we look at the sockets of this process ourselves. What a
connection is doing the application knows, by the address and port of its other end.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from kuma_lite.core.client_address import header
from kuma_lite.web.crowding import Open, Phase, surplus
from kuma_lite.web.descriptors import Peer, count_descriptors, end_connection, open_descriptors, peer_of
from kuma_lite.web.respond import TEXT, refuse_websocket, respond

log = logging.getLogger(__name__)

PERIOD_S: Final = 0.25  # between two looks; in that time one accept queue of 1,024 is emptied ...
_ACCEPTED: Final = 1024 / PERIOD_S  # ... so that many a second can come
_CALM_S: Final = 2.0  # between two looks while there is room for all who can come meanwhile: each wakes us up
_PAUSE_FACTOR: Final = 50  # a pause is that many times as long as a look: at most 2 % of the time
_PAUSE_MOST_S: Final = 3.0  # a look takes long when others want the processor, too: a crowd must not profit
_AT_ONCE: Final = 100  # looked at without a pause; about a millisecond
_ANSWER_S: Final = 300.0  # a client that takes longer to read an answer may lose it when room is needed
_REMEMBERED_S: Final = 60.0  # that a client has asked something; the server below drops idle ones sooner
_LIVE_SHARE: Final = 0.9  # of all connections may be websockets, so that requests are still answered
_MOST_SHARE: Final = 0.75  # of all connections; the rest is room for new ones between two looks
_ADDRESS_SHARE: Final = 0.25  # of all connections may be of one address and do nothing ...
_MOST_OF_ADDRESS: Final = 256  # ... but no more than these: each may hold 100 KB and more of half a request
BODY_S: Final = 30.0  # for the body of a request to come; its head has as long in the server below
_HERE: Final = "127.0.0.1"
_OTHER_PORT: Final = b"This port is for the server itself"
_WARN_S: Final = 60.0  # between two lines about it


class Connections:
    """All connections of one listening port; also the ASGI application that the server calls.

    Args:
        app: what is served.
        most: how many connections the server accepts.
        body_s: seconds that a body may take.
    """

    def __init__(self, app: Any, most: int, body_s: float = BODY_S) -> None:
        self._app = app
        self._most = most
        self._body_s = body_s
        self._per_address = max(1, min(_MOST_OF_ADDRESS, int(most * _ADDRESS_SHARE)))
        self._phases: dict[Peer, tuple[Phase, float]] = {}  # of requests under way and websockets
        self._asked: dict[Peer, float] = {}  # when the last request of an idle one ended; oldest first
        self._seen: dict[Peer, float] = {}
        self._live = 0
        self._numbers = itertools.count(1)  # in place of ports, where there are none
        self._warned_at = -_WARN_S
        self.behind: Callable[[int], Peer | None] | None = None  # whose a connection of this machine is
        self._task: asyncio.Task[None] | None = None

    def start(self, port: int) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._run(port), name="connections")

    async def stop(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One request or websocket (ASGI)."""
        address, port = scope["client"]
        if not address:  # through a socket of the file system: somebody on this machine
            address, port = _HERE, next(self._numbers)
            scope = {**scope, "client": (address, str(port))}
        elif self.behind is not None:
            whose = self.behind(int(port)) if address == _HERE else None
            if whose is None:
                await _refuse(scope, send)
                return
            address, port = whose
            scope = {**scope, "client": (address, str(port))}
        peer: Peer = (address, int(port))  # which the server below gives as a text
        if scope["type"] == "websocket":
            await self._websocket(peer, scope, receive, send)
        else:
            await self._request(peer, scope, receive, send)

    async def _request(self, peer: Peer, scope: Any, receive: Any, send: Any) -> None:
        now = self._now()
        whole, came = False, 0
        self._phases[peer] = (Phase.ANSWERING, now)
        self._asked.pop(peer, None)

        async def received() -> Any:
            nonlocal whole, came
            if whole:
                return await receive()
            self._phases[peer] = (Phase.SENDING, now)
            message = await receive()
            came += len(message.get("body", b""))
            # Whoever knows the length does not ask for the end.
            whole = not message.get("more_body") or str(came) == header(scope, b"content-length")
            if whole:
                self._phases[peer] = (Phase.ANSWERING, now)
            return message

        try:
            await self._app(scope, received, send)
        finally:
            self._phases.pop(peer, None)
            self._asked[peer] = self._now()

    async def _websocket(self, peer: Peer, scope: Any, receive: Any, send: Any) -> None:
        if self._live >= self._most * _LIVE_SHARE:
            self._warn("No room for another live connection")
            await refuse_websocket(send, 503, b"Too many connections", TEXT)
            return
        self._phases[peer] = (Phase.LIVE, self._now())
        self._live += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._live -= 1
            self._phases.pop(peer, None)

    async def _run(self, port: int) -> None:
        while True:
            began, pause = self._now(), PERIOD_S
            try:
                pause = await self._look(port)
            except Exception:
                log.exception("Looking at connections failed")
            await asyncio.sleep(min(_PAUSE_MOST_S, max(pause, (self._now() - began) * _PAUSE_FACTOR)))

    async def _look(self, port: int) -> float:
        """Cut who is too many or too slow; returns the seconds until that may be so again."""
        now = self._now()
        while self._asked and now - (oldest := next(iter(self._asked.items())))[1] > _REMEMBERED_S:
            del self._asked[oldest[0]]
        late = self._late(now)
        if not late and (others := count_descriptors() - self._live) <= self._per_address:
            self._seen.clear()  # no address can have more
            room = self._most * _MOST_SHARE - self._live - others
            return max(PERIOD_S, min(_CALM_S, self._body_s, room / _ACCEPTED))
        numbers = open_descriptors()
        found = await self._accepted(numbers, port)
        self._seen = {peer: self._seen.get(peer, now) for _number, peer in found}
        connections = [Open(*each, self._phase(each[1], now), self._seen[each[1]]) for each in found]
        cut = surplus(connections, int(self._most * _MOST_SHARE), self._per_address)
        for number, peer in [*[each[:2] for each in cut], *[each for each in found if each[1] in late]]:
            end_connection(number, peer, port)
        if cut:
            [(who, _count)] = Counter(each.peer[0] for each in cut).most_common(1)
            self._warn(f"Too many connections: {len(cut)} that did nothing were cut, most of them from {who}")
        return PERIOD_S

    def _late(self, now: float) -> set[Peer]:
        """Those whose body should have come by now."""
        return {
            peer
            for peer, (phase, since) in self._phases.items()
            if phase is Phase.SENDING and now - since > self._body_s
        }

    async def _accepted(self, numbers: list[int], port: int) -> list[tuple[int, Peer]]:
        """Those that are connections of clients, and who is at their other ends."""
        found = []
        for start in range(0, len(numbers), _AT_ONCE):
            for number in numbers[start : start + _AT_ONCE]:
                peer = peer_of(number, port)
                if peer is not None:
                    found.append((number, peer))
            await asyncio.sleep(0)
        return found

    def _phase(self, peer: Peer, now: float) -> Phase:
        phase, since = self._phases.get(peer, (None, 0.0))
        if phase is None:
            return Phase.IDLE if peer in self._asked else Phase.SILENT
        return Phase.SENDING if phase is Phase.ANSWERING and now - since > _ANSWER_S else phase

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()

    def _warn(self, sentence: str) -> None:
        if self._now() - self._warned_at >= _WARN_S:
            self._warned_at = self._now()
            log.warning(sentence)


async def _refuse(scope: Any, send: Any) -> None:
    """Somebody on this machine who has found the port behind the one that is meant for everybody."""
    if scope["type"] == "websocket":
        await refuse_websocket(send, 403, _OTHER_PORT, TEXT)
    else:
        await respond(scope, send, 403, _OTHER_PORT, TEXT)
