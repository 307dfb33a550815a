"""Warning people before a certificate expires (Uptime Kuma 2.5, notifications reference §4).

For each of the days in the setting `tlsExpiryNotifyDays` one message per monitor is sent, the first time a
certificate of the chain has that many days left or fewer. What was sent is remembered with the message, in
one transaction, and forgotten when the server presents another certificate.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from kuma_lite.core.declarations import Certificate
from kuma_lite.core.transactions import Transactions
from kuma_lite.monitors.engine.roster import Monitor

if TYPE_CHECKING:
    from kuma_lite.core.sql import Connection

DEFAULT_MARKS: Final = (7, 14, 21)  # days; Uptime Kuma's default
LOOK_EVERY_S: Final = 3600.0  # days left change once a day; a look costs a query
HISTORY_KIND: Final = "certificate"


class ExpiryWarning(NamedTuple):
    """One message to send."""

    mark: int  # days; the setting that was reached
    kind: str  # of certificate: server, intermediate CA, self-signed
    name: str  # common name
    days: int  # left; negative when expired


class Warner(Protocol):
    """Who words and sends a warning."""

    def warn(self, connection: Connection, monitor: Monitor, warning: ExpiryWarning) -> None:
        """Write the message to the outbox, in the transaction of `connection`."""

    def sent(self) -> None:
        """The transaction is committed."""


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


def due_warnings(info: dict[str, Any], marks: Sequence[int], sent: Collection[int]) -> list[ExpiryWarning]:
    """What is to be sent now (pure).

    Args:
        info: `certInfo` document with the days left as of now.
        marks: days before expiry at which to warn.
        sent: marks already warned of for this monitor and certificate.
    """
    done = set(sent)
    found = []
    for mark in marks:
        for certificate in chain_of(info):
            days = certificate.get("daysRemaining")
            if isinstance(days, int) and days <= mark and not any(other <= mark for other in done):
                name = str((certificate.get("subject") or {}).get("CN", ""))
                found.append(ExpiryWarning(mark, str(certificate.get("certType", "")), name, days))
                done.add(mark)
    return found


class ExpiryWatch:
    """Looks at the certificates that checks report, now and then."""

    def __init__(
        self, database: Transactions, warner: Warner, marks: Callable[[], Any], now: Callable[[], float]
    ) -> None:
        self._database = database
        self._warner = warner
        self._marks = marks
        self._now = now
        self._looked: dict[int, tuple[float, str]] = {}  # monitor → when, fingerprint

    async def look(self, monitor: Monitor, certificate: Certificate) -> None:
        """A check has seen this certificate; warn if it is time to."""
        wanted = monitor.get("expiryNotification") and not monitor.get("ignoreTls")
        if not wanted or not monitor.notification_ids:
            return
        now = self._now()
        info = certificate.as_wire(now)
        fingerprint = str((info.get("certInfo") or {}).get("fingerprint256", ""))
        when, known = self._looked.get(monitor.id, (0.0, ""))
        if now - when < LOOK_EVERY_S and known == fingerprint:
            return
        self._looked[monitor.id] = (now, fingerprint)
        marks = marks_of(self._marks())

        def write(connection: Connection) -> bool:
            sent = read_sent(connection, monitor.id, fingerprint)
            warnings = due_warnings(info, marks, sent)
            for warning in warnings:
                self._warner.warn(connection, monitor, warning)
                note_sent(connection, monitor.id, fingerprint, warning.mark)
            return bool(warnings)

        if await self._database.write(write):
            self._warner.sent()

    def forget(self, monitor_id: int) -> None:
        """The monitor is gone."""
        self._looked.pop(monitor_id, None)


def read_sent(connection: Connection, monitor_id: int, fingerprint: str) -> list[int]:
    """Marks warned of for this certificate; those of an earlier certificate are forgotten."""
    connection.execute(
        "DELETE FROM expiry_warning WHERE monitor_id = ? AND kind = ? AND subject <> ?",
        (monitor_id, HISTORY_KIND, fingerprint),
    )
    rows = connection.execute(
        "SELECT days FROM expiry_warning WHERE monitor_id = ? AND kind = ?", (monitor_id, HISTORY_KIND)
    )
    return [int(days) for (days,) in rows]


def note_sent(connection: Connection, monitor_id: int, fingerprint: str, mark: int) -> None:
    """Remember that a mark has been warned of."""
    connection.execute(
        "INSERT OR REPLACE INTO expiry_warning (monitor_id, kind, subject, days) VALUES (?, ?, ?, ?)",
        (monitor_id, HISTORY_KIND, fingerprint, mark),
    )
