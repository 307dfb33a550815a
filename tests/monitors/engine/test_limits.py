"""Limits on the numbers a check yields."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.core.declarations import (
    RESPONSE_TIME,
    CertificateFigures,
    CheckFailed,
    CheckResult,
    Number,
    Status,
)
from kuma_lite.core.errors import UserError
from kuma_lite.monitors.engine.limits import (
    MOST_LIMITS,
    Broken,
    History,
    Limit,
    check_limits,
    limited,
    numbers_of,
    read_limits,
)

ROWS = Number("rows", "Rows")
NUMBERS = (RESPONSE_TIME, ROWS)


def entry(**changed: Any) -> dict[str, Any]:
    return {"number": "ping", "operator": ">", "value": 500, **changed}


def history(*entries: dict[str, Any]) -> History:
    return History(read_limits(list(entries)), NUMBERS)


@pytest.mark.parametrize(
    ("operator", "below", "exactly", "above"),
    [
        (">", False, False, True),
        (">=", False, True, True),
        ("<", True, False, False),
        ("<=", True, True, False),
        ("==", False, True, False),
        ("!=", True, False, True),
    ],
)
def test_each_operator(operator: str, below: bool, exactly: bool, above: bool) -> None:
    seen = history(entry(operator=operator))
    assert [seen.note({"ping": value}) is not None for value in (499, 500, 501)] == [below, exactly, above]


def test_the_sentence_names_number_and_limit() -> None:
    broken = history(entry(), entry(number="rows", operator="<", value=1.5)).note({"ping": 812.25, "rows": 3})
    assert broken == Broken(Status.DOWN, "Response time 812.25 ms breaks its limit (> 500 ms)")
    broken = history(entry(number="rows", operator="<", value=1.5)).note({"rows": 0})
    assert broken == Broken(Status.DOWN, "Rows 0 breaks its limit (< 1.5)")


def test_so_many_of_the_last_checks() -> None:
    seen = history(entry(count=2, of=3))
    told = [seen.note({"ping": value}) for value in (900, 1, 1, 900, 900, 1, 1)]
    assert [each is not None for each in told] == [False, False, False, False, True, True, False]
    assert told[4] is not None
    assert told[4].sentence == "Response time 900 ms breaks its limit (> 500 ms, in 2 of the last 3 checks)"


def test_a_check_without_the_number_says_nothing() -> None:
    seen = history(entry(count=2, of=2))
    assert [seen.note(found) is not None for found in ({"ping": 900}, {}, {"rows": 1}, {"ping": 900})] == [
        False,
        False,
        False,
        True,
    ]


@pytest.mark.parametrize("order", [("pending", "down"), ("down", "pending")])
def test_down_comes_before_pending(order: tuple[str, str]) -> None:
    seen = history(*(entry(becomes=becomes, value=each) for each, becomes in enumerate(order)))
    broken = seen.note({"ping": 900})
    assert broken is not None
    assert broken.becomes is Status.DOWN


def test_what_the_check_said_stands_behind() -> None:
    result = CheckResult("200 - OK", ping=900)
    warned = limited(result, Broken(Status.PENDING, "too slow"))
    assert warned == CheckResult("too slow; 200 - OK", ping=900, status=Status.PENDING)
    failed = limited(result, Broken(Status.DOWN, "too slow"))
    assert isinstance(failed, CheckFailed)
    assert (failed.message, failed.ping, failed.local) == ("too slow; 200 - OK", 900, False)


def test_numbers_of_a_result() -> None:
    class Days:
        def as_wire(self, now: float) -> dict[str, Any]:
            return {}

        def as_plain(self) -> dict[str, Any]:
            return {}

        def days_left(self, now: float) -> int | None:
            return int(now)

        def figures(self, now: float) -> CertificateFigures | None:
            return None

    result = CheckResult(ping=3.5, numbers={"rows": 2}, certificate=Days())
    assert numbers_of(result, 9.0) == {"ping": 3.5, "rows": 2, "certificateDays": 9}
    assert numbers_of(CheckResult(), 9.0) == {}


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("text", "a list of at most 20 limits"),
        ([entry()] * (MOST_LIMITS + 1), "a list of at most 20 limits"),
        (["text"], "each must be an object"),
        ([entry(operator="=>")], "operator must be one of > >= < <= == !="),
        ([entry(value="5")], "value must be a number"),
        ([entry(value=True)], "value must be a number"),
        ([entry(value=float("nan"))], "value must be a number"),
        ([entry(becomes="up")], "becomes must be pending or down"),
        ([entry(of=0)], "of must be 1 to 100"),
        ([entry(count=1.5)], "count must be 1 to 100"),
        ([entry(count=3, of=2)], "count must not be greater than of"),
        ([entry(number="queue")], "yields no number 'queue', only ping, rows"),
    ],
)
def test_what_cannot_be_meant_is_refused(value: Any, sentence: str) -> None:
    with pytest.raises(UserError, match="limits: .*") as refused:
        check_limits(value, NUMBERS)
    assert sentence in refused.value.message


@pytest.mark.parametrize(
    "value", [None, [], [entry()], [entry(number="rows", becomes="pending", count=2, of=9)]]
)
def test_what_can_be_meant_is_not(value: Any) -> None:
    check_limits(value, NUMBERS)


def test_entries_that_cannot_be_read_are_left_out() -> None:
    found = read_limits([entry(), {"number": "ping"}, 5, None])
    assert found == (Limit("ping", ">", 500, Status.DOWN, 1, 1),)
    assert read_limits("nonsense") == ()


@given(
    st.lists(st.booleans(), max_size=40),
    st.integers(1, 6).flatmap(lambda of: st.tuples(st.integers(1, of), st.just(of))),
)
def test_it_is_broken_when_and_only_when_so_many_were(over: list[bool], times: tuple[int, int]) -> None:
    count, of = times
    seen = history(entry(count=count, of=of))
    for place, each in enumerate(over, 1):
        broken = seen.note({"ping": 501 if each else 500})
        assert (broken is not None) == (sum(over[max(0, place - of) : place]) >= count)
