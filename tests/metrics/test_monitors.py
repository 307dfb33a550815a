from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import pytest
from prometheus_client.parser import text_string_to_metric_families

from kuma_lite.core.records import replace
from kuma_lite.metrics.exposition import label_text
from kuma_lite.metrics.monitors import (
    READ_AT_ONCE,
    SECONDS,
    UPTIME,
    MonitorTexts,
    clean,
    labels_of,
    tag_labels,
)
from kuma_lite.monitors.doors.gauges import Figures, Names

NAMES = Names(1, "m", "http", "https://x/", None, None, ())
FIGURES = Figures(1, 12.5, [(1.0, 250.0), (0.5, 0.0)], None)


def names(**changes: object) -> Names:
    return replace(NAMES, **changes)


class Seen(NamedTuple):
    """A glance that brings along what is read at it."""

    named_by: Names
    found: Figures

    @property
    def id(self) -> int:
        return self.named_by.id


def seen(number: int = 1, called: Mapping[str, object] | None = None, **changes: object) -> Seen:
    return Seen(names(id=number, **(called or {})), replace(FIGURES, **changes))


class Fixed:
    """Readings of what is put into `glances`; counts what is asked for."""

    windows = ("1d", "30d")

    def __init__(self, *glances: Seen) -> None:
        self.glances: Iterable[Seen] = glances
        self.prepared = False
        self.asked: list[str] = []

    async def prepare(self) -> None:
        self.prepared = True

    def all(self) -> Iterable[Seen]:
        assert self.prepared
        return self.glances

    def names(self, glance: Seen) -> Names:
        self.asked.append("names")
        return glance.named_by

    def figures(self, glance: Seen) -> Figures:
        self.asked.append("figures")
        return glance.found


async def text_of(texts: MonitorTexts[Seen]) -> str:
    return b"".join(await texts.render()).decode()


def lines_of(text: str, family: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith(f"{family}{{")]


async def test_how_it_looks() -> None:
    text = await text_of(MonitorTexts(Fixed(seen(certificate=(True, 80)), seen(2, ping=None, status=0))))
    one, two = (label_text(labels_of(names(id=number))) for number in (1, 2))
    assert (
        text
        == f"""# HELP monitor_cert_days_remaining The number of days remaining until the certificate expires
# TYPE monitor_cert_days_remaining gauge
monitor_cert_days_remaining{{{one}}} 80

# HELP monitor_cert_is_valid Is the certificate still valid? (1 = Yes, 0= No)
# TYPE monitor_cert_is_valid gauge
monitor_cert_is_valid{{{one}}} 1

# HELP monitor_uptime_ratio {UPTIME.help}
# TYPE monitor_uptime_ratio gauge
monitor_uptime_ratio{{{one},window="1d"}} 1
monitor_uptime_ratio{{{one},window="30d"}} 0.5
monitor_uptime_ratio{{{two},window="1d"}} 1
monitor_uptime_ratio{{{two},window="30d"}} 0.5

# HELP monitor_response_time_seconds {SECONDS.help}
# TYPE monitor_response_time_seconds gauge
monitor_response_time_seconds{{{one},window="1d"}} 0.25
monitor_response_time_seconds{{{one},window="30d"}} 0
monitor_response_time_seconds{{{two},window="1d"}} 0.25
monitor_response_time_seconds{{{two},window="30d"}} 0

# HELP monitor_response_time Monitor Response Time (ms)
# TYPE monitor_response_time gauge
monitor_response_time{{{one}}} 12.5
monitor_response_time{{{two}}} -1

# HELP monitor_status Monitor Status (1 = UP, 0= DOWN, 2= PENDING, 3= MAINTENANCE)
# TYPE monitor_status gauge
monitor_status{{{one}}} 1
monitor_status{{{two}}} 0
"""
    )


async def test_a_monitor_without_windows_has_no_lines_of_these() -> None:
    text = await text_of(MonitorTexts(Fixed(seen(windows=()), seen(2), seen(3, windows=()))))
    assert [line.count('monitor_id="2"') for line in lines_of(text, "monitor_uptime_ratio")] == [1, 1]
    assert len(lines_of(text, "monitor_status")) == 3


async def test_without_monitors_there_are_the_heads() -> None:
    text = await text_of(MonitorTexts(Fixed()))
    assert [line for line in text.splitlines() if not line.startswith("# ")] == [""] * 5


async def test_more_than_are_read_at_once_are_in_order() -> None:
    count = 2 * READ_AT_ONCE + 1
    text = await text_of(MonitorTexts(Fixed(*(seen(number) for number in range(1, count + 1)))))
    found = {family.name: family for family in text_string_to_metric_families(text)}
    ids = [int(sample.labels["monitor_id"]) for sample in found["monitor_status"].samples]
    assert ids == list(range(1, count + 1))
    assert len(found["monitor_uptime_ratio"].samples) == 2 * count


async def test_only_what_has_changed_is_read_again() -> None:
    first, other = seen(), seen(2)
    readings = Fixed(first, other)
    texts = MonitorTexts(readings)
    before = await text_of(texts)
    readings.asked.clear()
    assert await text_of(texts) == before
    assert readings.asked == []
    readings.glances = (first._replace(found=replace(FIGURES, status=0)), other)
    assert lines_of(await text_of(texts), "monitor_status")[0].endswith("} 0")
    assert readings.asked == ["figures"]
    readings.glances = (seen(called={"name": "n"}), other)
    assert 'monitor_name="n"' in lines_of(await text_of(texts), "monitor_status")[0]


async def test_monitors_that_are_gone_are_forgotten() -> None:
    readings = Fixed()
    texts = MonitorTexts(readings)
    for number in range(1, 50):
        readings.glances = [seen(number)]
        await texts.render()
    assert list(texts._rows) == [49]


def test_labels_in_their_order() -> None:
    given = names(tags=[("Zone", "b"), ("area", None)], port=0, hostname="")
    assert labels_of(given) == (
        ("area", ""),
        ("Zone", "b"),
        ("monitor_id", "1"),
        ("monitor_name", "m"),
        ("monitor_type", "http"),
        ("monitor_url", "https://x/"),
        ("monitor_hostname", ""),
        ("monitor_port", "0"),
    )


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ([("a", "x"), ("a", "B"), ("a", None)], (("a", "B,x"),)),
        ([("my tag!", "1.5 GB")], (("mytag", "GB"),)),
        ([("1a-b", "x y")], (("ab", "xy"),)),
        ([("ä", "x"), ("", "x"), ("123", "x")], ()),
        ([("monitor_id", "x"), ("window", "y")], ()),
    ],
)
def test_tags_as_labels(tags: list[tuple[str, str | None]], expected: tuple[tuple[str, str], ...]) -> None:
    assert tag_labels(tags) == expected


@pytest.mark.parametrize(
    ("text", "cleaned"), [("a b", "ab"), ("9a9", "a9"), ("_x", "_x"), ("1.0", ""), ("é", "")]
)
def test_what_may_stay(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned
