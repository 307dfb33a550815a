"""The Socket.IO server: namespaces, events in, answers out.

A client may send its first event right after it has connected to a namespace: everything is in place
before the connection is confirmed, so nothing is lost.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from kuma_lite.core.client_address import ClientAddresses
from kuma_lite.core.doors import COMPATIBLE, PAGE, SILENCE, Doors, Event, Push
from kuma_lite.core.errors import NotLoggedIn
from kuma_lite.web.dispatch import Dispatcher, Limiter
from kuma_lite.web.engine_io import EngineServer
from kuma_lite.web.hub import Connection, Hub
from kuma_lite.web.lean_socketio import socketio
from kuma_lite.web.packets import Json, WirePacket, ack_text

log = logging.getLogger(__name__)

NAMESPACES: Final = (COMPATIBLE, PAGE)


class SocketServer(socketio.AsyncServer):  # type: ignore[misc]
    """Events of all features on the namespaces `/` and `/page`.

    Args:
        clients: who is calling; None: whoever connects.
        check_origin: False lets pages of any origin open sessions.
    """

    def __init__(self, *, clients: ClientAddresses | None = None, check_origin: bool = True) -> None:
        self.hub = Hub()
        self.dispatchers: dict[str, Dispatcher] = {}
        super().__init__(
            json=Json,
            serializer=WirePacket,
            logger=_quiet_logger(),
            always_connect=True,
            namespaces=list(NAMESPACES),
            clients=clients or ClientAddresses(lambda: False),
            check_origin=check_origin,
            is_guest=self.hub.is_guest,
        )
        self.hub.transport = self.eio
        self.hub.forget = lambda connection: self.manager.basic_disconnect(
            connection.sid, connection.namespace
        )

    @property
    def push(self) -> Push:
        """Pushing, for features."""
        return self.hub

    def use(self, doors: Sequence[Doors], limiters: Mapping[str, Limiter]) -> None:
        """Open the doors of all features; once, before the first connection."""
        for namespace in NAMESPACES:
            self.dispatchers[namespace] = Dispatcher(_events_of(doors, namespace), limiters)
        self.hub.use_hooks(doors)

    async def close_all(self) -> None:
        """Say goodbye to every client."""
        await self.eio.close_all()

    def _engineio_server_class(self) -> Callable[..., EngineServer]:
        def create(**options: Any) -> EngineServer:
            wanted = ("clients", "check_origin", "is_guest")
            return EngineServer(**{name: options[name] for name in wanted})

        return create

    # --- What Engine.IO reports ----------------------------------------------------------------------------

    async def _handle_eio_connect(self, eio_sid: str, environ: dict[str, Any]) -> None:
        await super()._handle_eio_connect(eio_sid, environ)
        self.eio.opened(eio_sid, environ)

    async def _handle_eio_disconnect(self, eio_sid: str, reason: str) -> None:
        await super()._handle_eio_disconnect(eio_sid, reason)
        self.eio.closed(eio_sid)

    async def _handle_eio_message(self, eio_sid: str, data: Any) -> None:
        """Only what clients of this server have a reason to send; anything else ends the connection."""
        packet = _parse(data)
        try:
            if packet is None:
                await self.eio.disconnect(eio_sid)
            elif packet.packet_type == socketio.packet.CONNECT:
                await self._handle_connect(eio_sid, packet.namespace, packet.data)
            elif packet.packet_type == socketio.packet.DISCONNECT:
                await self._handle_disconnect(eio_sid, packet.namespace)
            else:
                self.eio.spoke(eio_sid)
                await self._handle_event(eio_sid, packet.namespace, packet.id, packet.data)
        except Exception:
            log.exception("A Socket.IO packet could not be handled")

    async def _trigger_event(self, event: str, namespace: str, *arguments: Any) -> Any:
        if event == "connect":
            await self._connected(namespace, arguments[0])
        elif event == "disconnect":
            self.hub.remove(arguments[0])
        return None

    async def _connected(self, namespace: str, sid: str) -> None:
        engine_sid = self.manager.eio_sid_from_sid(sid, namespace)
        connection = Connection(
            self.hub, sid, namespace, engine_sid, self.eio.address(engine_sid), self.eio.place(engine_sid)
        )
        connection.host = self.eio.host(engine_sid)
        connection.agent = self.eio.agent(engine_sid)
        self.hub.add(connection)
        await self.hub.run_connect_hooks(connection)

    async def _handle_event_internal(
        self, _server: Any, sid: str, eio_sid: str, data: list[Any], namespace: str, id: int | None
    ) -> None:
        connection = self.hub.connections.get(sid)
        if connection is None:
            return
        name, *arguments = data
        outcome = await self.dispatchers[namespace].handle(
            connection, name, arguments, acknowledged=id is not None
        )
        if id is not None and outcome.answer is not SILENCE:
            answer = [] if outcome.answer is None else [outcome.answer]
            await self.eio.deliver_patiently(eio_sid, [ack_text(namespace, id, answer)])
        if outcome.after is not None:
            await self._afterwards(outcome.after, name)

    async def _afterwards(self, after: Callable[[], Any], name: str) -> None:
        try:
            await after()
        except NotLoggedIn:  # the client has gone meanwhile
            return
        except Exception:
            log.exception("What follows the event %s failed", name)


def _quiet_logger() -> logging.Logger:
    """python-socketio's own log tells every packet at INFO."""
    logger = logging.getLogger("socketio.server")
    logger.setLevel(logging.WARNING)
    return logger


def _events_of(doors: Iterable[Doors], namespace: str) -> list[Event]:
    """Events offered on a namespace: the page may call every compatible one."""
    offered = (namespace, COMPATIBLE) if namespace == PAGE else (namespace,)
    return [event for door in doors for event in door.events if set(offered) & set(event.namespaces)]


def _parse(data: Any) -> WirePacket | None:
    """A packet that a client may send; None for everything else."""
    if not isinstance(data, str):
        return None
    try:
        packet = WirePacket(encoded_packet=data)
    except (ValueError, IndexError):
        return None
    if packet.packet_type in (socketio.packet.CONNECT, socketio.packet.DISCONNECT):
        return packet
    return packet if packet.packet_type == socketio.packet.EVENT and _is_event(packet.data) else None


def _is_event(data: Any) -> bool:
    return isinstance(data, list) and bool(data) and isinstance(data[0], str)
