"""A service that is told by HTTP: it describes its requests, and says which answers are refusals."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Generator, Sequence
from typing import ClassVar, Final, Generic, TypeAlias

from kuma_lite.core.declarations import DeliveryContext, DeliveryFailed, Message, NotificationService, O
from kuma_lite.notifications.services.kit import transport
from kuma_lite.notifications.services.kit.call import Answer, Call
from kuma_lite.notifications.services.kit.news import News
from kuma_lite.notifications.services.kit.waiting import wished_pause
from kuma_lite.notifications.services.support.limits import limited

SENT: Final = "Sent Successfully."  # what the 'Test' button shows

ANSWER_CHARS: Final = 300  # of what a service said, for the history

# Requests one after the other: each `yield` gives the answer of its request, or raises its DeliveryFailed.
Calls: TypeAlias = Generator[Call, Answer, None]


class HttpService(NotificationService[O], Generic[O]):
    """One request for nearly all; several where one needs another's answer, or one for each receiver."""

    # The service answers a POST that it has taken with a redirect.
    redirects_when_done: ClassVar[bool] = False

    @abstractmethod
    def request(self, options: O, news: News) -> Call | Sequence[Call] | Calls:
        """What is sent: one request, one per receiver, or a generator of requests that build on each other.

        Pure: it gets all it may know. Raises DeliveryFailed for options that cannot work.
        """

    def refusal(self, answer: Answer) -> str:
        """What a 2xx refuses with; "" when the message was taken."""
        del answer
        return ""

    def heals(self, answer: Answer) -> bool:
        """Whether the same request may succeed later: after a 5xx, a 408, 425 or 429."""
        return transport.heals(answer)

    async def send(self, options: O, message: Message, context: DeliveryContext) -> str:
        """Make the requests; returns what the 'Test' button shows. Raises DeliveryFailed."""
        wanted = self.request(options, News.of(message, context))
        if isinstance(wanted, Call):
            await self._ask(wanted, context)
        elif isinstance(wanted, Sequence):
            return await self._ask_each(wanted, context)
        else:
            await self._converse(wanted, context)
        return SENT

    async def _ask(self, call: Call, context: DeliveryContext) -> Answer:
        answer, response = await transport.ask(
            transport.network_of(context).http, call, may_heal=self.heals, follows=self.redirects_when_done
        )
        context.heard(f"{answer.status} {limited(answer.text.strip(), ANSWER_CHARS)}".strip())
        if refused := self.refusal(answer):
            pause = wished_pause(response, answer)
            refused = limited(refused, transport.SHOWN_CHARS)
            raise DeliveryFailed(refused, permanent=not self.heals(answer), retry_after=pause)
        return answer

    async def _ask_each(self, calls: Sequence[Call], context: DeliveryContext) -> str:
        """Try every receiver. All get it again when one may take it later: rather twice than never."""
        failures: list[DeliveryFailed] = []
        for call in calls:
            try:
                await self._ask(call, context)
            except DeliveryFailed as failure:
                failures.append(failure)
        for failed in failures:
            if not failed.permanent or len(failures) == len(calls):
                raise failed
        return f"{SENT} But not to everybody: {failures[0].message}" if failures else SENT

    async def _converse(self, calls: Calls, context: DeliveryContext) -> None:
        try:
            call = next(calls)
            while True:
                try:
                    answer = await self._ask(call, context)
                except DeliveryFailed as failure:
                    call = calls.throw(failure)
                else:
                    call = calls.send(answer)
        except StopIteration:
            return
