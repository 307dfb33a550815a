"""Keeps the history small: packs what is complete, rolls it up, throws away what is past its time."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final, Protocol

from kuma_lite.core.clock import Clock, to_ms
from kuma_lite.core.errors import UserError
from kuma_lite.core.periodic_job import PeriodicJob
from kuma_lite.core.sql import Connection
from kuma_lite.core.transactions import Transactions
from kuma_lite.servers import store
from kuma_lite.servers.samples import forgetting, history
from kuma_lite.servers.samples.history import Window
from kuma_lite.servers.samples.metrics import metric_of
from kuma_lite.servers.samples.rollup import DAY_MS, Kept, Tier

log = logging.getLogger(__name__)

FIRST_S: Final = 120.0  # after the start: there is enough to do then
EVERY_S: Final = 600.0
SEAL_SLICE: Final = 25  # windows packed in one transaction: some 10 ms of the writer's time
MIN_CAP_BYTES: Final = 1_000_000

# Setting of the whole server → field of `Kept`, smallest and largest value.
SETTINGS: Final = {
    "serverRawDays": ("raw", 1, 90),
    "serverTenMinuteDays": ("ten_minutes", 1, 3_650),
    "serverHourDays": ("hours", 1, 3_650),
    "serverDayDays": ("days", 1, 36_500),
    "serverMaxBytes": ("max_bytes", MIN_CAP_BYTES, 10**12),
}


class SettingsStore(Protocol):
    """Where people's wishes are kept."""

    def get(self, key: str, default: Any = None) -> Any:
        """A setting."""

    async def set(self, key: str, value: Any) -> None:
        """Write one."""


def kept_by(settings: SettingsStore) -> Kept:
    """How long history is kept; what is stored and makes no sense counts as its default."""
    found = {}
    for key, (name, least, most) in SETTINGS.items():
        value = settings.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            found[name] = value
    return Kept(**found)


async def save_kept(settings: SettingsStore, wishes: Any) -> None:
    """Store `{raw, ten_minutes, hours, days, max_bytes}`, any of them. Raises UserError."""
    if not isinstance(wishes, dict):
        raise UserError("The retention must be an object.")
    fields = {name: (key, least, most) for key, (name, least, most) in SETTINGS.items()}
    for name, value in wishes.items():
        if name not in fields:
            raise UserError("There is no retention called {name}.", name=str(name)[:40])
        _, least, most = fields[name]
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise UserError(
                "{name} must be a whole number between {least} and {most}.", name=name, least=least, most=most
            )
    for name, value in wishes.items():
        await settings.set(fields[name][0], value)


class Upkeep:
    """The task behind it.

    Args:
        database: with the history.
        clock: what is complete, and what is old.
        kept: how long and how much.
        metric_name: series id → stored name; None for a series that is gone.
        take_in: puts into the database what waits elsewhere, if there is a sample of before a moment (ms).
    """

    def __init__(
        self,
        database: Transactions,
        clock: Clock,
        kept: Callable[[], Kept],
        metric_name: Callable[[int], str | None],
        take_in: Callable[[int], Awaitable[None]],
    ) -> None:
        self._database = database
        self._clock = clock
        self._kept = kept
        self._metric_name = metric_name
        self._take_in = take_in
        self._job = PeriodicJob(
            "server history",
            self.once,
            every=EVERY_S,
            first=FIRST_S,
            failure="The history of servers could not be packed",
        )

    def start(self) -> None:
        """Begin."""
        self._job.start()

    async def stop(self) -> None:
        """End; what is not packed yet stays as it is."""
        await self._job.stop()

    async def once(self) -> None:
        """Pack, roll up, throw away. Raises StorageTrouble."""
        await self.seal()
        now, kept = to_ms(self._clock.now()), self._kept()
        removed = 1
        while removed:
            removed = await self._database.write(partial(forgetting.delete_old, now=now, kept=kept))
        await self._database.write(
            partial(store.delete_old_incidents, before=kept.limit(Tier.HOUR, now) - DAY_MS)
        )
        excess = await self._database.read(forgetting.stored_bytes) - kept.max_bytes
        if excess > 0:
            log.warning("The history of servers is over its size by %d bytes: the oldest is removed", excess)
        while excess > 0:
            freed = await self._database.write(partial(forgetting.delete_oldest, excess=excess))
            if not freed:
                break
            excess -= freed

    async def seal(self) -> int:
        """Pack every span that is complete; returns how many."""
        now = to_ms(self._clock.now())
        await self._take_in(history.complete_before(now))
        windows = await self._database.read(partial(history.windows_to_seal, now=now))
        for start in range(0, len(windows), SEAL_SLICE):
            work = [
                (window, self._metric_name(window.series_id))
                for window in windows[start : start + SEAL_SLICE]
            ]
            await self._database.write(partial(_seal, work=work))
        return len(windows)


def _seal(connection: Connection, work: list[tuple[Window, str | None]]) -> None:
    for window, name in work:
        if name is None:  # its server was deleted while a report was on its way
            forgetting.forget_series(connection, [window.series_id])
            continue
        metric = metric_of(name)
        history.seal(connection, window, counter=metric is not None and metric.counter)
