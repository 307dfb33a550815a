"""Which names, when, and how long to wait."""

from __future__ import annotations

import pytest

from kuma_lite.acme import rules
from kuma_lite.acme.certificates import Served
from kuma_lite.acme.rules import DAY, HOUR, MINUTE, Order, Refusal, State
from kuma_lite.core.records import replace

NOW = 1_800_000_000.0
CA = "https://ca.test/directory"
FRESH = Served(frozenset({"a.test", "b.test"}), NOW - DAY, NOW + 89 * DAY, "CA")
STAND_IN = Served(frozenset({"a.test"}), NOW - DAY, NOW + 3650 * DAY, "", is_stand_in=True)
KNOWN = State(CA, issued=(NOW - DAY,))


def due(
    *names: str,
    served: Served = FRESH,
    state: State = KNOWN,
    now: float = NOW,
    directory: str = CA,
    renew_at: float | None = None,
) -> Order | None:
    moment = rules.renewal_time(served) if renew_at is None else renew_at
    return rules.due(names, served, state, directory, moment, now)


def test_names_are_chosen() -> None:
    own, domains = (
        ["Kuma.Example.com."],
        ["a.example", "A.EXAMPLE", "10.0.0.1", "*.example", "päge.example", "x y"],
    )
    names, left_out = rules.choose(own, domains, everywhere=True)
    assert names == ["kuma.example.com", "a.example", "xn--pge-qla.example"]
    assert set(left_out) == {"10.0.0.1", "*.example", "x y"}
    assert rules.choose(["box.lan", "nas"], [], everywhere=True)[0] == []
    assert rules.choose(["box.lan", "nas"], [], everywhere=False)[0] == ["box.lan", "nas"]
    names, left_out = rules.choose(["own.example"], (f"p{n}.example" for n in range(105)), everywhere=True)
    assert (len(names), len(left_out)) == (100, 6)
    assert names[0] == "own.example"


def test_the_first_certificate_is_due_at_once() -> None:
    assert due("a.test", served=STAND_IN, state=State()) == Order(("a.test",))
    assert due(served=STAND_IN, state=State()) is None, "for no name there is none"


def test_nothing_is_due_while_it_is_good() -> None:
    assert due("a.test", "b.test") is None
    assert due("a.test") is None, "a name that is gone is no reason"


@pytest.mark.parametrize("day", [60, 80, 89])
def test_renewal_after_two_thirds(day: int) -> None:
    moment = FRESH.begins + day * DAY
    order = due("a.test", "b.test", now=moment)
    assert order is not None
    assert order.names == ("a.test", "b.test")
    assert order.kept == (frozenset(order.names) if day < 75 else frozenset())
    assert due("a.test", now=FRESH.begins + 59 * DAY) is None
    assert due("a.test", now=FRESH.begins + 59 * DAY, renew_at=FRESH.begins + 2 * DAY), (
        "its authority says so"
    )


def test_advice_to_renew_is_followed_once_a_day() -> None:
    made = State(CA, issued=(NOW,))
    assert due("a.test", state=made, now=NOW + HOUR, renew_at=NOW - DAY) is None
    assert due("a.test", state=made, now=NOW + DAY, renew_at=NOW - DAY) is not None
    assert due("a.test", state=made, now=FRESH.begins + 61 * DAY) is not None


def test_another_authority_or_the_end_of_it() -> None:
    assert due("a.test", directory="https://other.test/") == Order(("a.test",))
    assert due("a.test", now=FRESH.ends + 1) == Order(("a.test",))


def test_new_names_wait_a_little_and_are_not_asked_for_without_end() -> None:
    assert due("a.test", "c.test") == Order(
        ("a.test", "c.test"), frozenset({"a.test"}), frozenset({"c.test"})
    )
    assert due("a.test", "c.test", state=replace(KNOWN, issued=(NOW - MINUTE,))) is None
    many = tuple(NOW - HOUR * number for number in range(rules.MOST_A_WEEK, 0, -1))
    assert due("a.test", "c.test", state=replace(KNOWN, issued=many)) is None
    assert due("a.test", "c.test", state=replace(KNOWN, issued=many), now=NOW + 7 * DAY) is not None
    assert due("a.test", served=FRESH, state=replace(KNOWN, issued=many), now=FRESH.begins + 61 * DAY)


def test_a_name_that_fails_waits_longer_each_time() -> None:
    state, waits = KNOWN, []
    for _ in range(7):
        state = rules.refused(state, {"c.test": "gone"}, NOW)
        waits.append((state.refused["c.test"].again - NOW) / HOUR)
    assert waits == [0.25, 1, 4, 12, 24, 24, 24]
    assert due("a.test", "b.test", "c.test", state=state) is None
    assert due("a.test", "d.test", "c.test", state=state) == Order(
        ("a.test", "d.test"), frozenset({"a.test"}), frozenset({"d.test"})
    ), "one bad name does not stop the others"
    after = rules.issued(state, ["a.test", "c.test"], CA, NOW)
    assert after.refused == {}


def test_a_name_that_had_a_certificate_is_given_up_slowly() -> None:
    moment = FRESH.begins + 61 * DAY
    once = rules.refused(KNOWN, {"b.test": "gone"}, moment)
    assert due("a.test", "b.test", state=once, now=moment) is None, "it is waited for"
    order = due("a.test", "b.test", state=once, now=moment + HOUR)
    assert order is not None
    assert not order.accepts(["a.test"])
    often = replace(once, refused={"b.test": Refusal("gone", rules.PATIENCE, moment + HOUR)})
    assert due("a.test", "b.test", state=often, now=moment) == Order(("a.test",), frozenset({"a.test"}))


def test_an_attempt_that_a_crash_ends_counts_as_failed() -> None:
    state = rules.begun(State(), NOW)
    assert due("a.test", served=STAND_IN, state=state, now=NOW + 59) is None
    assert due("a.test", served=STAND_IN, state=state, now=NOW + 61) is not None


def test_what_a_wrong_clock_has_written_does_not_block() -> None:
    state = State(again=NOW + 400 * DAY)
    assert due("a.test", served=STAND_IN, state=state) is not None


def test_an_authority_is_left_alone_as_long_as_it_wants() -> None:
    assert rules.failed(State(), "busy", 7200, NOW).again == NOW + 7200
    assert rules.failed(State(), "busy", None, NOW).again == NOW + MINUTE
    assert rules.failed(State(), "busy", 9 * DAY, NOW).again == NOW + DAY


def test_people_hear_of_what_they_have_to_know() -> None:
    state = rules.failed(KNOWN, "away", None, NOW)
    assert not rules.is_serious(state, FRESH, CA, NOW), "there is time"
    assert rules.is_serious(state, FRESH, CA, NOW + DAY)
    assert rules.is_serious(state, FRESH, CA, FRESH.ends - 14 * DAY)
    assert rules.is_serious(state, STAND_IN, CA, NOW)
    assert not rules.is_serious(KNOWN, STAND_IN, CA, NOW), "nothing has failed yet"
