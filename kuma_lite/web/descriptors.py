"""The connections among the open files of this process, without asking the server that accepted them."""

from __future__ import annotations

import os
import socket
from typing import Final

_FOLDERS: Final = ("/proc/self/fd", "/dev/fd")  # Linux; other systems
_INTERNET: Final = (socket.AF_INET, socket.AF_INET6)

Peer = tuple[str, int]  # address and port of the other end


def open_descriptors() -> list[int]:
    """All of this process. Empty where the system does not tell."""
    for folder in _FOLDERS:
        try:
            return [int(name) for name in os.listdir(folder)]
        except OSError:
            continue
    return []


def count_descriptors() -> int:
    """How many there are, without listing them where the kernel counts (Linux 6.2 and later)."""
    try:
        counted = os.stat(_FOLDERS[0]).st_size
    except OSError:
        counted = 0
    return counted or len(open_descriptors())


def peer_of(descriptor: int, port: int) -> Peer | None:
    """Who is at the other end of a connection that was accepted on `port`; None: it is something else."""
    with_peer = _accepted(descriptor, port)
    if with_peer is None:
        return None
    with_peer[0].close()
    return with_peer[1]


def end_connection(descriptor: int, peer: Peer, port: int) -> None:
    """End it, if the descriptor still is that connection; the server then reads an end and closes it."""
    found = _accepted(descriptor, port)
    if found is None:
        return
    with found[0] as connection:
        if found[1] == peer:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:  # it is gone already
                return


def _accepted(descriptor: int, port: int) -> tuple[socket.socket, Peer] | None:
    """A descriptor of our own of the same socket: the number may come to mean another one at any moment."""
    try:
        copy = os.dup(descriptor)
    except OSError:
        return None
    try:
        connection = socket.socket(fileno=copy)
    except OSError:  # no socket
        os.close(copy)
        return None
    try:
        if connection.family in _INTERNET and connection.getsockname()[1] == port:
            address, number = connection.getpeername()[:2]
            return connection, (address.split("%")[0], number)
    except OSError:  # one that listens, or has ended
        pass
    connection.close()
    return None
