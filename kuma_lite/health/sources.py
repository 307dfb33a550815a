"""Problems that show to somebody who remembers: of the clock, the room on the disk, queues of messages."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct

from kuma_lite.core.clock import Clock
from kuma_lite.core.periodic_job import PeriodicJob
from kuma_lite.health.kinds import CANNOT_BE_CHECKED, CLOCK, DISK_LOW, OUTBOX
from kuma_lite.health.model import Argument, Problem, Source
from kuma_lite.health.texts import span

MEGABYTE: Final = 1_000_000

JUMP_S: Final = (
    60.0  # between wall and monotonic clock; NTP corrects less without a step that anybody notices
)
STARTING_S: Final = 300.0  # boards without a clock of their own are set by NTP in this time: no news
JUMP_SHOWN_S: Final = 600.0  # for how long a jump is a problem

ROOM_EVERY_S: Final = 10.0  # between two looks at the room on the disk
LOW_SHARE: Final = 0.01  # of a disk
LOW_LEAST: Final = (
    64 * MEGABYTE
)  # a day of a thousand monitors; the space kept in reserve is not counted as free
LOW_MOST: Final = 1_000 * MEGABYTE  # of a large disk: 1 % of it would last for years
LOW_SMALL: Final = 0.1  # of a disk so small that the least would be most of it

STUCK_S: Final = 600.0  # at the head of a queue; retries are minutes apart by then


class ClockJumps:
    """The wall clock was set, or the machine slept."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._started = clock.monotonic()
        self._offset = self._now()
        self._jump: tuple[float, float] | None = None  # when (monotonic), by how many seconds

    def __call__(self) -> Problem | None:
        """The latest jump, for a while."""
        monotonic, offset = self._clock.monotonic(), self._now()
        moved, self._offset = offset - self._offset, offset
        if abs(moved) > JUMP_S and monotonic - self._started > STARTING_S:
            self._jump = monotonic, moved
        if self._jump is None or monotonic - self._jump[0] > JUMP_SHOWN_S:
            return None
        by = self._jump[1]
        says = (
            "The clock of this machine went forward by {length}: it was set, or the machine slept."
            if by > 0
            else "The clock of this machine was set back by {length}."
        )
        return Problem(CLOCK, says, {"length": span(abs(by))})

    def _now(self) -> float:
        return self._clock.now() - self._clock.monotonic()


class Room(Struct, frozen=True):
    """Of a file system, in bytes."""

    free: int  # for this user
    size: int

    @property
    def is_low(self) -> bool:
        """Whether it will soon be full."""
        wanted = min(max(LOW_LEAST, self.size * LOW_SHARE), LOW_MOST)
        return self.free < min(wanted, self.size * LOW_SMALL)


def room_of(path: Path) -> Room:
    """Asked in a thread: a file system that hangs does not answer. Raises OSError."""
    found = os.statvfs(path)
    return Room(found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize)


class DiskRoom:
    """The disk is nearly full.

    Args:
        path: of the data folder.
        is_full: then something else says so.
        look: how much room there is; may wait for the disk.
    """

    def __init__(
        self, path: Path, is_full: Callable[[], bool], look: Callable[[Path], Room] = room_of
    ) -> None:
        self._path = path
        self._is_full = is_full
        self._look = look
        self._room: Room | None = None
        self._job = PeriodicJob(
            "room on the disk",
            self.refresh,
            every=ROOM_EVERY_S,
            first=0.0,
            failure="The room on the disk is not known",
        )

    def start(self) -> None:
        """Begin to look."""
        self._job.start()

    async def stop(self) -> None:
        """Look no more."""
        await self._job.stop()

    async def refresh(self) -> None:
        """Look once."""
        self._room = await asyncio.to_thread(self._look, self._path)

    def __call__(self) -> Problem | None:
        """Whether it is nearly full, as of the latest look."""
        if self._room is None or not self._room.is_low or self._is_full():
            return None
        return Problem(
            DISK_LOW,
            "The disk is nearly full: {free} MB are left of {size} MB.",
            {"free": self._room.free // MEGABYTE, "size": self._room.size // MEGABYTE},
        )


class Queue(Struct, frozen=True):
    """What waits for one channel."""

    channel_id: int
    oldest: (
        int  # when the message at its head was written, milliseconds since 1970: what tells it from others
    )
    waiting: int


class StuckQueues:
    """Channels whose next message has waited for long. Clocks that are set make no message old.

    Args:
        clock: for how long.
        queues: what waits.
        names: id of a channel → its name.
    """

    def __init__(
        self, clock: Clock, queues: Callable[[], Iterable[Queue]], names: Callable[[], Mapping[int, str]]
    ) -> None:
        self._clock = clock
        self._queues = queues
        self._names = names
        self._heads: dict[tuple[int, int], float] = {}  # channel and message → since when it is the next one

    def __call__(self) -> list[Problem]:
        """One for each such channel."""
        now = self._clock.monotonic()
        queues = list(self._queues())
        self._heads = {
            (queue.channel_id, queue.oldest): self._heads.get((queue.channel_id, queue.oldest), now)
            for queue in queues
        }
        return [
            self._problem(queue, lasts)
            for queue in queues
            if (lasts := now - self._heads[queue.channel_id, queue.oldest]) > STUCK_S
        ]

    def _problem(self, queue: Queue, lasts: float) -> Problem:
        says = "{channel} has taken no message for {length}; {count} wait."
        whole_minutes = lasts // 60 * 60
        arguments: dict[str, Argument] = {
            "channel": self._names().get(queue.channel_id) or f"Notification {queue.channel_id}",
            "length": span(whole_minutes),
            "count": queue.waiting,
        }
        avoid = frozenset({queue.channel_id})
        return Problem(OUTBOX, says, arguments, item=str(queue.channel_id), avoid=avoid)


def unchecked_monitors(cannot_be_checked: Callable[[], Sequence[tuple[str, str]]]) -> Source:
    """Monitors of which nobody can say how they are: name, and a sentence why."""

    def source() -> Problem | None:
        found: dict[str, str] = {}
        for name, sentence in cannot_be_checked():
            number = sum(known == name or known.startswith(f"{name} (") for known in found)
            found[f"{name} ({number + 1})" if number else name] = sentence
        if not found:
            return None
        says = "One monitor cannot be checked." if len(found) == 1 else "{count} monitors cannot be checked."
        return Problem(CANNOT_BE_CHECKED, says, {"count": len(found)}, members=found)

    return source
