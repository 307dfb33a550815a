"""The Engine.IO server below Socket.IO: handshakes, who is refused, what waits for slow readers.

Answers to broken requests are those of Engine.IO 6 as Uptime Kuma 2.5 ships it; clients tell them apart.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import parse_qs

import msgspec

from kuma_lite.core.client_address import ClientAddresses, header
from kuma_lite.core.hosts import host_name
from kuma_lite.core.limits import SOCKET_MESSAGE_BYTES
from kuma_lite.web.channel import MAX_GUEST_WAITING_BYTES, MAX_WAITING_BYTES, OutgoingQueue, WebSocket
from kuma_lite.web.compression import POLLED, compressing
from kuma_lite.web.lean_socketio import engineio
from kuma_lite.web.origin import is_foreign, origin_allowed
from kuma_lite.web.packets import Json
from kuma_lite.web.respond import refuse_websocket, respond

log = logging.getLogger(__name__)

PING_INTERVAL_S: Final = 25  # Socket.IO's defaults, kept by Uptime Kuma 2.5
PING_TIMEOUT_S: Final = 20
# Connections of one address that have not logged in: enough for a family behind one proxy, too few to fill
# the memory (a websocket costs about 178 KB). One more, and the oldest has to go.
MAX_GUESTS_PER_ADDRESS: Final = 100
# Packets in one polling request. engineio's 16 breaks clients that send their queue in one go.
_MAX_PACKETS_PER_POST: Final = 1000
# In one polling request of somebody who has not logged in: set-up and log-in are a few hundred bytes.
MAX_GUEST_BODY_BYTES: Final = 32_000
_GRACE_S: Final = 1.0  # for the goodbye to be read before a closed websocket is cut

_Refusal = tuple[int, int, str]  # status, Engine.IO error code, message
_UNKNOWN_TRANSPORT: Final = (400, 0, "Transport unknown")
_UNKNOWN_SESSION: Final = (400, 1, "Session ID unknown")
_BAD_METHOD: Final = (400, 2, "Bad handshake method")
_BAD_REQUEST: Final = (400, 3, "Bad request")
_FORBIDDEN_ORIGIN: Final = (400, 4, "Forbidden")
_OLD_PROTOCOL: Final = (400, 5, "Unsupported protocol version")


def error_body(code: int, message: str) -> bytes:
    """What Engine.IO answers to a request it cannot serve."""
    return msgspec.json.encode({"code": code, "message": message})


def _silent_logger() -> logging.Logger:
    """engineio's own log: it blames broken requests of strangers, with traces. Our handlers log their own."""
    logger = logging.getLogger("engineio.server")
    logger.setLevel(logging.CRITICAL)
    return logger


class EngineServer(engineio.AsyncServer):  # type: ignore[misc]
    """Transports, sessions and queues.

    Args:
        clients: who is calling.
        check_origin: False lets pages of any origin open sessions.
        is_guest: whether nobody has logged in on that session.
    """

    def __init__(
        self, *, clients: ClientAddresses, check_origin: bool, is_guest: Callable[[str], bool]
    ) -> None:
        engineio.payload.Payload.max_decode_packets = _MAX_PACKETS_PER_POST
        super().__init__(
            async_mode="asgi",
            ping_interval=PING_INTERVAL_S,
            ping_timeout=PING_TIMEOUT_S,
            max_http_buffer_size=SOCKET_MESSAGE_BYTES,
            http_compression=False,  # it would block the loop: `compressing` does not
            cors_allowed_origins=[],
            logger=_silent_logger(),
            json=Json,
            async_handlers=False,
        )
        self._async: dict[str, Any] = {**engineio.async_drivers.asgi._async, "websocket": WebSocket}
        self._clients = clients
        self._check_origin = check_origin
        self._is_guest = is_guest
        self._spoke: set[str] = set()  # sessions that have sent an event
        self._scopes: dict[str, Any] = {}  # session → ASGI scope that carries its websocket, or its first

    async def handle_request(self, scope: Any, receive: Any, send: Any) -> None:
        """One request below /socket.io/."""
        query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
        sid = query.get("sid", [None])[0]
        refusal = self._refusal(scope, query, sid)
        if refusal is None:
            if sid is not None and scope["type"] == "websocket" and not self.sockets[sid].upgraded:
                self._scopes[sid] = scope
            if scope["type"] == "http":
                send = compressing(scope, send, POLLED)  # as Engine.IO does at Uptime Kuma 2.5
            await super().handle_request(scope, receive, send)
            return
        status, code, message = refusal
        body = error_body(code, message)
        if scope["type"] == "websocket":
            await refuse_websocket(send, status, body, b"application/json")
        else:
            await respond(scope, send, status, body, b"application/json")

    def opened(self, sid: str, environ: dict[str, Any]) -> None:
        """A session has begun."""
        self._scopes[sid] = environ["asgi.scope"]

    def closed(self, sid: str) -> None:
        """A session has ended: let go of what waits for it, and cut its websocket if it stays."""
        session = self.sockets.get(sid)
        if session is not None:
            asyncio.get_running_loop().call_later(_GRACE_S, session.queue.discard)
        self._spoke.discard(sid)
        scope = self._scopes.pop(sid, None)
        websocket = scope.get("kuma_lite.websocket") if scope else None
        if websocket is not None:
            asyncio.get_running_loop().call_later(_GRACE_S, websocket.abort)

    def spoke(self, sid: str) -> None:
        """A session has sent an event."""
        if sid in self._scopes:
            self._spoke.add(sid)

    def address(self, sid: str) -> str:
        """Where a session comes from."""
        scope = self._scopes.get(sid)
        return self._clients.address(scope) if scope else ""

    def place(self, sid: str) -> str:
        """What limits count it by."""
        scope = self._scopes.get(sid)
        return self._clients.place(scope) if scope else ""

    def host(self, sid: str) -> str:
        """The name under which it was opened."""
        scope = self._scopes.get(sid)
        return host_name(header(scope, b"host")) if scope else ""

    def agent(self, sid: str) -> str:
        """What the program at the other end calls itself."""
        scope = self._scopes.get(sid)
        return (header(scope, b"user-agent") or "") if scope else ""

    def deliver(self, sid: str, texts: list[str]) -> None:
        """Queue Engine.IO packets for a session; a reader too far behind is cut off instead."""
        session = self.sockets.get(sid)
        if session is None or session.closed or session.closing:
            return
        limit = MAX_GUEST_WAITING_BYTES if self._is_guest(sid) else MAX_WAITING_BYTES
        if session.queue.backlog > limit:
            log.warning("A client at %s does not read what it is sent: connection closed", self.address(sid))
            self._cut(sid, session)
            return
        session.queue.push(texts)

    async def deliver_patiently(self, sid: str, texts: list[str]) -> None:
        """Like `deliver`, but wait for a reader that is behind (it may be cut off meanwhile)."""
        session = self.sockets.get(sid)
        if session is not None and not session.closed:
            await session.queue.drained()
            self.deliver(sid, texts)

    async def close_all(self) -> None:
        """End every session, as before the process stops."""
        for sid, session in list(self.sockets.items()):
            await session.close(wait=False, reason=self.reason.SERVER_DISCONNECT)
            self.sockets.pop(sid, None)

    def create_queue(self, *_arguments: Any, **_options: Any) -> OutgoingQueue:
        """The queue of a new session."""
        return OutgoingQueue()

    def _cut(self, sid: str, session: Any) -> None:
        session.queue.discard()
        scope = self._scopes.get(sid)
        websocket = scope.get("kuma_lite.websocket") if scope else None
        task = self.start_background_task(session.close, wait=False, abort=True)
        if websocket is not None:
            task.add_done_callback(lambda _done: websocket.abort())

    def _refusal(self, scope: Any, query: dict[str, list[str]], sid: str | None) -> _Refusal | None:
        if query.get("transport", [""])[0] not in self.transports:
            return _UNKNOWN_TRANSPORT
        if not self._origin_allowed(scope):
            return _FORBIDDEN_ORIGIN
        if sid is not None:
            return self._session_refusal(scope, sid)
        if scope.get("method", "GET") != "GET":
            return _BAD_METHOD
        if query.get("EIO") != ["4"]:
            return _OLD_PROTOCOL
        self._make_room(scope)
        return None

    def _session_refusal(self, scope: Any, sid: str) -> _Refusal | None:
        if sid not in self.sockets:
            return _UNKNOWN_SESSION
        size = header(scope, b"content-length") or ""
        if self._is_guest(sid) and size.isdecimal() and int(size) > MAX_GUEST_BODY_BYTES:
            self._cut(sid, self.sockets.pop(sid))
            return _BAD_REQUEST
        return None

    def _origin_allowed(self, scope: Any) -> bool:
        if not self._check_origin:
            return True
        if scope["type"] != "websocket":
            return not is_foreign(scope, self._clients.hosts(scope))
        forwarded_for = header(scope, b"x-forwarded-for") if self._clients.trust_proxy() else None
        return origin_allowed(header(scope, b"origin"), header(scope, b"host"), forwarded_for)

    def _make_room(self, scope: Any) -> None:
        """Drop a guest of an address that has too many, so that a new one gets in.

        It is the oldest of those who have never sent an event, at the place that has most of them: clients
        behind one proxy do not push each other out.
        """
        if len(self.sockets) < MAX_GUESTS_PER_ADDRESS:
            return
        address = self._clients.address(scope)
        guests = [sid for sid in self.sockets if self._is_guest(sid) and self.address(sid) == address]
        if len(guests) < MAX_GUESTS_PER_ADDRESS:
            return
        places = {sid: self.place(sid) for sid in guests}
        [(crowded, _count)] = Counter(places.values()).most_common(1)
        theirs = [sid for sid in guests if places[sid] == crowded]
        dropped = next((sid for sid in theirs if sid not in self._spoke), theirs[0])
        self._cut(dropped, self.sockets.pop(dropped))

    def _ok(self, packets: Any = None, headers: Any = None, jsonp_index: Any = None) -> dict[str, Any]:
        if packets is None:
            return {"status": "200 OK", "headers": [("Content-Type", "text/html")], "response": b"ok"}
        answer: dict[str, Any] = super()._ok(packets, headers, jsonp_index)
        return answer

    def _bad_request(self, message: str | None = None) -> dict[str, Any]:
        del message
        _status, code, text = _BAD_REQUEST
        headers = [("Content-Type", "application/json")]
        return {"status": "400 BAD REQUEST", "headers": headers, "response": error_body(code, text)}
