"""Warning people before the registration of a domain ends (Uptime Kuma 2.5, monitor reference 3.5).

A job of its own looks at the domains of all monitors that want it, apart from their checks: what a registry
does or does not answer never delays a beat, and never makes one. A notification is told of a mark (days of
the setting `domainExpiryNotifyDays`) once for a domain, however many of its monitors it is linked to.
The original tells only those of the monitor that happens to be checked first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from msgspec import Struct

from kuma_lite.core.clock import Clock, to_ms
from kuma_lite.core.kept_writes import KeptWrites, News
from kuma_lite.core.periodic_job import PeriodicJob
from kuma_lite.core.transactions import GroupTransactions
from kuma_lite.monitors.document.targets import WITHOUT_DOMAIN
from kuma_lite.monitors.engine.expiry import marks_of
from kuma_lite.monitors.engine.roster import Monitor, Roster
from kuma_lite.net.certificates import days_remaining, iso_time
from kuma_lite.net.public_suffix import host_of, registration_of
from kuma_lite.net.rdap import DAY_S, Looked, Rdap

if TYPE_CHECKING:
    from kuma_lite.core.sql import Connection

LOOK_EVERY_S: Final = 60.0  # a new monitor's domain is known soon; a look at what is known costs nothing
FIRST_S: Final = 10.0  # after the start, when checks have begun
FORGET_S: Final = 30 * DAY_S  # a domain that no monitor has any more


class DomainInfo(NamedTuple):
    """What a monitor's page says of its domain."""

    domain: str
    days: int  # left; negative once it has expired
    expiry: str  # ISO 8601 with milliseconds and Z


class Note(Struct, frozen=True):
    """That notifications were told of a mark."""

    mark: int  # days
    notification_ids: tuple[int, ...]


class DomainMessenger(Protocol):
    """Who words a warning."""

    def warn_of_domain(
        self, monitor: Monitor, notification_ids: Sequence[int], domain: str, days: int, expires: float
    ) -> News:
        """The message to some notifications; `days` are left until `expires`, seconds since 1970."""


class DomainExpiry:
    """The ends of registrations, of all domains that monitors are about."""

    def __init__(
        self,
        database: GroupTransactions,
        rdap: Rdap,
        roster: Roster,
        clock: Clock,
        messenger: DomainMessenger,
        *,
        marks: Callable[[], Any],
        in_maintenance: Callable[[int], bool],
    ) -> None:
        self._database = database
        self._kept = KeptWrites(database)
        self.rdap = rdap
        self._roster = roster
        self._clock = clock
        self._messenger = messenger
        self._marks = marks
        self._in_maintenance = in_maintenance
        self._stored: dict[str, Looked] = {}
        self._told: dict[str, tuple[int, frozenset[int]]] = {}  # domain → mark, notifications
        self._unstored: dict[str, list[Note]] = {}  # domain → what was told of it, and is not on disk yet
        self._job = PeriodicJob(
            "domains",
            self.look,
            every=LOOK_EVERY_S,
            first=FIRST_S,
            failure="Registrations of domains could not be looked at",
        )

    async def load(self) -> None:
        """Read what earlier runs have learned."""
        self._stored = await self._database.read(_load)
        for domain, looked in self._stored.items():
            self.rdap.remember(domain, looked)

    def start(self) -> None:
        """Begin to look."""
        self._job.start()

    async def stop(self) -> None:
        """End; a look that is under way is broken off."""
        await self._job.stop()

    def info(self, monitor: Monitor, now: float) -> DomainInfo | None:
        """What is known of a monitor's domain; None for nothing."""
        domain = domain_of(monitor) if self.rdap.knows_any else None
        known = self.rdap.known(domain) if domain is not None else None
        if domain is None or known is None or known.expiry is None:
            return None
        return DomainInfo(domain, days_remaining(known.expiry, now), iso_time(known.expiry))

    async def look(self) -> None:
        """One round: ask for what is a day old, then warn of what ends soon."""
        wanted: dict[str, list[Monitor]] = {}
        for monitor in self._roster:
            if not monitor.get("domainExpiryNotification") or not self._roster.is_active(monitor):
                continue
            domain = None if self._in_maintenance(monitor.id) else domain_of(monitor)
            if domain is not None and self.rdap.server_of(registration_of(domain).tld) is not None:
                wanted.setdefault(domain, []).append(monitor)
        async with asyncio.TaskGroup() as group:
            for domain, monitors in wanted.items():
                group.create_task(self._look_at(domain, monitors))

    async def _look_at(self, domain: str, monitors: Sequence[Monitor]) -> None:
        looked = await self.rdap.look_up(domain)
        if not looked.trouble and self._stored.get(domain) != looked:
            before = self._stored.get(domain)
            self._stored[domain] = looked
            if before is not None and before.expiry != looked.expiry:
                self._told.pop(domain, None)
                self._unstored.pop(domain, None)
            await self._kept.write(lambda connection: _store(connection, domain, looked))
        if looked.expiry is not None:
            await self._warn(domain, monitors, looked.expiry)

    async def _warn(self, domain: str, monitors: Sequence[Monitor], expires: float) -> None:
        days = days_remaining(expires, self._clock.now())
        mark = due_mark(days, marks_of(self._marks()))
        receivers = receivers_of(monitors)
        if mark is None or not receivers or self._told.get(domain) == (mark, frozenset(receivers)):
            return
        told = await self._database.read(lambda connection: _read_told(connection, domain))
        unstored = self._unstored.setdefault(domain, [])
        for note in unstored:
            for notification_id in note.notification_ids:
                told.setdefault(notification_id, set()).add(note.mark)
        for monitor, ids in by_monitor(receivers, untold(receivers, told, mark)):
            news = self._messenger.warn_of_domain(monitor, ids, domain, days, expires)
            note = Note(mark, tuple(ids))
            unstored.append(note)
            await self._kept.write(
                partial(_note_told, domain=domain, note=note), [news], partial(_forget, unstored, note)
            )
        self._told[domain] = (mark, frozenset(receivers))


# --- rules -------------------------------------------------------------------------------------------------


def domain_of(monitor: Monitor) -> str | None:
    """The registered domain of what a monitor points at; None where there is none."""
    if monitor.type in WITHOUT_DOMAIN or monitor.kind is None or monitor.options is None:
        return None
    target = monitor.kind.target(monitor.options)
    if target is None or target.name:
        return None
    host = host_of(target.url or target.host)
    return registration_of(host).domain if host else None


def due_mark(days: int, marks: Iterable[int]) -> int | None:
    """The smallest mark that has been reached."""
    return min((mark for mark in marks if days <= mark), default=None)


def receivers_of(monitors: Iterable[Monitor]) -> dict[int, Monitor]:
    """The notifications of all of them, each with the first monitor that it is linked to."""
    found: dict[int, Monitor] = {}
    for monitor in monitors:
        for notification_id in monitor.notification_ids:
            found.setdefault(notification_id, monitor)
    return found


def untold(receivers: Iterable[int], told: Mapping[int, Collection[int]], mark: int) -> list[int]:
    """Those that have been told neither of this mark nor of a nearer one."""
    return [each for each in receivers if not any(other <= mark for other in told.get(each, ()))]


def by_monitor(receivers: Mapping[int, Monitor], wanted: Iterable[int]) -> list[tuple[Monitor, list[int]]]:
    """Notifications of the same monitor together."""
    groups: dict[int, tuple[Monitor, list[int]]] = {}
    for notification_id in wanted:
        monitor = receivers[notification_id]
        groups.setdefault(monitor.id, (monitor, []))[1].append(notification_id)
    return list(groups.values())


# --- SQL ---------------------------------------------------------------------------------------------------


def _load(connection: Connection) -> dict[str, Looked]:
    query = "SELECT domain, asked, expiry, registered FROM domain_expiry"
    return {
        str(domain): Looked(asked / 1000, expiry / 1000 if expiry is not None else None, bool(registered))
        for domain, asked, expiry, registered in connection.execute(query)
    }


def _store(connection: Connection, domain: str, looked: Looked) -> None:
    """Keep it; a registration that was renewed may be warned of anew. What is long unasked is forgotten."""
    expiry = to_ms(looked.expiry) if looked.expiry is not None else None
    row = connection.execute("SELECT expiry FROM domain_expiry WHERE domain = ?", (domain,)).fetchone()
    before = row[0] if row is not None else None
    if before is not None and expiry is not None and expiry > before:
        connection.execute("DELETE FROM domain_warning WHERE domain = ?", (domain,))
    connection.execute(
        "INSERT INTO domain_expiry (domain, asked, expiry, registered) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (domain) DO UPDATE SET asked = excluded.asked, expiry = excluded.expiry,"
        " registered = excluded.registered",
        (domain, to_ms(looked.asked), expiry, int(looked.registered)),
    )
    old = (to_ms(looked.asked - FORGET_S),)
    connection.execute(
        "DELETE FROM domain_warning WHERE domain IN (SELECT domain FROM domain_expiry WHERE asked < ?)", old
    )
    connection.execute("DELETE FROM domain_expiry WHERE asked < ?", old)


def _read_told(connection: Connection, domain: str) -> dict[int, set[int]]:
    told: dict[int, set[int]] = {}
    query = "SELECT notification_id, mark FROM domain_warning WHERE domain = ?"
    for notification_id, mark in connection.execute(query, (domain,)):
        told.setdefault(int(notification_id), set()).add(int(mark))
    return told


def _note_told(connection: Connection, domain: str, note: Note) -> None:
    # A notification that has just been removed needs no note.
    connection.executemany(
        "INSERT INTO domain_warning (domain, notification_id, mark)"
        " SELECT ?, id, ? FROM notification WHERE id = ? ON CONFLICT DO NOTHING",
        [(domain, note.mark, notification_id) for notification_id in note.notification_ids],
    )


def _forget(unstored: list[Note], note: Note, stored: bool) -> None:
    """It is on disk, and need not be in memory, too."""
    del stored
    unstored.remove(note)
