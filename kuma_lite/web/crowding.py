"""Which connections have to go when there are too many: a pure rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from enum import IntEnum
from typing import NamedTuple

from kuma_lite.core.addresses import customer


class Phase(IntEnum):
    """What a connection is doing; those that cost nobody anything to lose come first."""

    SILENT = 0  # has not sent a whole head of a request, TLS handshakes included
    SENDING = 1  # the head has come, the body has not
    IDLE = 2  # has been answered, and asks nothing
    ANSWERING = 3  # is waiting for an answer, or reading it
    LIVE = 4  # a websocket


class Open(NamedTuple):
    """An open connection."""

    number: int  # of its descriptor
    peer: tuple[str, int]
    phase: Phase
    since: float  # when it was first seen; seconds of the monotonic clock


def surplus(connections: Iterable[Open], most: int, per_address: int) -> list[Open]:
    """Whom to cut, so that an address has no more than `per_address` that do nothing, and all have `most`.

    The oldest of an address go first. Where the total is too high, whoever has most of them loses first;
    connections that are being answered and websockets stay.
    """
    everyone = list(connections)
    waiting: defaultdict[str, list[Open]] = defaultdict(list)
    for connection in everyone:
        if connection.phase < Phase.ANSWERING:
            waiting[customer(connection.peer[0])].append(connection)
    for held in waiting.values():
        held.sort(key=lambda each: (-each.phase, -each.since))
    allowance = per_address
    while True:
        cut = [each for held in waiting.values() for each in held[allowance:]]
        if allowance == 0 or len(everyone) - len(cut) <= most:
            return cut
        allowance //= 2
