from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.core.declarations import Status
from kuma_lite.core.errors import UserError
from kuma_lite.status_pages.model import Incident, Window
from kuma_lite.status_pages.rules import (
    Cursor,
    Overall,
    cut_page,
    incident_style,
    overall,
    read_cursor,
    read_duration,
    read_slug,
)


@pytest.mark.parametrize(
    ("sent", "stored"), [("page", "page"), (" UPPER-Case ", "upper-case"), ("a-1-b", "a-1-b"), ("7", "7")]
)
def test_slugs(sent: str, stored: str) -> None:
    assert read_slug(sent) == stored


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        (5, "Slug must be string"),
        (None, "Slug must be string"),
        ("  ", "Slug cannot be empty"),
        *((slug, "Invalid Slug") for slug in ("a b", "a--b", "-a", "a-", "ä", "a/b", "a_b", "..", "x\x00")),
    ],
)
def test_what_is_no_slug(sent: object, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        read_slug(sent)


@given(st.text())
def test_a_slug_is_safe_wherever_it_is_put(text: str) -> None:
    try:
        slug = read_slug(text)
    except UserError:
        return
    assert slug.isascii() and slug == slug.lower()
    assert slug.replace("-", "").isalnum()


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ([], Overall.NOTHING),
        ([1, 1], Overall.ALL_UP),
        ([1, 0], Overall.PARTIAL),
        ([1, 2], Overall.PARTIAL),
        ([0, 2], Overall.ALL_DOWN),
        ([2], Overall.ALL_DOWN),
        ([1, 0, 3], Overall.MAINTENANCE),
    ],
)
def test_overall(states: list[int], expected: Overall) -> None:
    assert overall(map(Status, states)) is expected


@pytest.mark.parametrize(
    ("text", "number", "window"),
    [
        ("24", "24", Window(3600, 24)),
        ("24h", "24", Window(3600, 24)),
        ("090m", "090", Window(60, 90)),
        ("1w", "1", Window(86400, 7)),
        ("1M", "1", Window(86400, 30)),
        ("1y", "1", Window(86400, 365)),
        ("00000000000000000007d", "00000000000000000007", Window(86400, 7)),
    ],
)
def test_durations(text: str, number: str, window: Window) -> None:
    assert read_duration(text) == (number, window)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("abc", "Invalid duration: abc"),
        ("", "Invalid duration: "),
        ("5x", "Unsupported unit (x) for badge duration 5x"),
        ("721h", "The maximum number of hours is 720"),
        ("1441m", "The maximum number of minutes is 1440"),
        ("366d", "The maximum number of days is 365"),
        ("2y", "The maximum number of days is 365"),
        ("9" * 5000, "The maximum number of hours is 720"),
        ("٣h", "Invalid duration: ٣h"),
    ],
)
def test_what_is_no_duration(text: str, sentence: str) -> None:
    with pytest.raises(UserError) as refused:
        read_duration(text)
    assert (refused.value.message, refused.value.status) == (sentence, 403)


def test_incident_styles() -> None:
    assert incident_style("danger") == "danger"
    odd: list[object] = ["pink", None, 5, 'x" onclick="', []]
    assert {incident_style(style) for style in odd} == {"warning"}


def incident(number: int, created: int) -> Incident:
    return Incident(number, 1, "t", "c", "info", created, None)


@given(st.lists(st.integers(1_700_000_000, 1_700_000_003), max_size=40))
def test_paging_loses_nothing(dates: list[int]) -> None:
    """Also when more incidents share a second than fit on a page."""
    everything = [incident(number, created) for number, created in enumerate(dates, 1)]
    everything.sort(key=lambda one: (one.created, one.id), reverse=True)
    seen: list[Incident] = []
    cursor: Cursor | None = None
    while True:
        after = [one for one in everything if cursor is None or (one.created, one.id) < cursor]
        shown, following = cut_page(after[:11])
        seen += shown
        if following is None:
            break
        cursor = read_cursor(following.text)
    assert seen == everything


def test_a_cursor_is_the_date_alone_where_that_is_enough() -> None:
    older = [incident(number, 1_700_000_000 - number) for number in range(11)]
    _, following = cut_page(older)
    assert following is not None
    assert following.text == "2023-11-14 22:13:11"
    same = [incident(20 - number, 1_700_000_000) for number in range(11)]
    _, following = cut_page(same)
    assert following is not None
    assert following.text == "2023-11-14 22:13:20|11"


def test_cursors_of_clients() -> None:
    for none in (None, "", 0):
        assert read_cursor(none) is None
    assert read_cursor("2023-11-14 22:13:20") == (1_700_000_000, 0)
    assert read_cursor("2023-11-14 22:13:20|11") == (1_700_000_000, 11)
    assert read_cursor("2023-11-14 22:13:20|x") == (1_700_000_000, 0)


def test_a_cursor_past_the_end_and_one_that_is_no_date() -> None:
    """As Uptime Kuma 2.5 compares them: texts with texts."""
    for early in ("0000-01-01", "1969-12-31 23:59:59", " ", 5, [1], {"a": 1}):
        assert read_cursor(early) == (0, 0), early
    after_all = read_cursor("x")
    assert after_all is not None
    assert after_all.created > 253_402_300_799, "everything is older"
    assert read_cursor("2023-11-14 99") == read_cursor("2023-11-15 00:00:00")
