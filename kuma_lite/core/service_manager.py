"""What a service manager such as systemd tells a service in its environment, and wants to hear from it.

The protocols are those of sd_notify(3) and sd_listen_fds(3): datagrams to a socket, descriptors from 3 on.
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import MutableMapping
from contextlib import suppress
from typing import Final

from kuma_lite.core.errors import StartupError

_FIRST_DESCRIPTOR: Final = 3
_FAMILIES: Final = (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX)
_MICROSECONDS: Final = 1_000_000
_FEEDS: Final = 3  # of the watchdog in the time it waits: two of them may be late


class ServiceManager:
    """Tells whoever started this service how it is doing; nothing happens where nobody did.

    Args:
        address: of the socket to write to, as in `NOTIFY_SOCKET`; "" for none.
        watchdog_s: how long the manager waits for a sign of life; 0: for ever.
        descriptors: how many sockets it has opened for us.
    """

    def __init__(self, address: str = "", watchdog_s: float = 0, descriptors: int = 0) -> None:
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self._watchdog_s = watchdog_s
        self._descriptors = descriptors
        self._fed = float("-inf")

    @classmethod
    def from_environment(cls, environment: MutableMapping[str, str]) -> ServiceManager:
        """What the manager says there, which is then taken away: it is not meant for our children."""
        address = environment.pop("NOTIFY_SOCKET", "")
        watchdog = _number(environment, "WATCHDOG_USEC", "WATCHDOG_PID") / _MICROSECONDS
        descriptors = _number(environment, "LISTEN_FDS", "LISTEN_PID")
        environment.pop("LISTEN_FDNAMES", None)
        return cls(address, watchdog, descriptors)

    def ready(self, status: str) -> None:
        """It serves; also the end of a reload. `status` is a few words for people."""
        self._tell("READY=1", f"STATUS={status}")

    def reloading(self, now: float) -> None:
        """It reads its settings again, until `ready`; `now` is monotonic seconds."""
        self._tell("RELOADING=1", f"MONOTONIC_USEC={int(now * _MICROSECONDS)}")

    def stopping(self) -> None:
        """It stops in order."""
        self._tell("STOPPING=1", "STATUS=Stopping")

    def alive(self, now: float) -> None:
        """It works at `now` (monotonic seconds): feeds the watchdog, when it is time to."""
        if self._watchdog_s and now - self._fed >= self._watchdog_s / _FEEDS:
            self._fed = now
            self._tell("WATCHDOG=1")

    @property
    def has_sockets(self) -> bool:
        """Whether it has opened sockets for us."""
        return self._descriptors > 0

    def sockets(self) -> list[socket.socket]:
        """The sockets it has opened for us, listening. Raises StartupError for what cannot be served on."""
        found = []
        for descriptor in range(_FIRST_DESCRIPTOR, _FIRST_DESCRIPTOR + self._descriptors):
            try:
                os.set_inheritable(descriptor, False)
                given = socket.socket(fileno=descriptor)
            except OSError:
                raise StartupError(f"Descriptor {descriptor} of the service manager is no socket.") from None
            if given.family not in _FAMILIES or not _listens(given):
                raise StartupError(
                    f"Descriptor {descriptor} of the service manager is no listening socket of a stream: "
                    "look at ListenStream= and Accept= of the socket unit."
                )
            found.append(given)
        return found

    def _tell(self, *lines: str) -> None:
        if not self._address:
            return
        # A manager that cannot be reached is no reason to serve less.
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
            channel.setblocking(False)
            channel.sendto("\n".join(lines).encode(), self._address)


def has_terminal() -> bool:
    """Whether this process belongs to a terminal, whose end SIGHUP then means."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True


def _number(environment: MutableMapping[str, str], name: str, for_whom: str) -> int:
    text, process = environment.pop(name, ""), environment.pop(for_whom, "")
    ours = {str(os.getpid())}
    if getattr(sys, "frozen", False):
        ours.add(str(os.getppid()))  # of the program that unpacked us
    if process and process not in ours:
        return 0
    return int(text) if text.isascii() and text.isdigit() else 0


def _listens(given: socket.socket) -> bool:
    return given.type == socket.SOCK_STREAM and bool(
        given.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    )
