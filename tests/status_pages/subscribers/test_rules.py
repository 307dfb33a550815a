"""Who is told of what: the pure rules."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.core.errors import UserError
from kuma_lite.core.records import replace
from kuma_lite.net.public_only import is_public
from kuma_lite.status_pages.model import Incident, IncidentHappened, IncidentState, Update
from kuma_lite.status_pages.subscribers import keys
from kuma_lite.status_pages.subscribers.keys import Purpose
from kuma_lite.status_pages.subscribers.letters import plain
from kuma_lite.status_pages.subscribers.model import (
    Kind,
    KnownPlan,
    News,
    ShownPlan,
    Stage,
    State,
    Subscriber,
    What,
)
from kuma_lite.status_pages.subscribers.rules import (
    ASK_PAUSE_S,
    ASKS_A_DAY,
    CONFIRM_WITHIN_S,
    FAILURES_UNTIL_OFF,
    asks_then,
    incident_news,
    is_told,
    may_be_asked,
    plan_news,
    state_after_failures,
)
from kuma_lite.status_pages.subscribers.targets import mailbox_of, masked, read_target

ANNA = Subscriber(
    id=7, page_id=1, kind=Kind.EMAIL, target="anna@example.org", target_key="anna@example.org", monitors=None,
    state=State.ACTIVE, seed="ab" * 32, created=0,
)  # fmt: skip
MONITORS = st.frozensets(st.integers(1, 6))
NOW = 1_000_000


# --- Who -------------------------------------------------------------------------------------------------


@given(st.none() | MONITORS, MONITORS, st.sampled_from(State))
def test_only_those_whom_it_concerns(
    chosen: frozenset[int] | None, about: frozenset[int], state: State
) -> None:
    told = is_told(replace(ANNA, monitors=chosen, state=state), News(What.INCIDENT_BEGUN, monitors=(*about,)))
    concerned = chosen is None or not about or bool(chosen & about)
    assert told == (concerned and state is State.ACTIVE)


@given(st.sampled_from(State), st.integers(0, 10))
def test_three_in_a_row_are_enough(state: State, failures: int) -> None:
    off = state is State.OFF or (state is State.ACTIVE and failures >= FAILURES_UNTIL_OFF)
    assert (state_after_failures(state, failures) is State.OFF) == off


@given(st.lists(st.integers(0, 2 * CONFIRM_WITHIN_S), min_size=1, max_size=40))
def test_no_mailbox_is_filled_by_a_form(moments: list[int]) -> None:
    """However often somebody fills it in: at most three messages within a day from the first of them."""
    written: list[int] = []
    found: Subscriber | None = None
    for now in sorted(moments):
        if found is None:
            found = replace(ANNA, asked=now, asks=1)
        elif may_be_asked(found, now):
            found = replace(found, asks=asks_then(found, now), asked=now)
        else:
            continue
        written.append(now)
    for earlier, later in pairwise(written):
        assert later - earlier >= ASK_PAUSE_S
    for begin in written:
        assert sum(begin <= each < begin + ASK_PAUSE_S * ASKS_A_DAY for each in written) <= ASKS_A_DAY


# --- Incidents -------------------------------------------------------------------------------------------

INCIDENTS = st.builds(
    Incident,
    st.just(1), st.just(1), st.sampled_from(["Slow", "Fast"]), st.sampled_from(["a", "b"]),
    st.sampled_from(["info", "danger"]), st.just(0), st.none(), st.booleans(), st.booleans(),
)  # fmt: skip
UPDATES = st.none() | st.builds(
    Update, st.just(1), st.just(1), st.sampled_from(IncidentState), st.sampled_from(["", "words"]), st.just(5)
)


@given(st.none() | INCIDENTS, INCIDENTS, UPDATES)
def test_what_is_heard_of_an_incident(
    before: Incident | None, after: Incident, update: Update | None
) -> None:
    news = incident_news(IncidentHappened(before, after, update, (3,)), NOW)
    was, now_shown = before is not None and before.pin and before.active, after.pin and after.active
    if news is None:
        assert not now_shown or (was and update is None)  # nothing new on the page
        assert not (was and not after.active)
        return
    assert (news.id, news.title, news.monitors, news.at) == (1, after.title, (3,), NOW)
    assert (news.what is What.INCIDENT_BEGUN) == (now_shown and not was)
    assert (news.what is What.INCIDENT_RESOLVED) == (was and not after.active)
    if news.what is not What.INCIDENT_RESOLVED:
        assert news.text
    if update is not None and update.content:
        assert news.text == "words"


# --- Maintenance -----------------------------------------------------------------------------------------

PLANS = st.builds(
    ShownPlan, st.integers(1, 3), st.just("Works"), st.just(""), st.none() | st.integers(NOW - 50, NOW + 50),
    st.none() | st.integers(NOW - 50, NOW + 90), st.booleans(), st.booleans(),
)  # fmt: skip
SHOWN = st.lists(PLANS, max_size=3).map(lambda plans: {plan.id: plan for plan in plans})


@given(st.lists(SHOWN, min_size=1, max_size=8))
def test_nobody_is_told_twice(looks: list[dict[int, ShownPlan]]) -> None:
    """Looking again, as after a restart, tells nothing; a begin is told once before its end."""
    known: dict[int, KnownPlan] = {}
    running: set[int] = set()
    for shown in looks:
        told, known = plan_news(known, shown, NOW)
        assert plan_news(known, shown, NOW) == ([], known)
        for news in told:
            if news.what is What.MAINTENANCE_BEGUN:
                assert news.id not in running
                running.add(news.id)
            elif news.what is What.MAINTENANCE_ENDED or not (news.id in shown and shown[news.id].running):
                running.discard(news.id)
        assert running == {number for number, plan in shown.items() if plan.running}
        assert known.keys() == shown.keys()


@given(SHOWN)
def test_all_that_was_known_is_ended_or_cancelled(shown: dict[int, ShownPlan]) -> None:
    _, known = plan_news({}, shown, NOW)
    told, left = plan_news(known, {}, NOW)
    assert left == {}
    assert {news.id for news in told} == set(shown)
    assert {news.what for news in told} <= {What.MAINTENANCE_ENDED, What.MAINTENANCE_CANCELLED}


def test_the_way_of_a_plan() -> None:
    plan = ShownPlan(1, "Works", "Text", NOW + 100, NOW + 200, False, False)
    (planned,), known = plan_news({}, {1: plan}, NOW)
    assert (planned.what, planned.start, planned.text) == (What.MAINTENANCE_PLANNED, NOW + 100, "Text")
    moved = replace(plan, start=NOW + 150)
    (changed,), known = plan_news(known, {1: moved}, NOW)
    assert changed.what is What.MAINTENANCE_CHANGED
    (begun,), known = plan_news(known, {1: replace(moved, running=True)}, NOW + 150)
    assert begun.what is What.MAINTENANCE_BEGUN
    (longer,), known = plan_news(known, {1: replace(moved, running=True, end=NOW + 300)}, NOW + 160)
    assert longer.what is What.MAINTENANCE_CHANGED
    (ended,), known = plan_news(known, {}, NOW + 300)
    assert (ended.what, ended.text, known) == (What.MAINTENANCE_ENDED, "", {})


def test_what_repeats_is_planned_once() -> None:
    plan = ShownPlan(1, "Weekly", "", NOW + 100, NOW + 200, False, True)
    told, known = plan_news({}, {1: plan}, NOW)
    begun, known = plan_news(known, {1: replace(plan, running=True)}, NOW + 100)
    following = replace(plan, start=NOW + 1_100, end=NOW + 1_200)
    ended, known = plan_news(known, {1: following}, NOW + 200)
    nothing, known = plan_news(known, {1: following}, NOW + 300)
    again, known = plan_news(known, {1: replace(following, running=True)}, NOW + 1_100)
    assert [news.what.value.partition(".")[2] for news in (*told, *begun, *ended, *nothing, *again)] == [
        "planned", "begun", "ended", "begun",
    ]  # fmt: skip


def test_what_passed_while_nobody_looked_was_not_cancelled() -> None:
    plan = ShownPlan(1, "Works", "", NOW - 100, NOW - 50, False, False)
    (news,), _ = plan_news({1: KnownPlan(Stage.PLANNED, plan)}, {}, NOW)
    assert news.what is What.MAINTENANCE_ENDED


# --- Targets and keys ------------------------------------------------------------------------------------


@given(st.text(), st.sampled_from(Kind), st.booleans())
def test_whatever_is_typed_is_read_or_refused(typed: str, kind: Kind, private: bool) -> None:
    try:
        target = read_target(kind, typed, private=private)
    except UserError:
        return
    assert "\n" not in target.text
    assert "\r" not in target.text


@given(st.from_regex(r"[a-z0-9]{2,20}(\+[a-z]{1,5})?@[a-z]{1,10}\.[a-z]{2,6}", fullmatch=True))
def test_mailboxes(address: str) -> None:
    target = read_target(Kind.EMAIL, f" {address.upper()} ", private=False)
    assert target.key == address
    assert "+" not in mailbox_of(Kind.EMAIL, target.key)
    assert masked(Kind.EMAIL, address) == f"{address[0]}***@{address.partition('@')[2]}"


PRIVATE = (
    "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200",
    "0.0.0.0", "192.0.0.192", "168.63.129.16", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1",
    "fe80::1%eth0", "fd00:ec2::254", "ff02::1", "::ffff:10.0.0.1", "::10.0.0.1", "64:ff9b::a00:1",
    "64:ff9b:1::a00:1", "2002:a00:1::", "2001:db8::1", "nonsense",
)  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "64:ff9b::101:101"])
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "typed",
    [
        "https://127.0.0.1/", "https://[::1]/", "https://169.254.169.254/latest/meta-data/", "https://0x7f.1/",
        "https://2130706433/", "https://10.1.2.3/", "https://router/", "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::a00:1]/", "http://example.com/", "https://user:word@example.com/",
        "ftp://example.com/", "https://example.com/\r\nX: y", "https://example.com/a b", "https:///", "",
        "https://example.com/" + "a" * 2_000, "file:///etc/passwd", "//example.com/", "https://localhost/",
    ],
)  # fmt: skip
def test_strangers_name_no_private_address(typed: str) -> None:
    with pytest.raises(UserError):
        read_target(Kind.WEBHOOK, typed, private=False)


@given(st.sampled_from(Purpose), st.sampled_from(Purpose), st.integers(1, 10**6), st.integers(1, 10**6))
def test_a_key_opens_one_thing_until_it_ends(made: Purpose, asked: Purpose, until: int, now: int) -> None:
    assert keys.opens(keys.token(ANNA, made), ANNA, asked, now) == (made is asked)
    assert keys.opens(keys.token(ANNA, made, until), ANNA, asked, now) == (made is asked and now < until)
    other = replace(ANNA, seed="cd" * 32)
    assert not keys.opens(keys.token(ANNA, made), other, made, now)
    assert not keys.opens(keys.token(ANNA, made), replace(ANNA, id=8), made, now)
    longer = keys.token(ANNA, made, until).replace(f"-{until}-", f"-{until + 1}-")
    assert not keys.opens(longer, ANNA, made, 0)


@given(st.text())
def test_no_text_is_a_key(text: str) -> None:
    assert not keys.opens(text, ANNA, Purpose.MANAGE, 0)
    assert keys.number_in(text) is None or "-" in text


@given(st.text(max_size=300))
def test_markdown_becomes_words(text: str) -> None:
    assert "</p>" not in plain(text) or "</p>" in text
