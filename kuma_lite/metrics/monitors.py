"""The metrics of monitors: names, labels and values of Uptime Kuma 2.5 (REST reference §7).

Unlike there, a tag made a moment ago is a label at once, and does not hide its monitors until a restart.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Final, Generic

from msgspec import Struct

from kuma_lite.core.patterns import pattern
from kuma_lite.metrics.exposition import head_of, label_text, number
from kuma_lite.metrics.model import AnyGlance, Family, Glance, Labels, Names, Readings

READ_AT_ONCE: Final = 250  # monitors between two pauses: some 5 ms in which nothing else runs
_NO_PING: Final = -1
_END: Final = b"} "
_PARTS: Final = 5  # of a line: family, labels, end of these, number, end of the line
_ABSENT: Final = "null"
_OWN_LABELS: Final = frozenset(
    {
        "monitor_id",
        "monitor_name",
        "monitor_type",
        "monitor_url",
        "monitor_hostname",
        "monitor_port",
        "window",
    }
)
_NOT_IN_LABELS: Final = pattern(r"[^a-zA-Z0-9_]")
_NOT_AT_START: Final = pattern(r"^[^a-zA-Z_]+")


CERT_DAYS: Final = Family(
    "monitor_cert_days_remaining", "The number of days remaining until the certificate expires"
)
CERT_VALID: Final = Family("monitor_cert_is_valid", "Is the certificate still valid? (1 = Yes, 0= No)")
UPTIME: Final = Family(
    "monitor_uptime_ratio",
    "Uptime ratio calculated over sliding window specified by the 'window' label. (0.0 - 1.0)",
)
SECONDS: Final = Family(
    "monitor_response_time_seconds",
    "Average response time in seconds calculated over sliding window specified by the 'window' label",
)
PING: Final = Family("monitor_response_time", "Monitor Response Time (ms)")
STATUS: Final = Family("monitor_status", "Monitor Status (1 = UP, 0= DOWN, 2= PENDING, 3= MAINTENANCE)")
FAMILIES: Final = (CERT_DAYS, CERT_VALID, UPTIME, SECONDS, PING, STATUS)  # in the order they are shown


class Row(Struct, frozen=True):
    """One monitor as it is written."""

    glance: Glance
    labels: bytes
    status: bytes
    ping: bytes
    shares: tuple[bytes, ...]  # a number for each window, or none at all
    seconds: tuple[bytes, ...]
    certificate: tuple[bytes, bytes] | None  # days, whether it is valid


class MonitorTexts(Generic[AnyGlance]):
    """The text of all monitors. Labels and numbers are kept from one scrape to the next, lines are not.

    Of 10,000 monitors, lines are 20 MB; what they are put together from is a quarter, and the putting
    together a few milliseconds, as nothing is done for a line by itself.
    """

    def __init__(self, readings: Readings[AnyGlance]) -> None:
        self._readings = readings
        self._rows: dict[int, Row] = {}
        windows = [f',window="{window}"}} '.encode() for window in readings.windows]
        self._columns = (
            _Column(CERT_DAYS, [_END], lambda row: row.certificate and row.certificate[:1]),
            _Column(CERT_VALID, [_END], lambda row: row.certificate and row.certificate[1:]),
            _Column(UPTIME, windows, lambda row: row.shares),
            _Column(SECONDS, windows, lambda row: row.seconds),
            _Column(PING, [_END], lambda row: (row.ping,)),
            _Column(STATUS, [_END], lambda row: (row.status,)),
        )

    async def render(self) -> list[bytes]:
        """All families in pieces, an empty line between two; the event loop gets its turns in between."""
        await self._readings.prepare()
        before, rows = self._rows, dict[int, Row]()
        pieces = [[column.head] for column in self._columns]
        glances = iter(self._readings.all())
        while block := [self._row(glance, before) for glance in islice(glances, READ_AT_ONCE)]:
            rows.update((row.glance.id, row) for row in block)
            for found, column in zip(pieces, self._columns, strict=True):
                found.append(column.lines(block))
            await asyncio.sleep(0)
        self._rows = rows
        return [piece for found in pieces for piece in [*found, b"\n"] if piece][:-1]

    def _row(self, glance: AnyGlance, before: Mapping[int, Row]) -> Row:
        kept = before.get(glance.id)
        if kept is not None and kept.glance is glance:
            return kept
        if kept is not None and kept.glance.named_by is glance.named_by:
            labels = kept.labels
        else:
            labels = label_text(labels_of(self._readings.names(glance))).encode("utf-8", "replace")
        found = self._readings.figures(glance)
        certificate = None
        if found.certificate is not None:
            valid, days = found.certificate
            certificate = (b"%d" % days, b"%d" % valid)
        return Row(
            glance,
            labels,
            b"%d" % found.status,
            _number(_NO_PING if found.ping is None else found.ping),
            tuple([b"1" if share == 1 else _number(share) for share, _ in found.windows]),
            tuple([_number(milliseconds / 1000) for _, milliseconds in found.windows]),
            certificate,
        )


class _Column:
    """A family, and how its lines are put together: for all monitors of a block at once.

    Args:
        family: its name and its head.
        ends: what stands between labels and number, for each line of a monitor.
        numbers: of a row, one for each line; nothing: it has none of these lines.
    """

    def __init__(
        self, family: Family, ends: Sequence[bytes], numbers: Callable[[Row], Sequence[bytes] | None]
    ) -> None:
        self.head = "".join([f"{line}\n" for line in head_of(family)]).encode()
        self._begin = f"{family.name}{{".encode()
        self._ends = ends
        self._numbers = numbers

    def lines(self, rows: Iterable[Row]) -> bytes:
        """The lines of some monitors."""
        found = [(row.labels, numbers) for row in rows if (numbers := self._numbers(row))]
        labels = [each for each, _ in found]
        count = len(self._ends)
        width = _PARTS * count
        parts = [self._begin] * (len(found) * width)
        for place, end in enumerate(self._ends):
            first = _PARTS * place
            parts[first + 1 :: width] = labels
            parts[first + 2 :: width] = [end] * len(found)
            parts[first + 3 :: width] = [numbers[place] for _, numbers in found]
            parts[first + 4 :: width] = [b"\n"] * len(found)
        return b"".join(parts)


def _number(value: float) -> bytes:
    return number(value).encode()


def labels_of(names: Names) -> Labels:
    """Tags first, then what every monitor has; missing values are the text `null`."""
    own = (
        ("monitor_id", names.id),
        ("monitor_name", names.name),
        ("monitor_type", names.type),
        ("monitor_url", names.url),
        ("monitor_hostname", names.hostname),
        ("monitor_port", names.port),
    )
    shown = tuple((name, _ABSENT if value is None else str(value)) for name, value in own)
    return (*tag_labels(names.tags), *shown)


def tag_labels(tags: Sequence[tuple[str, str | None]]) -> Labels:
    """One label per tag name, in alphabetical order; several values are joined by commas."""
    if not tags:
        return ()
    values: dict[str, list[str]] = {}
    for name, value in tags:
        label = clean(name)
        if label and label not in _OWN_LABELS:
            values.setdefault(label, []).append(clean(value or ""))
    return tuple((label, _joined(values[label])) for label in sorted(values, key=str.lower))


def clean(text: str) -> str:
    """What may stay of a tag's name or value: letters, digits and underscores, no digit at the start."""
    return _NOT_AT_START.sub("", _NOT_IN_LABELS.sub("", text))


def _joined(values: Iterable[str]) -> str:
    return ",".join(sorted((value for value in values if value), key=str.lower))
