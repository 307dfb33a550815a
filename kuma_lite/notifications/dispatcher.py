"""Carries messages from the outbox to the channels, until they have arrived.

Each channel gets its messages one after the other in the order they were written, no faster than its service
takes them: a later one waits while an earlier one is being retried. Channels do not wait for each other. A
message counts as sent only after its channel has taken it, so a process killed at any moment delivers it
again rather than never.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Protocol

from kuma_lite.core.bus import Bus
from kuma_lite.core.clock import MILLISECONDS, Clock, to_ms
from kuma_lite.core.declarations import DeliveryFailed, Message, Pace
from kuma_lite.core.transactions import stored_soon
from kuma_lite.notifications import store
from kuma_lite.notifications.model import Channel, Config, DeliveryRecorded, Pending, Queue, Waiting, unpack
from kuma_lite.notifications.pacing import Pacing
from kuma_lite.notifications.retries import Again, GiveUp, after_failure, is_due
from kuma_lite.notifications.services.support.limits import limited
from kuma_lite.notifications.slots import Slots
from kuma_lite.notifications.unstored import Unstored, UnstoredMessages

if TYPE_CHECKING:
    from kuma_lite.core.sql import Connection
    from kuma_lite.core.transactions import GroupTransactions

log = logging.getLogger(__name__)

MAX_CHANNELS: Final = 64  # that deliver at the same time, apart from those that hang
HANGS_S: Final = 1.0  # an attempt that takes longer no longer counts: dead services hold up no others
IDLE_LOOK_S: Final = 60.0  # a wake-up that got lost must not hide a message for ever
BETWEEN_LOOKS_S: Final = 0.05  # what comes to a channel that is at work is found by that itself
TROUBLE_S: Final = 5.0  # after trouble of our own (a full disk): soon, but not in a storm
STOP_S: Final = 1.0  # for attempts under way; their messages stay in the outbox
ERROR_CHARS: Final = 1_000  # kept of what went wrong

Deliver = Callable[[Config, Message], Awaitable[str]]  # returns what the service said
PaceOf = Callable[[Config], Pace | None]


class MessageQueue(Protocol):
    """Where messages wait: the module `store` for channels; each function runs in a transaction."""

    def queues(self, connection: Connection, /) -> list[Queue]:
        """What waits, per channel."""

    def dead_letters(self, connection: Connection, /) -> int:
        """How many messages have been given up and are kept."""

    def channel(self, connection: Connection, channel_id: int, /) -> Channel | None:
        """A channel that is switched on."""

    def oldest(self, connection: Connection, channel_id: int, but: Collection[int] = (), /) -> Waiting | None:
        """The message a channel must get next, but for rows that it has got."""

    def taken(self, connection: Connection, row: int, channel_id: int, now: int, answer: str, /) -> None:
        """The channel has the message of a row."""

    def failed(self, connection: Connection, message: Waiting, now: int, error: str, due: int, /) -> None:
        """An attempt failed; the next is at `due`."""

    def given_up(self, connection: Connection, message: Waiting, now: int, error: str, /) -> None:
        """The message will not be tried again."""


class Dispatcher:
    """The one that empties an outbox; `queue`: where its messages wait."""

    def __init__(
        self,
        database: GroupTransactions,
        deliver: Deliver,
        clock: Clock,
        bus: Bus,
        *,
        queue: MessageQueue = store,
        pace_of: PaceOf = lambda _: None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._database = database
        self._queue = queue
        self._deliver = deliver
        self._clock = clock
        self._bus = bus
        self._jitter = jitter
        self._pace_of = pace_of
        self._pacing = Pacing()
        self._wake = asyncio.Event()
        self._slots = Slots(MAX_CHANNELS, HANGS_S)
        self._workers: dict[int, asyncio.Task[None]] = {}
        self.unstored = UnstoredMessages(self._clear)
        database.contribute(self.unstored)
        # Taken by their channel, which is not stored yet: row → channel, and what its service said.
        self._arrived: dict[int, tuple[int, str]] = {}
        self._untold: dict[int, Channel] = {}  # whose message has arrived: row → channel
        self._cleaning = False
        self._later: dict[int, int] = {}  # channel → when it is tried again, where that cannot be stored
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
        # Or the next start would tell again what has arrived and could not be stored then.
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_S):
                await self._clean()

    def wake(self) -> None:
        """Something was put into the outbox."""
        self._wake.set()

    def pending(self) -> Pending:
        """What was in the outbox when it was last looked at."""
        waiting = sum(queue.waiting for queue in self._queues)
        return Pending(waiting + len(self.unstored), self._dead)

    @property
    def queues(self) -> Sequence[Queue]:
        """What waits for each channel, as of the latest look, which is at most `IDLE_LOOK_S` old."""
        return self._queues

    # --- looking for work --------------------------------------------------------------------------------

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            try:
                await self._clean()
                await self._look()
                pause = self._begin()
            except Exception:
                log.exception("The outbox cannot be read; trying again")
                pause = TROUBLE_S
            await asyncio.sleep(BETWEEN_LOOKS_S)  # each counts all that waits: after an outage, thousands
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._wake.wait()

    async def _look(self) -> None:
        self._queues, self._dead = await self._database.read(
            lambda connection: (self._queue.queues(connection), self._queue.dead_letters(connection))
        )

    def _begin(self) -> float:
        """Start what is due; returns the seconds until something else will be."""
        now = to_ms(self._clock.now())
        pause = IDLE_LOOK_S
        due = {queue.channel_id: queue.due for queue in self._queues}
        for channel_id, message in self.unstored.waiting().items():
            due[channel_id] = min(due.get(channel_id, message.due), message.due)
        for channel_id, when in due.items():
            when = max(when, self._later.get(channel_id, when))
            if channel_id in self._workers:
                continue
            if is_due(when, now) and (held := self._pacing.wait(channel_id, self._clock.monotonic())):
                pause = min(pause, held)
            elif is_due(when, now):
                task = asyncio.create_task(self._work(channel_id), name="notification channel")
                self._workers[channel_id] = task
            else:
                pause = min(pause, (when - now) / MILLISECONDS)
        if self._arrived:
            pause = min(pause, TROUBLE_S)
        return max(pause, 0.01)

    async def _clean(self) -> None:
        """Take out of the outbox what could not be taken out when it had arrived."""
        arrived, now = dict(self._arrived), to_ms(self._clock.now())
        if not arrived or self._cleaning:
            return

        def clear(connection: Connection) -> None:
            for row, (channel_id, answer) in arrived.items():
                self._queue.taken(connection, row, channel_id, now, answer)

        def ended(stored: bool) -> None:
            self._cleaning = False
            if stored:
                for row in arrived:
                    self._arrived.pop(row, None)
                    if channel := self._untold.pop(row, None):
                        self._tell(channel, None)

        self._cleaning = True
        stored = await stored_soon(self._database, clear, ended)
        if stored is not None:
            ended(stored)

    def _clear(self, row: int, channel_id: int) -> None:
        """A row was committed after its message had arrived."""
        self._arrived[row] = (channel_id, "")
        self._wake.set()

    # --- one channel -------------------------------------------------------------------------------------

    async def _work(self, channel_id: int) -> None:
        """Deliver what is due, oldest first, until something has to wait."""
        following: Waiting | None = None
        try:
            while message := await self._next(channel_id, following):
                following = None
                if isinstance(message, Unstored):
                    await self._attempt_unstored(message)
                else:
                    following = await self._attempt(message)
        except Exception:
            log.exception("Delivering for channel %d failed in a way it should not", channel_id)
            await asyncio.sleep(TROUBLE_S)
        finally:
            del self._workers[channel_id]
            self._wake.set()

    async def _next(self, channel_id: int, waiting: Waiting | None) -> Waiting | Unstored | None:
        """What is due; `waiting`: the oldest one in the outbox, if that has just been looked up."""
        now = to_ms(self._clock.now())
        if not is_due(self._later.get(channel_id, now), now):
            return None
        if self._pacing.wait(channel_id, self._clock.monotonic()):
            return None
        but = self._got()
        if waiting is None or waiting.id in but:
            waiting = await self._database.read(
                lambda connection: self._queue.oldest(connection, channel_id, but)
            )
        unstored = self.unstored.waiting().get(channel_id)
        message: Waiting | Unstored | None = waiting
        if unstored is not None and (waiting is None or unstored.created < waiting.created):
            message = unstored
        if message is None or not is_due(message.due, now):
            return None
        return message

    def _got(self) -> set[int]:
        """Rows whose messages have arrived, or are told from memory."""
        return {*self._arrived, *self.unstored.rows()}

    async def _attempt(self, message: Waiting) -> Waiting | None:
        """Try once, and write down what came of it; returns the one after it, where that was seen."""
        answer = await self._try(message.channel, message.message)
        if isinstance(answer, DeliveryFailed):
            await self._failed(message, answer)
            return None
        answer = limited(answer, ERROR_CHARS)
        row, channel_id, now = message.id, message.channel.id, to_ms(self._clock.now())
        self._arrived[row] = (channel_id, answer)
        but, following = self._got(), list[Waiting | None]()

        def take(connection: Connection) -> None:
            self._queue.taken(connection, row, channel_id, now, answer)
            following.append(self._queue.oldest(connection, channel_id, but))

        if not await stored_soon(self._database, take):
            self._untold[message.id] = message.channel
            return None
        self._arrived.pop(message.id, None)
        self._tell(message.channel, None)
        return following[-1]

    async def _try(self, channel: Channel, packed: str) -> str | DeliveryFailed:
        """What the service said, or why it has not taken the message."""
        try:
            message = unpack(packed)
        except ValueError:
            return DeliveryFailed("The message is damaged.", permanent=True)
        form = channel.form
        async with self._slots.one():
            self._pacing.took(channel.id, self._pace_of(form), self._clock.monotonic())
            try:
                return await self._deliver(form, message)
            except DeliveryFailed as failure:
                return failure

    async def _failed(self, message: Waiting, failure: DeliveryFailed) -> None:
        now = to_ms(self._clock.now())
        verdict = self._verdict(message.channel, failure, message.attempts, message.created, now)
        match verdict:
            case Again(pause):
                error, due = limited(failure.message, ERROR_CHARS), now + to_ms(pause)
                stored = await stored_soon(
                    self._database, lambda found: self._queue.failed(found, message, now, error, due)
                )
            case GiveUp(reason):
                error, due = limited(reason, ERROR_CHARS), now + to_ms(IDLE_LOOK_S)
                stored = await stored_soon(
                    self._database, lambda found: self._queue.given_up(found, message, now, error)
                )
                log.error("A message to %s is given up", message.channel.name)
        if stored:
            self._later.pop(message.channel.id, None)
        else:
            self._later[message.channel.id] = due
        self._tell(message.channel, error)

    async def _attempt_unstored(self, message: Unstored) -> None:
        """The same for what is only in memory."""
        channel = await self._database.read(lambda found: self._queue.channel(found, message.channel_id))
        if channel is None:  # removed or switched off
            self.unstored.drop(message)
            return
        failure, error = await self._try(channel, message.message), None
        if isinstance(failure, str):
            message.arrived = True
            self._later.pop(channel.id, None)
            if message.stored and message.row is not None:  # while it was under way
                self._clear(message.row, channel.id)
        elif not message.stored:
            now = to_ms(self._clock.now())
            verdict = self._verdict(channel, failure, message.attempts, message.created, now)
            error = limited(failure.message, ERROR_CHARS)
            match verdict:
                case Again(pause):
                    message.attempts += 1
                    message.due = now + to_ms(pause)
                case GiveUp():
                    message.arrived = True
                    log.error("A message to %s is given up", channel.name)
        self._tell(channel, error)

    def _verdict(
        self, channel: Channel, failure: DeliveryFailed, attempts: int, created: int, now: int
    ) -> Again | GiveUp:
        log.warning("Cannot send notification to %s: %s", channel.name, failure.message)
        return after_failure(
            attempts + 1,
            (now - created) / MILLISECONDS,
            self._jitter(),
            error=failure.message,
            permanent=failure.permanent,
            retry_after=failure.retry_after,
        )

    def _tell(self, channel: Channel, error: str | None) -> None:
        self._bus.publish(DeliveryRecorded(channel.id, channel.organisation, error))
