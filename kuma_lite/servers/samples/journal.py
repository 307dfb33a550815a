"""What stands in the journal of a report, and how that is put into the database.

A report that says nothing new but samples is a record of some hundred bytes here, where a commit writes pages
of 2 kB. SQL functions run inside a transaction.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Raw, Struct

from kuma_lite.core import sql
from kuma_lite.core.json_text import compact_json
from kuma_lite.core.limits import JOURNALS
from kuma_lite.core.record_file import HEAD_BYTES, OWNER_BYTES, Records, read_records
from kuma_lite.core.sql import Connection
from kuma_lite.servers.model import DOWNTIME, Server
from kuma_lite.servers.samples import history
from kuma_lite.servers.samples.host_clock import TOLERANCE_MS, HostClock
from kuma_lite.servers.samples.packing import Sample
from kuma_lite.servers.samples.report_store import note_contact
from kuma_lite.servers.samples.reports import not_after
from kuma_lite.servers.store import UPTIME

log = logging.getLogger(__name__)

_START, _, _END = JOURNALS.partition("*")  # a journal has its number there
_ENCODER: Final = msgspec.msgpack.Encoder()
_NOTHING: Final = _ENCODER.encode(None)
Numbered = tuple[int, int, float]  # id of a series, ms, value


class Lasting(Struct, array_like=True):
    """What of a server's row reports rarely change (see `report_store.lasting`)."""

    agent_version: str
    attributes: dict[str, Any]
    snapshot: dict[str, Any]
    duplicate_host: str | None
    duplicate_seen: int | None
    clock_offset: int | None


class _Seen(Struct, array_like=True):
    """The beginning of encoded samples."""

    seen: int  # when the report came, ms


_SEEN: Final = msgspec.msgpack.Decoder(_Seen)


class Entry(Struct, array_like=True):
    """A report. `samples` and `lasting` are encoded already; the latter is null where nothing changed."""

    server_id: int
    uptime: Any
    samples: Raw
    lasting: Raw


class Waiting(Struct):
    """All reports of a server that wait, in their order; of what lasts the latest."""

    seen: int
    uptime: Any
    samples: list[bytes]
    lasting: bytes | None

    def add(self, entry: Entry) -> None:
        """A later report."""
        samples = bytes(entry.samples)
        self.seen, self.uptime = _SEEN.decode(samples).seen, entry.uptime
        self.samples.append(samples)
        lasting = bytes(entry.lasting)
        if lasting != _NOTHING:
            self.lasting = lasting

    def show(self, server: Server) -> None:
        """Make a server, as the database has it, what these reports have made of it; but for its samples."""
        if self.lasting is not None:
            lasting = msgspec.msgpack.decode(self.lasting, type=Lasting)
            server.agent_version, server.attributes = lasting.agent_version, lasting.attributes
            server.snapshot = lasting.snapshot
            server.duplicate_host, server.duplicate_seen = lasting.duplicate_host, lasting.duplicate_seen
            server.clock = HostClock(lasting.clock_offset)
        if self.uptime is not None:
            server.attributes = {**server.attributes, UPTIME: self.uptime}
        server.last_seen, server.updated = self.seen, max(server.updated, self.seen)


# --- records -----------------------------------------------------------------------------------------------


def entry_of(server: Server, lasting: tuple[Any, ...] | None, samples: Iterable[Numbered]) -> Entry:
    """A report: the server as it left it, what lasts where that changed, and its samples."""
    row = Raw(_ENCODER.encode(lasting))
    encoded = Raw(_ENCODER.encode(_packed(server.last_seen, samples)))
    return Entry(server.id, server.attributes.get(UPTIME), encoded, row)


def _packed(seen: int, samples: Iterable[Numbered]) -> list[Any]:
    """When a report came; then for each time of samples what it differs from that, and by turns a series, as
    what its id differs from the one before, and a value. Small numbers take a byte each.
    """
    times: dict[int, list[float]] = {}
    before: dict[int, int] = {}
    for series_id, time, value in samples:
        row = times.get(time)
        if row is None:
            row = times[time] = [time - seen]
        row += (series_id - before.get(time, 0), value)
        before[time] = series_id
    return [seen, *times.values()]


def record_of(entry: Entry) -> bytes:
    """As it stands in the file."""
    return _ENCODER.encode(entry)


def together(records: Iterable[bytes]) -> dict[int, Waiting]:
    """Server id → its reports, of records in their order."""
    found: dict[int, Waiting] = {}
    for record in records:
        try:
            entry = msgspec.msgpack.decode(record, type=Entry)
        except ValueError as error:
            log.error("A report that waits cannot be read, and is left out: %s", error)
        else:
            add(found, entry)
    return found


def add(waiting: dict[int, Waiting], entry: Entry) -> None:
    """One more."""
    known = waiting.get(entry.server_id)
    if known is None:
        known = waiting[entry.server_id] = Waiting(0, None, [], None)
    known.add(entry)


def samples_of(encoded: Iterable[bytes]) -> list[Numbered]:
    """The samples of some reports, in their order."""
    found: list[Numbered] = []
    for report in encoded:
        seen, *times = msgspec.msgpack.decode(report)
        for offset, *row in times:
            ids = accumulate(row[::2])
            found += [
                (series_id, seen + offset, value) for series_id, value in zip(ids, row[1::2], strict=True)
            ]
    return found


def by_series(encoded: Iterable[bytes]) -> Mapping[int, Sequence[Sample]]:
    """Id of a series → its samples in order of time; of two with one time the first, as in the database."""
    found: dict[int, dict[int, float]] = {}
    for series_id, time, value in samples_of(encoded):
        found.setdefault(series_id, {}).setdefault(time, value)
    return {series_id: sorted(samples.items()) for series_id, samples in found.items()}


# --- files -------------------------------------------------------------------------------------------------


def path_of(folder: Path, number: int) -> Path:
    """The journal of that number."""
    return folder / f"{_START}{number}{_END}"


def read_mark(connection: Connection) -> tuple[bytes, int]:
    """Whose journals belong to a database, and the number of the last one that was taken into it."""
    row: Any = connection.execute("SELECT owner, taken FROM server_journal").fetchone()
    return bytes(row[0][:OWNER_BYTES]), int(row[1])


def set_mark(connection: Connection, number: int) -> None:
    """All up to that one are in the database."""
    connection.execute("UPDATE server_journal SET taken = ?", (number,))


def read_journals(folder: Path) -> list[Records]:
    """All that are there, by number. Raises OSError."""
    found = [read_records(path) for _, path in _numbered(folder)]
    return sorted((one for one in found if one is not None), key=lambda records: records.number)


def remove(folder: Path, number: int) -> None:
    """Remove those up to a number. Raises OSError."""
    for one, path in _numbered(folder):
        if one <= number:
            path.unlink(missing_ok=True)


def set_aside(folder: Path, owner: bytes) -> None:
    """Rename those of other owners and what is damaged from the beginning. Raises OSError."""
    for _, path in _numbered(folder):
        found = read_records(path)
        if found is not None and found.owner == owner:
            continue
        if found is None and path.stat().st_size <= HEAD_BYTES:
            path.unlink()  # a kill has left it; nothing in it was acknowledged, for it has no record
            continue
        aside = path.with_name(f"{path.name}.other")
        path.rename(aside)
        log.warning("%s is damaged or belongs to another database, and is now %s", path, aside.name)


def completion(folder: Path) -> Callable[[Connection], None]:
    """What makes a copy of the database whole that is begun after this: see `Database.completion`."""
    found = read_journals(folder)

    def complete(connection: Connection) -> None:
        owner, taken = read_mark(connection)
        wanted = [one for one in found if one.owner == owner and one.number > taken]
        if wanted:
            take_in(connection, together(record for one in wanted for record in one.records))
            set_mark(connection, wanted[-1].number)

    return complete


def _numbered(folder: Path) -> list[tuple[int, Path]]:
    names = ((path.name.removeprefix(_START).removesuffix(_END), path) for path in folder.glob(JOURNALS))
    return [(int(name), path) for name, path in names if name.isascii() and name.isdigit()]


# --- into the database -------------------------------------------------------------------------------------


def take_in(connection: Connection, waiting: Mapping[int, Waiting]) -> None:
    """Store what waits, of servers that there are still. To do it again changes nothing.

    What cannot be stored whatever is tried is given up: all others would wait behind it for ever.
    """
    from kuma_lite.core.database_transaction import attempt

    for server_id, reports in waiting.items():
        _, error = attempt(connection, partial(_take_in, server_id=server_id, reports=reports))
        if error is not None:
            log.error("Reports of server %d cannot be stored, and are given up", server_id, exc_info=error)


def _take_in(connection: Connection, server_id: int, reports: Waiting) -> None:
    row: Any = connection.execute(
        "SELECT last_metrics, attributes, updated, last_seen FROM server WHERE id = ?", (server_id,)
    ).fetchone()
    if row is None:
        return
    series: Any = connection.execute("SELECT id, name FROM server_series WHERE server_id = ?", (server_id,))
    names: dict[int, str] = dict(series)
    samples = [sample for sample in samples_of(reports.samples) if sample[0] in names]
    history.insert_report(connection, server_id, samples)
    stored: dict[str, Any] = json.loads(row[0])
    last = not_after(
        {name: (time, value) for name, (time, value) in stored.items()}, reports.seen + TOLERANCE_MS
    )
    for series_id, time, value in samples:
        name = names[series_id]
        if name not in last or time > last[name][0]:
            last[name] = (time, value)
    if reports.lasting is None:
        attributes = json.loads(row[1])
    else:
        lasting = msgspec.msgpack.decode(reports.lasting, type=Lasting)
        attributes = lasting.attributes
        connection.execute(
            "UPDATE server SET agent_version = ?, snapshot = ?, duplicate_host = ?, duplicate_seen = ?, "
            "clock_offset = ? WHERE id = ?",
            (
                lasting.agent_version,
                compact_json(lasting.snapshot),
                lasting.duplicate_host,
                lasting.duplicate_seen,
                lasting.clock_offset,
                server_id,
            ),
        )
    if reports.uptime is not None:
        attributes[UPTIME] = reports.uptime
    connection.execute(
        "UPDATE server SET attributes = ?, last_metrics = ?, updated = ?, last_seen = ? WHERE id = ?",
        (
            compact_json(attributes),
            compact_json(last),
            max(row[2], reports.seen),
            _seen(connection, server_id, row[3], reports.seen),
            server_id,
        ),
    )
    note_contact(connection, server_id, reports.seen, reports.uptime)


def _seen(connection: Connection, server_id: int, stored: int, seen: int) -> int:
    """When a server was heard. A silence that is told of began with the last report, stored or not."""
    query = "SELECT 1 FROM server_incident WHERE server_id = ? AND cause = ? AND closed IS NULL"
    silent = stored > seen and sql.value(connection, query, (server_id, DOWNTIME)) is not None
    return stored if silent else seen
