"""Ports of 127.0.0.1 that are a test's own: nothing that runs beside it is given them by chance.

A socket is bound to each and never listens. The kernel gives such a port to nobody who asks for any free one,
and refuses connections to it; whoever names it and sets SO_REUSEADDR, as every server here does, may listen
there.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

_held: list[socket.socket] = []  # until this process ends: a server may come back to its port


def free_port() -> int:
    """A port for a server that may stop and start again."""
    holder = _hold()
    _held.append(holder)
    return _number(holder)


def closed_port() -> int:
    """A port nobody listens on."""
    return free_port()


@contextmanager
def held_port() -> Iterator[int]:
    """A port for the length of the block: for servers that many tests start in this process."""
    with _hold() as holder:
        yield _number(holder)


def _hold() -> socket.socket:
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind(("127.0.0.1", 0))
    return holder


def _number(holder: socket.socket) -> int:
    return int(holder.getsockname()[1])
