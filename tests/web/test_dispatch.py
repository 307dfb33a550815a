from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import pytest

from kuma_lite.core.access import Actor, Right
from kuma_lite.core.doors import SILENCE, Access, Caller, Event, Then
from kuma_lite.core.errors import INTERNAL_ERROR, UserError
from kuma_lite.web.dispatch import TOO_FREQUENT, Dispatcher, Outcome
from tests.support.actors import OWNER, Connection, with_only, without

NOT_LOGGED_IN = {"ok": False, "msg": "You are not logged in."}


class Calls:
    """A handler that remembers its arguments."""

    def __init__(self, answer: Any = "answer") -> None:
        self.seen: list[tuple[Any, ...]] = []
        self.answer = answer

    async def __call__(self, caller: Any, *arguments: Any) -> Any:
        self.seen.append(arguments)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


async def run(
    event: Event, *arguments: Any, ack: bool = True, actor: Actor | None = OWNER, **limiters: Any
) -> Any:
    dispatcher = Dispatcher([event], limiters)
    return await dispatcher.handle(Connection(actor), event.name, list(arguments), acknowledged=ack)


@pytest.mark.parametrize(
    ("declared", "optional", "given", "ack", "seen", "answered"),
    [
        (2, 0, (1, 2), True, [(1, 2)], True),
        (0, 0, (), True, [()], True),
        # Too few with a callback: it sits where an argument belongs, nothing happens.
        (2, 0, (1,), True, [], False),
        (1, 0, (), True, [], False),
        # Too many: the handler runs, but the callback is not where it is looked for.
        (0, 0, ("extra",), True, [()], False),
        (1, 0, (1, 2, 3), True, [(1,)], False),
        # Old clients leave trailing ones out.
        (2, 1, (1,), True, [(1, None)], True),
        (2, 1, (), True, [], False),
        # Without a callback what is missing is null.
        (2, 0, (1,), False, [(1, None)], True),
        (1, 0, (), False, [(None,)], True),
    ],
)
async def test_arguments(
    declared: int, optional: int, given: tuple[Any, ...], ack: bool, seen: list[Any], answered: bool
) -> None:
    calls = Calls()
    outcome = await run(Event("e", calls, declared, optional=optional), *given, ack=ack)
    assert calls.seen == seen
    assert (outcome.answer is not SILENCE) is answered


async def test_unknown_events_are_ignored() -> None:
    outcome = await Dispatcher([], {}).handle(Connection(), "noSuchEvent", [{}], acknowledged=True)
    assert outcome.answer is SILENCE


async def test_events_without_protocol_answer_stay_silent_even_on_failure() -> None:
    for answer in ("x", UserError("no"), ValueError("bug")):
        outcome = await run(Event("e", Calls(answer), answers=False))
        assert outcome.answer is SILENCE


async def test_guests_are_refused_before_the_handler_runs() -> None:
    calls = Calls()
    outcome = await run(Event("e", calls), actor=None)
    assert (outcome.answer, calls.seen) == (NOT_LOGGED_IN, [])


async def test_public_events_are_open() -> None:
    assert (await run(Event("e", Calls(), access=Access.PUBLIC), actor=None)).answer == "answer"


async def test_who_lacks_the_right_is_refused_before_the_handler_runs() -> None:
    calls = Calls()
    event = Event("e", calls, needs=Right.TAGS_EDIT)
    outcome = await run(event, actor=without(Right.TAGS_EDIT))
    assert (outcome.answer, calls.seen) == ({"ok": False, "msg": "Permission denied."}, [])
    assert (await run(event, actor=with_only(Right.TAGS_EDIT))).answer == "answer"


async def test_an_event_that_names_no_right_is_for_owners() -> None:
    calls = Calls()
    outcome = await run(Event("e", calls), actor=without(Right.OWNER))
    assert (outcome.answer, calls.seen) == ({"ok": False, "msg": "Permission denied."}, [])


async def test_refusals_in_a_shape_of_their_own() -> None:
    event = Event("checkApprise", Calls(), on_error=lambda error: False)
    assert (await run(event, actor=None)).answer is False


async def test_user_errors_are_the_answer() -> None:
    error = UserError("tagNotFound", i18n=True, extra={"meta": {}})
    expected = {"ok": False, "msg": "tagNotFound", "msgi18n": True, "meta": {}}
    assert (await run(Event("e", Calls(error)))).answer == expected


async def test_bugs_are_logged_once_and_answered_generically(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        outcome = await run(Event("e", Calls(KeyError("secret detail")), 1), "hunter2")
    assert outcome.answer == {"ok": False, "msg": INTERNAL_ERROR}
    assert [record.getMessage() for record in caplog.records] == ["The event e failed"]
    assert "hunter2" not in caplog.text


async def test_what_follows_the_answer_is_handed_on() -> None:
    async def later() -> None:
        pass

    outcome = await run(Event("e", Calls(Then({"ok": True}, later))))
    assert outcome == Outcome({"ok": True}, later)


class Limiter:
    def __init__(self, *answers: float | None) -> None:
        self.answers = list(answers)

    def take(self, caller: Caller, arguments: Sequence[Any]) -> float | None:
        return self.answers.pop(0)


async def test_limited_calls_are_refused_before_the_guard() -> None:
    calls = Calls()
    outcome = await run(Event("e", calls, limiter="login"), actor=None, login=Limiter(None))
    assert (outcome.answer, calls.seen) == ({"ok": False, "msg": TOO_FREQUENT}, [])


async def test_delayed_calls_go_on() -> None:
    outcome = await run(Event("e", Calls(), limiter="login"), login=Limiter(0.001))
    assert outcome.answer == "answer"


def test_a_name_declared_twice_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="two events"):
        Dispatcher([Event("e", Calls()), Event("e", Calls())], {})


def test_an_unknown_limiter_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="unknown limiter"):
        Dispatcher([Event("e", Calls(), limiter="typo")], {})
