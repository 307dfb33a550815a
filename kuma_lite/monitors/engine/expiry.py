"""Warning people before a certificate expires (Uptime Kuma 2.5, notifications reference §4).

For each of the days in the setting `tlsExpiryNotifyDays` one message is sent, the first time a certificate of
the chain has that many days left or fewer. What was sent is remembered with the message, in one transaction
(or in memory, until there is room for both), and for every certificate by itself: a name may have several
servers, which answer in turn, each with its own. Whatever they present, a monitor warns of a mark once a day
at most; what has to wait comes the day after.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Protocol

from msgspec import Struct

from kuma_lite.core.declarations import Certificate
from kuma_lite.core.kept_writes import KeptWrites, News
from kuma_lite.core.transactions import GroupTransactions
from kuma_lite.monitors.engine.roster import Monitor

if TYPE_CHECKING:
    from kuma_lite.core.sql import Connection

DEFAULT_MARKS: Final = (7, 14, 21)  # days; Uptime Kuma's default
LOOK_EVERY_S: Final = 3600.0  # days left change once a day; a look costs a query
DAY_S: Final = 86_400.0  # between two warnings of one mark
HISTORY_KIND: Final = "certificate"  # subject: its fingerprint
DAY_KIND: Final = (
    "certificate day"  # subject: when the latest warning of the mark was sent, seconds since 1970
)
# Certificates of a monitor that are remembered; a few servers, each with a few of its past.
REMEMBERED: Final = 64


class ExpiryWarning(Struct, frozen=True):
    """One message to send."""

    mark: int  # days; the setting that was reached
    kind: str  # of certificate: server, intermediate CA, self-signed
    name: str  # common name
    days: int  # left; negative when expired
    fingerprint: str = ""
    expires: float | None = None  # seconds since 1970


class Warner(Protocol):
    """Who words a warning."""

    def warn(self, monitor: Monitor, warning: ExpiryWarning) -> News:
        """The message to the monitor's notifications."""


def marks_of(setting: Any) -> tuple[int, ...]:
    """The days of the setting; the default for anything but a list of whole numbers."""
    if isinstance(setting, list) and all(
        isinstance(day, int) and not isinstance(day, bool) for day in setting
    ):
        return tuple(setting)
    return DEFAULT_MARKS


def chain_of(info: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The certificates of a `certInfo` document from the server's own upwards, without the root."""
    certificate: Any = info.get("certInfo")
    first = True
    while isinstance(certificate, dict):
        if not first and certificate.get("certType") == "root CA":
            return
        yield certificate
        certificate, first = certificate.get("issuerCertificate"), False


def name_of(certificate: dict[str, Any]) -> str:
    """What people know a certificate by: its common name, or, as many have none, the first one it is for."""
    subject = certificate.get("subject") or {}
    candidates = (subject.get("CN"), certificate.get("validFor"), subject.get("O"), subject.get("OU"))
    for found in candidates:
        first = found[0] if isinstance(found, list) and found else found
        if isinstance(first, str) and first:
            return first
    return ""


def due_warnings(
    info: dict[str, Any], marks: Sequence[int], sent: Mapping[str, Collection[int]]
) -> list[ExpiryWarning]:
    """What is to be sent now (pure).

    Args:
        info: `certInfo` document with the days left as of now.
        marks: days before expiry at which to warn.
        sent: marks already warned of, by fingerprint; of a chain, by that of the server's own certificate.
    """
    done = set(sent.get(fingerprint_of(info.get("certInfo")), ()))
    found = []
    for mark in marks:
        for certificate in chain_of(info):
            days = certificate.get("daysRemaining")
            told = done.union(sent.get(fingerprint_of(certificate), ()))
            if isinstance(days, int) and days <= mark and not any(other <= mark for other in told):
                kind, name = str(certificate.get("certType", "")), name_of(certificate)
                end = expiry_of(certificate)
                found.append(ExpiryWarning(mark, kind, name, days, fingerprint_of(certificate), end))
                done.add(mark)
    return found


def expiry_of(certificate: Mapping[str, Any]) -> float | None:
    """When a certificate of a `certInfo` document ends, seconds since 1970; None where that is not told."""
    try:
        return datetime.fromisoformat(str(certificate.get("validTo"))).timestamp()
    except (ValueError, OverflowError):
        return None


def fingerprint_of(certificate: Any) -> str:
    """The SHA-256 of a certificate in a `certInfo` document, or nothing."""
    return str(certificate.get("fingerprint256", "")) if isinstance(certificate, dict) else ""


class Note(Struct, frozen=True):
    """That a mark was warned of, which is remembered."""

    monitor_id: int
    mark: int  # days
    fingerprints: frozenset[str]
    sent: float  # seconds since 1970

    def write(self, connection: Connection) -> None:
        """Store it."""
        for fingerprint in self.fingerprints:
            note_sent(connection, self.monitor_id, fingerprint, self.mark)
        note_day(connection, self.monitor_id, self.mark, self.sent)


class ExpiryWatch:
    """Looks at the certificates that checks report, now and then."""

    def __init__(
        self, database: GroupTransactions, warner: Warner, marks: Callable[[], Any], now: Callable[[], float]
    ) -> None:
        self._database = database
        self._kept = KeptWrites(database)
        self._warner = warner
        self._marks = marks
        self._now = now
        self._looked: dict[int, dict[str, float]] = {}  # monitor → fingerprint → when
        self._unstored: list[Note] = []
        self._turn = asyncio.Lock()  # two certificates of a monitor must not be warned of at once

    async def look(self, monitor: Monitor, certificate: Certificate) -> None:
        """A check has seen this certificate; warn if it is time to."""
        wanted = monitor.get("expiryNotification") and not monitor.get("ignoreTls")
        if not wanted or not monitor.notification_ids:
            return
        now = self._now()
        info = certificate.as_wire(now)
        fingerprint = fingerprint_of(info.get("certInfo"))
        looked = self._looked.setdefault(monitor.id, {})
        if now - looked.get(fingerprint, -LOOK_EVERY_S) < LOOK_EVERY_S:
            return
        if len(looked) >= REMEMBERED:
            looked.clear()
        looked[fingerprint] = now
        async with self._turn:
            for warning in await self._due(monitor.id, info, now):
                note = Note(monitor.id, warning.mark, frozenset((fingerprint, warning.fingerprint)), now)
                self._unstored.append(note)
                await self._kept.write(
                    note.write, [self._warner.warn(monitor, warning)], self._forgetting(note)
                )

    async def _due(self, monitor_id: int, info: dict[str, Any], now: float) -> list[ExpiryWarning]:
        """What is to be warned of, after what is stored and what waits for that."""
        sent, today = await self._database.read(
            lambda found: (read_sent(found, monitor_id), marks_of_today(found, monitor_id, now))
        )
        for note in self._unstored:
            if note.monitor_id == monitor_id:
                for each in note.fingerprints:
                    sent.setdefault(each, set()).add(note.mark)
                if is_of_today(note.sent, now):
                    today.add(note.mark)
        marks = marks_of(self._marks())
        return [warning for warning in due_warnings(info, marks, sent) if warning.mark not in today]

    def _forgetting(self, note: Note) -> Callable[[bool], None]:
        """It is on disk, and need not be in memory, too."""
        return lambda stored: self._unstored.remove(note)

    def forget(self, monitor_id: int) -> None:
        """The monitor is gone."""
        self._looked.pop(monitor_id, None)


def read_sent(connection: Connection, monitor_id: int) -> dict[str, set[int]]:
    """Marks warned of, by the fingerprint of the certificate."""
    rows = connection.execute(
        "SELECT subject, days FROM expiry_warning WHERE monitor_id = ? AND kind = ?",
        (monitor_id, HISTORY_KIND),
    )
    sent: dict[str, set[int]] = {}
    for subject, days in rows:
        sent.setdefault(str(subject), set()).add(int(days))
    return sent


def marks_of_today(connection: Connection, monitor_id: int, now: float) -> set[int]:
    """Marks of which a warning was sent in the last 24 hours, whatever the certificate."""
    rows = connection.execute(
        "SELECT days, subject FROM expiry_warning WHERE monitor_id = ? AND kind = ?", (monitor_id, DAY_KIND)
    )
    return {int(days) for days, sent_at in rows if is_of_today(float(sent_at), now)}


def is_of_today(sent: float, now: float) -> bool:
    """Whether something was sent in the last 24 hours; a clock that was set back must not silence anybody."""
    return 0 <= now - sent < DAY_S


def note_sent(connection: Connection, monitor_id: int, fingerprint: str, mark: int) -> None:
    """Remember that a mark has been warned of for a certificate; of too many the others are forgotten."""
    if len(read_sent(connection, monitor_id)) > REMEMBERED:
        connection.execute(
            "DELETE FROM expiry_warning WHERE monitor_id = ? AND kind = ?", (monitor_id, HISTORY_KIND)
        )
    _insert(connection, monitor_id, HISTORY_KIND, fingerprint, mark)


def note_day(connection: Connection, monitor_id: int, mark: int, now: float) -> None:
    """Remember when a mark has been warned of, whatever the certificate."""
    connection.execute(
        "DELETE FROM expiry_warning WHERE monitor_id = ? AND kind = ? AND days = ?",
        (monitor_id, DAY_KIND, mark),
    )
    _insert(connection, monitor_id, DAY_KIND, str(int(now)), mark)


def _insert(connection: Connection, monitor_id: int, kind: str, subject: str, mark: int) -> None:
    connection.execute(
        "INSERT INTO expiry_warning (monitor_id, kind, subject, days) VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        (monitor_id, kind, subject, mark),
    )
