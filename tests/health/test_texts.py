"""What people are told: what is wrong, since when, and what it means for the watch."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from kuma_lite.core.sentences import filled
from kuma_lite.health.kinds import CANNOT_BE_CHECKED, DISK_FULL, KINDS, OUTBOX
from kuma_lite.health.model import Problem
from kuma_lite.health.rules import Case, News, Step
from kuma_lite.health.texts import body_of, headline, span

BERLIN = ZoneInfo("Europe/Berlin")
SINCE = 1_800_000_000_000  # 2027-01-15 08:00 UTC


def news(problem: Problem, step: Step = Step.BEGAN, told: frozenset[str] | None = None) -> News:
    case = Case(problem.key, 0.0, problem.over, problem.kind.label, problem, told=told)
    return News(step, case)


def test_the_beginning() -> None:
    full = Problem(DISK_FULL, "The disk is full.")
    assert body_of(news(full), SINCE, 0, BERLIN, 0) == (
        "The disk is full. Since 2027-01-15 09:00:00 (CET). Checks go on, but what they find is not recorded."
    )
    assert body_of(news(full), SINCE, 0, BERLIN, 12).endswith("12 monitors cannot be checked.")
    assert body_of(news(full), SINCE, 0, BERLIN, 1).endswith("One monitor cannot be checked.")


def test_the_end() -> None:
    full = Problem(DISK_FULL, "The disk is full.")
    assert body_of(news(full, Step.ENDED), SINCE, 7_500, BERLIN, 12) == (
        "There is room on the disk again. It lasted 2 hours 5 minutes, since 2027-01-15 09:00:00 (CET)."
    )


def test_what_could_not_be_told_while_it_lasted() -> None:
    full = Problem(DISK_FULL, "The disk is full.")
    assert body_of(news(full, Step.PASSED), SINCE, 180, BERLIN, 0) == (
        "The disk is full. That was 2027-01-15 09:00:00 (CET), for 3 minutes, and could not be told. "
        "There is room on the disk again."
    )


def test_the_end_of_what_an_earlier_run_told() -> None:
    earlier = News(Step.ENDED, Case("uplink", 0.0, "It is back.", "Network", told=frozenset()))
    assert body_of(earlier, SINCE, 5, BERLIN, 0).startswith("It is back. It lasted 5 seconds, since ")


def test_monitors_are_named_and_the_rest_is_counted() -> None:
    members = {f"m{number}": "Its proxy is silent." for number in range(8)} | {"a": ""}
    problem = Problem(CANNOT_BE_CHECKED, "{count} monitors cannot be checked.", {"count": 9}, members=members)
    text = body_of(news(problem), SINCE, 0, BERLIN, 9)
    assert text.startswith("9 monitors cannot be checked. a; m0: Its proxy is silent; m1: ")
    assert "m3: Its proxy is silent; and 4 more. Since " in text
    assert text.count("cannot be checked") == 1


def test_those_that_are_new_are_named_first() -> None:
    members = dict.fromkeys(("a", "b", "c", "d", "e", "f", "z"), "")
    problem = Problem(CANNOT_BE_CHECKED, "{count} monitors cannot be checked.", {"count": 7}, members=members)
    text = body_of(news(problem, Step.GREW, frozenset("abcdef")), SINCE, 3_600, BERLIN, 7)
    assert "z; a; b; c; d; and 2 more." in text
    assert "Since 2027-01-15 09:00:00 (CET), for 1 hour now." in text


def test_the_headline() -> None:
    assert headline("The disk is full.", is_over=False) == "[Kuma Lite] [⚠️ Alert] The disk is full."
    assert headline("It is over.", is_over=True) == "[Kuma Lite] [✅ Resolved] It is over."


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "1 second"), (59.6, "1 minute"), (61, "1 minute 1 second"), (3_600, "1 hour"), (3_601, "1 hour"),
     (90_000, "1 day 1 hour"), (172_800, "2 days")],
)  # fmt: skip
def test_spans(seconds: float, text: str) -> None:
    assert span(seconds) == text


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_has_whole_sentences(kind: object) -> None:
    assert kind in KINDS
    for sentence in (kind.public, kind.meaning, kind.over):  # type: ignore[attr-defined]
        said = filled(sentence, {"channel": "Ops", "name": "p"})
        assert said.endswith(".")
        assert "{" not in said


def test_strangers_learn_no_names() -> None:
    assert "{" not in "".join(kind.public for kind in KINDS)
    assert "{channel}" in OUTBOX.over, "and people do"


def test_names_are_those_of_one_kind() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS)
