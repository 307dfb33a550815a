"""From an event on the wire to its handler and back: who may, how many arguments, what is answered."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Final, Protocol

from msgspec import Struct

from kuma_lite.core.doors import PAGE, SILENCE, Answer, Caller, Event, Then
from kuma_lite.core.errors import INTERNAL_ERROR, UserError
from kuma_lite.web.guard import let_in

log = logging.getLogger(__name__)

TOO_FREQUENT: Final = "Too frequently, try again later."


class Limiter(Protocol):
    """Something that lets only so many calls pass."""

    def take(self, caller: Caller, arguments: Sequence[Any]) -> float | None:
        """Seconds to wait before a call with those arguments may go on; None: refuse it."""


class Outcome(Struct, frozen=True):
    """What to send back, and what to do afterwards."""

    answer: Answer
    after: Callable[[], Awaitable[None]] | None = None


_NOTHING: Final = Outcome(SILENCE)


class Dispatcher:
    """All events of one namespace, by name. Two features that declare the same name are a mistake."""

    def __init__(self, events: Iterable[Event], limiters: Mapping[str, Limiter]) -> None:
        self.events: dict[str, Event] = {}
        self._limiters = limiters
        for event in events:
            if event.name in self.events:
                raise ValueError(f"two events are called {event.name!r}")
            if event.limiter is not None and event.limiter not in limiters:
                raise ValueError(f"{event.name} names an unknown limiter: {event.limiter!r}")
            self.events[event.name] = event

    async def handle(self, caller: Caller, name: str, arguments: list[Any], *, acknowledged: bool) -> Outcome:
        """Run one event.

        Args:
            caller: who sent it.
            name: of the event; unknown ones are ignored, as by Uptime Kuma.
            arguments: those before the acknowledgement callback.
            acknowledged: whether the client waits for an answer.
        """
        event = self.events.get(name)
        if event is None:
            return _NOTHING
        given = len(arguments)
        if acknowledged and given < event.arguments - event.optional:
            # The callback sits where an argument belongs: Uptime Kuma stumbles over it and never answers.
            return _NOTHING
        fitted = (arguments + [None] * event.arguments)[: event.arguments]
        outcome = await self._run(event, caller, fitted)
        if not event.answers or given > event.arguments:
            # With too many arguments, too, the callback is not where Uptime Kuma looks for it.
            return Outcome(SILENCE, outcome.after)
        return outcome

    async def _run(self, event: Event, caller: Caller, arguments: list[Any]) -> Outcome:
        try:
            await self._pass_limiter(event, caller, arguments)
            let_in(event.access, event.right_for(arguments), caller.actor)
            answer = await event.handler(caller, *arguments)
        except UserError as error:
            return Outcome(_refusal(event, error, caller.namespace))
        except Exception:
            log.exception("The event %s failed", event.name)
            return Outcome(event.on_error(UserError(INTERNAL_ERROR)))
        return Outcome(answer.answer, answer.after) if isinstance(answer, Then) else Outcome(answer)

    async def _pass_limiter(self, event: Event, caller: Caller, arguments: Sequence[Any]) -> None:
        if event.limiter is None:
            return
        delay = self._limiters[event.limiter].take(caller, arguments)
        if delay is None:
            raise UserError(TOO_FREQUENT)
        if delay > 0:
            await asyncio.sleep(delay)


def _refusal(event: Event, error: UserError, namespace: str) -> Answer:
    """What a client is told; our own page also the template of a sentence with arguments, to translate it."""
    answer = event.on_error(error)
    if namespace == PAGE and isinstance(answer, dict) and error.arguments and not error.i18n:
        return {**answer, "sentence": error.translatable()}
    return answer
