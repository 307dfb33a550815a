"""Carries messages from the outbox to the channels, until they have arrived.

Each channel gets its messages one after the other in the order they were written: a later one waits while an
earlier one is being retried. Channels do not wait for each other. A message leaves the outbox only after its
channel has taken it, so a process killed at any moment delivers it again rather than never.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from kuma_lite.core.bus import Bus
from kuma_lite.core.clock import MILLISECONDS, Clock, to_ms
from kuma_lite.core.declarations import DeliveryFailed, Message
from kuma_lite.notifications import store
from kuma_lite.notifications.model import Config, DeliveryRecorded, Pending, Queue, Waiting, unpack
from kuma_lite.notifications.retries import Again, GiveUp, after_failure, is_due
from kuma_lite.notifications.services.support.limits import limited

if TYPE_CHECKING:
    from kuma_lite.core.transactions import Transactions

log = logging.getLogger(__name__)

MAX_CHANNELS: Final = 16  # that deliver at the same time; a few may hang without holding up the others
IDLE_LOOK_S: Final = 60.0  # a wake-up that got lost must not hide a message for ever
TROUBLE_S: Final = 5.0  # after trouble of our own (a full disk): soon, but not in a storm
STOP_S: Final = 1.0  # for attempts under way; their messages stay in the outbox
ERROR_CHARS: Final = 1_000  # kept of what went wrong

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
        self._arrived: set[int] = set()  # taken by their channel, not yet removed from the outbox
        self._queues: list[Queue] = []
        self._dead = 0
        self._task: asyncio.Task[None] | None = None

    # --- starting and stopping ---------------------------------------------------------------------------

    async def start(self) -> None:
        """Go on with whatever waits."""
        if self._task is None:
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
        return Pending(sum(queue.waiting for queue in self._queues), self._dead)

    @property
    def queues(self) -> Sequence[Queue]:
        """What waits for each channel, as of the latest look, which is at most `IDLE_LOOK_S` old."""
        return self._queues

    # --- looking for work --------------------------------------------------------------------------------

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            try:
                await self._look()
                pause = self._begin()
            except Exception:
                log.exception("The outbox cannot be read; trying again")
                pause = TROUBLE_S
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._wake.wait()

    async def _look(self) -> None:
        self._queues = await self._database.read(store.queues)
        self._dead = await self._database.read(store.dead_letters)

    def _begin(self) -> float:
        """Start what is due; returns the seconds until something else will be."""
        now = to_ms(self._clock.now())
        pause = IDLE_LOOK_S
        for queue in self._queues:
            if queue.channel_id in self._workers:
                continue
            if is_due(queue.due, now):
                task = asyncio.create_task(self._work(queue.channel_id), name="notification channel")
                self._workers[queue.channel_id] = task
            else:
                pause = min(pause, (queue.due - now) / MILLISECONDS)
        return max(pause, 0.01)

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
        message = await self._database.read(lambda connection: store.oldest(connection, channel_id))
        if message is None or not is_due(message.due, to_ms(self._clock.now())):
            return None
        return message

    async def _attempt(self, message: Waiting) -> None:
        """Try once, and write down what came of it."""
        if message.id not in self._arrived:
            try:
                await self._deliver(message.channel.config, unpack(message.message))
            except DeliveryFailed as failure:
                await self._failed(message, failure)
                return
            except ValueError:
                await self._failed(message, DeliveryFailed("The message is damaged.", permanent=True))
                return
            self._arrived.add(message.id)
        now = to_ms(self._clock.now())
        await self._database.write(lambda connection: store.taken(connection, message, now))
        self._arrived.discard(message.id)
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
                await self._database.write(lambda found: store.failed(found, message, now, error, due))
            case GiveUp(reason):
                error = limited(reason, ERROR_CHARS)
                await self._database.write(lambda found: store.given_up(found, message, now, error))
                log.error("A message to %s is given up", message.channel.name)
        self._tell(message, error)

    def _tell(self, message: Waiting, error: str | None) -> None:
        self._bus.publish(DeliveryRecorded(message.channel.id, message.channel.organisation, error))
