"""python-socketio and python-engineio without their clients, queues and other servers.

Importing all of them takes 48 modules and bidict, and pulls in aiohttp and requests wherever
they happen to be installed. Of bidict a server needs one class, of which this is enough.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from kuma_lite.web.lean_imports import opened, replaced


class ValueDuplicationError(Exception):
    """A value that another key has already."""


class Pairs(dict[Any, Any]):
    """Connections of a room by their ids of two kinds."""

    def __init__(self) -> None:
        super().__init__()
        self._invm: dict[Any, Any] = {}  # as bidict calls it, and python-socketio

    @property
    def _fwdm(self) -> dict[Any, Any]:
        return self

    def __setitem__(self, key: Any, value: Any) -> None:
        if self._invm.get(value, key) != key:
            raise ValueDuplicationError(value)
        if key in self:
            del self._invm[self[key]]
        super().__setitem__(key, value)
        self._invm[value] = key

    def __delitem__(self, key: Any) -> None:
        del self._invm[self[key]]
        super().__delitem__(key)


def _bidict() -> ModuleType:
    module = ModuleType("bidict")
    module.__dict__.update(bidict=Pairs, ValueDuplicationError=ValueDuplicationError)
    return module


with replaced({"bidict": _bidict()}), opened("engineio", "socketio"):
    import engineio.async_drivers.asgi
    import engineio.async_server
    import engineio.payload
    import engineio.server

    engineio.Server = engineio.server.Server
    engineio.AsyncServer = engineio.async_server.AsyncServer
    import socketio.async_server
    import socketio.packet

    socketio.AsyncServer = socketio.async_server.AsyncServer

__all__ = ["engineio", "socketio"]
