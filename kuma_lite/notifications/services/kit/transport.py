"""Makes one request of a service, and says what its answer means for the message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol, cast

from kuma_lite import UPTIME_KUMA_VERSION
from kuma_lite.core.declarations import DeliveryContext, DeliveryFailed
from kuma_lite.core.json_text import compact_json
from kuma_lite.net.errors import ErrorKind, NetworkError
from kuma_lite.net.http import Request, Response
from kuma_lite.net.http.redirects import Hop, is_redirect, next_hop, too_many_redirects
from kuma_lite.net.http.request_bytes import authorise
from kuma_lite.net.http.url import parse_url
from kuma_lite.notifications.services.kit.call import Answer, Call
from kuma_lite.notifications.services.kit.waiting import wished_pause
from kuma_lite.notifications.services.support.texts import failure_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from kuma_lite.net.network import Network

USER_AGENT: Final = f"Uptime-Kuma/{UPTIME_KUMA_VERSION}"  # receivers filter by it
ACCEPT: Final = "application/json, text/plain, */*"
# For the body, on top of a call's timeout; below the 30 s of an attempt, so that the text says what hung.
BODY_S: Final = 10.0
MAX_REDIRECTS: Final = 21  # as Uptime Kuma 2.5
ANSWER_BYTES: Final = 64 * 1024  # read of an answer

# Answers after which the same request may succeed later.
PASSING: Final = frozenset({408, 425, 429})


def network_of(context: DeliveryContext) -> Network:
    """The shared clients: the ground cannot name their type, so all services have it from here."""
    return cast("Network", context.network)


class Http(Protocol):
    """The part of the HTTP client that is used."""

    async def send(self, request: Request) -> Response:
        """The answer, whatever its status. Raises NetworkError."""


def heals(answer: Answer) -> bool:
    """Whether the same request may succeed later, as far as HTTP tells."""
    return answer.status >= 500 or answer.status in PASSING


def no_meaning(answer: Answer) -> str:
    """A refusal says itself what it means."""
    del answer
    return ""


async def ask(
    http: Http,
    call: Call,
    *,
    may_heal: Callable[[Answer], bool] = heals,
    meaning: Callable[[Answer], str] = no_meaning,
    follows: bool = False,
    cause: bool = True,
) -> tuple[Answer, Response]:
    """The answer when its status is 2xx.

    Args:
        http: the client.
        call: the request.
        may_heal: whether a refused request may succeed later.
        meaning: the sentence for what a refusal means; "" for the usual text, which shows the answer.
        follows: a redirect may turn a POST into a GET, which does not carry the message: some services answer
            that way after they have taken it.
        cause: why a connection failed is told twice, as the HTTP library of Uptime Kuma does.

    Raises:
        DeliveryFailed: anything but a 2xx.
    """
    body, content_type = call.content()
    try:
        response = await _follow(http, _request(call, body, content_type), follows)
    except NetworkError as error:
        raise _unreachable(error, cause) from None
    answer = Answer(response.status, response.text)
    if 200 <= answer.status < 300:
        return answer, response
    if meant := meaning(answer):
        pause = wished_pause(response, answer)
        raise DeliveryFailed(meant, permanent=not may_heal(answer), retry_after=pause)
    raise _refused(response, answer, may_heal(answer))


def _request(call: Call, body: bytes | None, content_type: str) -> Request:
    extra = [(name, value) for name, value in call.headers.items() if value]
    own = [("Accept", ACCEPT), ("User-Agent", USER_AGENT)]
    if content_type:
        own.append(("Content-Type", content_type))
    theirs = {name.lower() for name, _ in extra}
    return Request(
        call.method.upper(),
        call.address,
        headers=[field for field in own if field[0].lower() not in theirs] + extra,
        body=body,
        timeout=call.timeout,
        total_timeout=call.timeout + BODY_S,
        max_redirects=MAX_REDIRECTS,
        body_limit=ANSWER_BYTES,
        verify=call.verify,
        keeps=True,  # after one alert often comes another
    )


async def _follow(http: Http, request: Request, follows: bool) -> Response:
    """The last answer of a chain of redirects that all carry the message."""
    if follows or request.method == "GET":
        return await http.send(request)
    request.max_redirects = 0
    request.headers = list(authorise(request.headers, parse_url(request.url), request.auth))
    for _ in range(MAX_REDIRECTS + 1):
        response = await http.send(request)
        location = response.headers.get("location")
        if not location or not is_redirect(response.status, response.headers):
            return response
        hop = Hop(request.method, parse_url(request.url), tuple(request.headers), request.body)
        there = next_hop(hop, response.status, location)
        if there.method != request.method:
            return response
        request.url, request.headers = str(there.url), list(there.headers)
    raise too_many_redirects()


def _unreachable(error: NetworkError, with_cause: bool) -> DeliveryFailed:
    timed_out = error.kind is ErrorKind.TIMEOUT and error.code == "ECONNABORTED"
    cause = error.message if with_cause and not timed_out else ""
    text = failure_text(error.message, code=error.code, cause=cause)
    return DeliveryFailed(text, permanent=error.kind is ErrorKind.URL)


def _refused(response: Response, answer: Answer, may_heal: bool) -> DeliveryFailed:
    """The failure that an answer other than 2xx means."""
    code = {4: "ERR_BAD_REQUEST", 5: "ERR_BAD_RESPONSE"}.get(answer.status // 100, "")
    said = answer.text if answer.json is None or isinstance(answer.json, str) else compact_json(answer.json)
    text = failure_text(
        f"Request failed with status code {answer.status}",
        code=code,
        status=answer.status,
        reason=response.reason,
        body=said,
    )
    return DeliveryFailed(text, permanent=not may_heal, retry_after=wished_pause(response, answer))
