"""Hear at once when links or routes of this machine change (Linux); elsewhere, look now and then."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable
from typing import Final

log = logging.getLogger(__name__)

LOOK_S: Final = 2.0  # where nothing is heard, and beside what is heard

# <linux/rtnetlink.h>: groups of messages about links, addresses and routes.
_RTMGRP_LINK, _RTMGRP_IPV4_IFADDR, _RTMGRP_IPV4_ROUTE = 0x1, 0x10, 0x40
_RTMGRP_IPV6_IFADDR, _RTMGRP_IPV6_ROUTE = 0x100, 0x400
_GROUPS: Final = (
    _RTMGRP_LINK | _RTMGRP_IPV4_IFADDR | _RTMGRP_IPV4_ROUTE | _RTMGRP_IPV6_IFADDR | _RTMGRP_IPV6_ROUTE
)


class LinkWatch:
    """Calls `changed` when links or routes may have changed.

    Args:
        changed: must be quick; also called every two seconds.
    """

    def __init__(self, changed: Callable[[], object]) -> None:
        self._changed = changed
        self._socket: socket.socket | None = None
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin to listen, on the running loop."""
        self._look()
        netlink = getattr(socket, "AF_NETLINK", None)
        if netlink is None:
            return
        try:
            listening = socket.socket(netlink, socket.SOCK_RAW | socket.SOCK_CLOEXEC, 0)
        except OSError:  # a container may forbid it
            return
        try:
            listening.setblocking(False)
            listening.bind((0, _GROUPS))
            asyncio.get_running_loop().add_reader(listening, self._heard)
        except (OSError, NotImplementedError):
            listening.close()
            return
        self._socket = listening

    def stop(self) -> None:
        """Listen no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
            self._socket = None

    def _heard(self) -> None:
        assert self._socket is not None
        # What the messages say does not matter, nor that some were lost (ENOBUFS): the state is looked at.
        with contextlib.suppress(OSError):
            while self._socket.recv(65_536):
                pass
        self._changed()

    def _look(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(LOOK_S, self._look)
        try:
            self._changed()
        except Exception:
            log.exception("Whether this machine has a network could not be seen")
