"""Carries messages from the outbox to the channels, until they have arrived.

Each channel gets its messages one after the other in the order they were written: a later one waits while an
earlier one is being retried. Channels do not wait for each other. A message leaves the outbox only after its
channel has taken it, so a process killed at any moment delivers it again rather than never.

A disk that is full or hangs silences nobody: what is `unstored` is delivered from memory, after what the
outbox holds, and what cannot be written about a delivery is remembered until it can.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeVar

from kuma_lite.core.bus import Bus
from kuma_lite.core.clock import MILLISECONDS, Clock, to_ms
from kuma_lite.core.declarations import DeliveryFailed, Message
from kuma_lite.core.errors import StorageTrouble
from kuma_lite.notifications import store
from kuma_lite.notifications.model import (
    Channel,
    Config,
    DeliveryRecorded,
    Pending,
    Queue,
    Waiting,
    unpack,
)
from kuma_lite.notifications.retries import Again, GiveUp, after_failure, is_due
from kuma_lite.notifications.services.support.limits import limited
from kuma_lite.notifications.unstored import Unstored

if TYPE_CHECKING:
    from kuma_lite.core.sql import Connection
    from kuma_lite.core.transactions import Transactions

log = logging.getLogger(__name__)

MAX_CHANNELS: Final = 16  # that deliver at the same time; a few may hang without holding up the others
IDLE_LOOK_S: Final = 60.0  # a wake-up that got lost must not hide a message for ever
TROUBLE_S: Final = 5.0  # after trouble of our own (a full disk): soon, but not in a storm
STOP_S: Final = 1.0  # for attempts under way; their messages stay in the outbox
ERROR_CHARS: Final = 1_000  # kept of what went wrong
STORAGE_S: Final = 3.0  # for reading or writing about a message; then its delivery goes on without the disk

T = TypeVar("T")
Deliver = Callable[[Config, Message], Awaitable[object]]


class Dispatcher:
    """The one that empties the outbox."""

    def __init__(
        self,
        database: Transactions,
        deliver: Deliver,
        clock: Clock,
        bus: Bus,
        *,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._database = database
        self._deliver = deliver
        self._clock = clock
        self._bus = bus
        self._jitter = jitter
        self._wake = asyncio.Event()
        self._slots = asyncio.Semaphore(MAX_CHANNELS)
        self._workers: dict[int, asyncio.Task[None]] = {}
        self.unstored = Unstored()
        self._contributes = False
        self._channels: dict[int, Channel] = {}  # as they were when the outbox was last looked at
        self._not_before: dict[int, int] = {}  # channel → next attempt, where that could not be written
        self._queues: list[Queue] = []
        self._dead = 0
        self._task: asyncio.Task[None] | None = None

    # --- starting and stopping ---------------------------------------------------------------------------

    async def start(self) -> None:
        """Go on with whatever waits."""
        if self._task is None:
            if not self._contributes:
                self._database.contribute(self.unstored)
                self._contributes = True
            await self._look()
            self._task = asyncio.create_task(self._run(), name="notification dispatcher")

    async def stop(self) -> None:
        """End all attempts within a second; what was not delivered stays in the outbox."""
        tasks = [task for task in (self._task, *self._workers.values()) if task is not None]
        self._task = None
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=STOP_S)

    def wake(self) -> None:
        """Something was put into the outbox."""
        self._wake.set()

    def pending(self) -> Pending:
        """What was in the outbox when it was last looked at."""
        waiting = sum(queue.waiting for queue in self._queues) + len(self.unstored)
        return Pending(max(0, waiting - len(self.unstored.arrived)), self._dead)

    @property
    def queues(self) -> Sequence[Queue]:
        """What waits for each channel, as of the latest look, which is at most `IDLE_LOOK_S` old."""
        return self._queues

    # --- looking for work --------------------------------------------------------------------------------

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            pause = IDLE_LOOK_S
            try:
                await self._in_time(self._look())
            except Exception:
                log.exception("The outbox cannot be read; trying again")
                pause = TROUBLE_S
            pause = min(pause, self._begin())
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._wake.wait()

    async def _look(self) -> None:
        self._queues = await self._database.read(store.queues)
        self._dead = await self._database.read(store.dead_letters)
        channels = await self._database.read(store.all_channels)
        self._channels = {channel.id: channel for channel in channels}

    def _begin(self) -> float:
        """Start what is due; returns the seconds until something else will be."""
        now = to_ms(self._clock.now())
        pause = IDLE_LOOK_S
        for channel_id, due in self._due().items():
            if channel_id in self._workers:
                continue
            if is_due(due, now):
                task = asyncio.create_task(self._work(channel_id), name="notification channel")
                self._workers[channel_id] = task
            else:
                pause = min(pause, (due - now) / MILLISECONDS)
        return max(pause, 0.01)

    def _due(self) -> dict[int, int]:
        """Channel → when its next message is due."""
        arrived = Counter(channel_id for channel_id, _ in self.unstored.arrived.values())
        found = {
            queue.channel_id: queue.due for queue in self._queues if queue.waiting > arrived[queue.channel_id]
        }
        for channel_id, due in self.unstored.channels().items():
            found.setdefault(channel_id, due)
        return {
            channel_id: max(due, self._not_before.get(channel_id, 0)) for channel_id, due in found.items()
        }

    # --- one channel -------------------------------------------------------------------------------------

    async def _work(self, channel_id: int) -> None:
        """Deliver what is due, oldest first, until something has to wait."""
        try:
            async with self._slots:
                while message := await self._next(channel_id):
                    await self._attempt(message)
        except Exception:
            log.exception("Delivering for channel %d failed in a way it should not", channel_id)
            await asyncio.sleep(TROUBLE_S)
        finally:
            del self._workers[channel_id]
            self._wake.set()

    async def _next(self, channel_id: int) -> Waiting | None:
        """The message that is due, of the outbox and then of memory."""
        now = to_ms(self._clock.now())
        if not is_due(self._not_before.get(channel_id, 0), now):
            return None
        self._not_before.pop(channel_id, None)
        arrived = self.unstored.arrived
        message: Waiting | None = None
        with suppress(StorageTrouble):
            message = await self._in_time(
                self._database.read(lambda connection: store.oldest(connection, channel_id, arrived))
            )
        if message is None:
            message = self._from_memory(channel_id)
        return message if message is not None and is_due(message.due, now) else None

    def _from_memory(self, channel_id: int) -> Waiting | None:
        kept = self.unstored.first(channel_id)
        if kept is None:
            return None
        channel = self._channels.get(channel_id)
        if channel is None or not channel.active:
            while gone := self.unstored.first(channel_id):
                self.unstored.drop(gone)
            return None
        return Waiting(0, channel, kept.created, kept.due, kept.attempts, kept.message, kept)

    async def _attempt(self, message: Waiting) -> None:
        """Try once, and write down what came of it."""
        try:
            await self._deliver(message.channel.config, unpack(message.message))
        except DeliveryFailed as failure:
            await self._failed(message, failure)
            return
        except ValueError:
            await self._failed(message, DeliveryFailed("The message is damaged.", permanent=True))
            return
        now = to_ms(self._clock.now())
        if message.kept is not None:
            self.unstored.deliver(message.kept, now)
        else:
            self.unstored.arrived[message.id] = (message.channel.id, now)
        await self._store(lambda _: None)  # the commit takes along what has arrived
        self._tell(message, None)

    async def _failed(self, message: Waiting, failure: DeliveryFailed) -> None:
        now = to_ms(self._clock.now())
        verdict = after_failure(
            message.attempts + 1,
            (now - message.created) / MILLISECONDS,
            self._jitter(),
            error=failure.message,
            permanent=failure.permanent,
            retry_after=failure.retry_after,
        )
        log.warning("Cannot send notification to %s: %s", message.channel.name, failure.message)
        match verdict:
            case Again(pause):
                error, due = limited(failure.message, ERROR_CHARS), now + to_ms(pause)
                if (kept := message.kept) is not None:
                    kept.attempts, kept.due = kept.attempts + 1, due
                row = self._row(message)
                if not await self._store(lambda found: store.failed(found, row, now, error, due)):
                    self._not_before[message.channel.id] = due
            case GiveUp(reason):
                error = limited(reason, ERROR_CHARS)
                log.error("A message to %s is given up", message.channel.name)
                row = self._row(message)
                if message.kept is not None:
                    self.unstored.drop(message.kept)
                if not await self._store(lambda found: store.given_up(found, row, now, error)):
                    self._not_before[message.channel.id] = now + to_ms(TROUBLE_S)
        self._tell(message, error)

    @staticmethod
    def _row(message: Waiting) -> Waiting:
        """The message as it stands in the outbox, for one of memory that has been stored meanwhile."""
        if message.kept is None or message.kept.row is None:
            return message
        return replace(message, id=message.kept.row)

    async def _store(self, fn: Callable[[Connection], None]) -> bool:
        """Write down what came of an attempt; False when the disk does not take it in time."""
        try:
            await self._in_time(self._database.write(fn))
        except StorageTrouble:
            self._database.nudge()
            return False
        return True

    @staticmethod
    async def _in_time(work: Coroutine[object, object, T]) -> T:
        """Raises StorageTrouble when the disk hangs; the work goes on, but nobody waits for it."""
        task = asyncio.ensure_future(work)
        done, _ = await asyncio.wait([task], timeout=STORAGE_S)
        if not done:
            task.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
            raise StorageTrouble("The disk does not answer.")
        return task.result()

    def _tell(self, message: Waiting, error: str | None) -> None:
        self._bus.publish(DeliveryRecorded(message.channel.id, message.channel.organisation, error))
