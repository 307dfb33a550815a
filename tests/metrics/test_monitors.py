from __future__ import annotations

from collections.abc import Iterable

import pytest

from kuma_lite.metrics.exposition import label_text
from kuma_lite.metrics.model import Family
from kuma_lite.metrics.monitors import LabelTexts, clean, labels_of, monitor_families, tag_labels
from kuma_lite.monitors.doors.gauges import Reading


def reading(**changes: object) -> Reading:
    fields: dict[str, object] = {
        "id": 1,
        "name": "m",
        "type": "http",
        "url": "https://x/",
        "hostname": None,
        "port": None,
        "tags": (),
        "status": 1,
        "ping": 12.5,
        "windows": [("1d", 1.0, 250.0), ("30d", 0.5, 0.0)],
        "certificate": None,
        **changes,
    }
    return Reading(**fields)  # type: ignore[arg-type]


class Fixed:
    def __init__(self, *readings: Reading) -> None:
        self.readings = readings
        self.prepared = False

    async def prepare(self) -> None:
        self.prepared = True

    def all(self) -> Iterable[Reading]:
        assert self.prepared
        return self.readings


async def families(*readings: Reading) -> dict[str, Family]:
    return {family.name: family for family in await monitor_families(Fixed(*readings), LabelTexts())}


async def test_names_and_values() -> None:
    found = await families(reading(certificate=(True, 80)), reading(id=2, ping=None, status=0))
    assert list(found) == [
        "monitor_cert_days_remaining",
        "monitor_cert_is_valid",
        "monitor_uptime_ratio",
        "monitor_response_time_seconds",
        "monitor_response_time",
        "monitor_status",
    ]
    values = {
        name: [float(line.rpartition(" ")[2]) for line in family.lines] for name, family in found.items()
    }
    assert values == {
        "monitor_cert_days_remaining": [80],
        "monitor_cert_is_valid": [1],
        "monitor_uptime_ratio": [1.0, 0.5, 1.0, 0.5],
        "monitor_response_time_seconds": [0.25, 0.0, 0.25, 0.0],
        "monitor_response_time": [12.5, -1],
        "monitor_status": [1, 0],
    }
    assert found["monitor_uptime_ratio"].lines[1].endswith('monitor_port="null",window="30d"} 0.5')


async def test_labels_follow_what_they_are_made_of() -> None:
    texts = LabelTexts()
    for changes in ({}, {"name": "n"}, {"tags": [("Zone", "a")]}, {"tags": [("Zone", "b")]}, {"port": 1}, {}):
        found = {each.name: each for each in await monitor_families(Fixed(reading(**changes)), texts)}
        labels = label_text(labels_of(reading(**changes)))
        assert found["monitor_status"].lines == [f"monitor_status{{{labels}}} 1"]


async def test_labels_of_monitors_that_are_gone_do_not_pile_up() -> None:
    texts = LabelTexts()
    for number in range(1, 50):
        await monitor_families(Fixed(reading(id=number)), texts)
    assert len(texts._texts) <= 3


def test_labels_in_their_order() -> None:
    given = reading(tags=[("Zone", "b"), ("area", None)], port=0, hostname="")
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
