"""The metrics of monitors: names, labels and values of Uptime Kuma 2.5 (REST reference §7).

Unlike there, a tag made a moment ago is a label at once, and does not hide its monitors until a restart.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Sequence
from typing import Final

from kuma_lite.metrics.exposition import label_text, number
from kuma_lite.metrics.model import Family, Labels, Reading, Readings

READ_AT_ONCE: Final = 250  # monitors between two pauses: some 5 ms in which nothing else runs
_NO_PING: Final = -1
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
_NOT_IN_LABELS: Final = re.compile(r"[^a-zA-Z0-9_]")
_NOT_AT_START: Final = re.compile(r"^[^a-zA-Z_]+")


class MonitorFamilies:
    """All families of monitors, in the order they are shown."""

    def __init__(self) -> None:
        self.cert_days = Family(
            "monitor_cert_days_remaining", "The number of days remaining until the certificate expires"
        )
        self.cert_valid = Family("monitor_cert_is_valid", "Is the certificate still valid? (1 = Yes, 0= No)")
        self.uptime = Family(
            "monitor_uptime_ratio",
            "Uptime ratio calculated over sliding window specified by the 'window' label. (0.0 - 1.0)",
        )
        self.seconds = Family(
            "monitor_response_time_seconds",
            "Average response time in seconds calculated over sliding window specified by the 'window' label",
        )
        self.ping = Family("monitor_response_time", "Monitor Response Time (ms)")
        self.status = Family("monitor_status", "Monitor Status (1 = UP, 0= DOWN, 2= PENDING, 3= MAINTENANCE)")

    def add(self, reading: Reading, labels: str) -> None:
        """The samples of one monitor."""
        if reading.certificate is not None:
            valid, days = reading.certificate
            self.cert_days.lines.append(f"{self.cert_days.name}{{{labels}}} {days}")
            self.cert_valid.lines.append(f"{self.cert_valid.name}{{{labels}}} {int(valid)}")
        uptime, seconds = self.uptime, self.seconds
        for window, share, milliseconds in reading.windows:
            uptime.lines.append(f'{uptime.name}{{{labels},window="{window}"}} {number(share)}')
            seconds.lines.append(
                f'{seconds.name}{{{labels},window="{window}"}} {number(milliseconds / 1000)}'
            )
        ping = _NO_PING if reading.ping is None else reading.ping
        self.ping.lines.append(f"{self.ping.name}{{{labels}}} {number(ping)}")
        self.status.lines.append(f"{self.status.name}{{{labels}}} {reading.status}")

    @property
    def all(self) -> list[Family]:
        """The families."""
        return [self.cert_days, self.cert_valid, self.uptime, self.seconds, self.ping, self.status]


class LabelTexts:
    """The labels of monitors as they are written, kept from one scrape to the next."""

    def __init__(self) -> None:
        self._texts: dict[int, tuple[tuple[object, ...], str]] = {}

    def of(self, reading: Reading) -> str:
        """Those of one monitor."""
        shown = (
            reading.name,
            reading.type,
            reading.url,
            reading.hostname,
            reading.port,
            reading.tags,
        )
        found = self._texts.get(reading.id)
        if found is None or found[0] != shown:
            found = self._texts[reading.id] = (shown, label_text(labels_of(reading)))
        return found[1]

    def keep_only(self, monitors: int) -> None:
        """Forget all, when there are twice as many as there are monitors."""
        if len(self._texts) > 2 * monitors:
            self._texts.clear()


async def monitor_families(readings: Readings, texts: LabelTexts) -> list[Family]:
    """The families of all monitors; the event loop gets its turns in between."""
    await readings.prepare()
    families = MonitorFamilies()
    index = 0
    for index, reading in enumerate(readings.all(), 1):
        families.add(reading, texts.of(reading))
        if index % READ_AT_ONCE == 0:
            await asyncio.sleep(0)
    texts.keep_only(index)
    return families.all


def labels_of(reading: Reading) -> Labels:
    """Tags first, then what every monitor has; missing values are the text `null`."""
    own = (
        ("monitor_id", reading.id),
        ("monitor_name", reading.name),
        ("monitor_type", reading.type),
        ("monitor_url", reading.url),
        ("monitor_hostname", reading.hostname),
        ("monitor_port", reading.port),
    )
    shown = tuple((name, _ABSENT if value is None else str(value)) for name, value in own)
    return (*tag_labels(reading.tags), *shown)


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
