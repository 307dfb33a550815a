"""Warnings before registrations of domains end: the rules."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.checks import monitor_types
from kuma_lite.monitors.document.fields import Document
from kuma_lite.monitors.engine.domain_expiry import by_monitor, domain_of, due_mark, receivers_of, untold
from kuma_lite.monitors.engine.roster import Monitor, Reading

MARKS = (7, 14, 21)


def monitor(number: int = 1, *notifications: int, **document: object) -> Monitor:
    made: Document = {"type": "dns", "hostname": "www.example.com", **document}
    kind = monitor_types().get(str(made["type"]))
    options = kind.options.read(made) if kind is not None else None
    return Monitor(number, 1, True, made, tuple(notifications), reading=Reading(kind, options))


@pytest.mark.parametrize(
    ("days", "mark"), [(22, None), (21, 21), (15, 21), (14, 14), (7, 7), (0, 7), (-5, 7)]
)
def test_the_nearest_mark_counts(days: int, mark: int | None) -> None:
    assert due_mark(days, MARKS) == mark


@given(st.integers(-5, 60), st.lists(st.integers(0, 40), unique=True, max_size=5))
def test_each_mark_is_told_once_and_the_nearest_always(start: int, marks: list[int]) -> None:
    told: dict[int, set[int]] = {}
    sent = []
    for days in [*range(start, -6, -1)] * 2:
        mark = due_mark(days, marks)
        if mark is not None and untold([5], told, mark):
            told.setdefault(5, set()).add(mark)
            sent.append(mark)
    assert sent == sorted(set(sent), reverse=True)
    if marks:
        assert min(marks) in sent


def test_every_notification_is_told_with_the_first_monitor_that_has_it() -> None:
    first, second = monitor(1, 10, 11), monitor(2, 11, 12)
    receivers = receivers_of([first, second])
    assert by_monitor(receivers, receivers) == [(first, [10, 11]), (second, [12])]
    assert untold(receivers, {10: {7}, 11: {21}}, 14) == [11, 12]


@pytest.mark.parametrize(
    ("document", "domain"),
    [
        ({}, "example.com"),
        ({"type": "http", "url": "https://user:pass@a.b.co.uk:8443/x"}, "b.co.uk"),
        ({"type": "port", "hostname": "mail.example.org", "port": 25}, "example.org"),
        ({"type": "http", "url": "http://192.0.2.1/"}, None),
        ({"type": "http", "url": "http://intranet/"}, None),
        ({"type": "http", "url": ""}, None),
        ({"type": "ntp", "hostname": "time.example.org"}, None),
        ({"type": "push"}, None),
        ({"type": "unheard-of"}, None),
    ],
)
def test_whose_domain(document: Document, domain: str | None) -> None:
    assert domain_of(monitor(**document)) == domain
