"""Templates as LiquidJS renders them, the engine of Uptime Kuma 2.5.

The table was made by LiquidJS 10.26.0 with Uptime Kuma's options, in UTC, where objects print as their JSON.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.notifications.liquid import TemplateError, parse
from kuma_lite.notifications.liquid.filters import FILTERS

TABLE: dict[str, Any] = json.loads(
    (Path(__file__).parent / "liquidjs-10.26.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize(("template", "text"), TABLE["rendered"])
def test_what_liquidjs_renders(template: str, text: str) -> None:
    assert parse(template).render(TABLE["variables"]) == text


@pytest.mark.parametrize("template", TABLE["refused"])
def test_what_liquidjs_refuses_too(template: str) -> None:
    with pytest.raises(TemplateError):
        parse(template).render(TABLE["variables"])


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{ '%41%zz' | url_decode }}", "A%zz"),
        ("{{ 'a' | array_to_sentence_string }}", "a"),
        ("{{ nothing | json }}", "null"),
        ("{{ (1..5) | group_by_exp: 'i', 'i > 3' | map: 'items' | json }}", "[[1,2,3],[4,5]]"),
        ("{{ 'a\n b  c' | squish }}", "a b c"),
        ("{{ '🔴 Down' | truncate: 4 }}{{ '🔴 Down' | slice: 0 }}{{ '🔴' | size }}", "🔴...🔴2"),
        ("{{ '<!-- a<b> -->x<script>y</script>z<br/>' | strip_html }}{{ 'a < b' | strip_html }}", "xza < b"),
    ],
)
def test_what_later_versions_read_and_older_ones_do_not(template: str, text: str) -> None:
    assert parse(template).render({}) == text


@pytest.mark.parametrize("name", sorted(FILTERS))
def test_arguments_that_a_filter_does_not_know_are_passed_over(name: str) -> None:
    if name == "sample":  # as it likes
        return
    exact = {"append": ": 'a'", "prepend": ": 'a'", "hmac_sha256": ": 'k'", "where_exp": ": 'i', 'i'"}
    arguments = exact.get(name, ": 'i', 'i'" if name.endswith("_exp") else ": 1, 2, 3")
    known = parse(f"{{{{ v | {name}{arguments} | json }}}}").render({"v": "2026"})
    more = f"{{{{ v | {name}{arguments}, 4, 5, 6, nobody: 7 | json }}}}"
    assert parse(more).render({"v": "2026"}) == known


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("UTC", "06:30 +0000 UTC|12:00"),
        ("Asia/Kolkata", "12:00 +0530 Asia/Kolkata|12:00"),
        ("America/New_York", "02:30 -0400 America/New_York|12:00"),
        ("Nowhere/Land", "06:30 +0000 Nowhere/Land|12:00"),
    ],
)
def test_times_are_of_the_servers_zone_unless_one_is_named(zone: str, text: str) -> None:
    template = "{{ t | date: '%H:%M %z %Z' }}|{{ t | date: '%H:%M', 'asia/kolkata' }}"
    assert parse(template).render({"t": "2026-07-01T06:30:00Z"}, zone) == text


def test_a_time_without_a_zone_is_of_the_servers() -> None:
    template = "{{ t | date: '%H:%M' }} {{ t | date: '%H:%M', 'UTC' }}"
    assert parse(template).render({"t": "2026-07-01 06:30:00.123"}, "Europe/Berlin") == "06:30 04:30"
