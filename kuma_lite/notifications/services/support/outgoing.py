"""One HTTP request of a service, and what its answer means for the message."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from kuma_lite import UPTIME_KUMA_VERSION
from kuma_lite.core.declarations import DeliveryContext, DeliveryFailed
from kuma_lite.core.json_text import compact_json
from kuma_lite.net.errors import ErrorKind, NetworkError
from kuma_lite.net.http import Request, Response
from kuma_lite.notifications.services.support.texts import cut, failure_text

SENT: Final = "Sent Successfully."  # what the 'Test' button shows
USER_AGENT: Final = f"Uptime-Kuma/{UPTIME_KUMA_VERSION}"  # receivers filter by it
ACCEPT: Final = "application/json, text/plain, */*"
JSON_TYPE: Final = "application/json"
TIMEOUT_S: Final = 15.0  # until the answer begins; services answer within seconds or not at all
TOTAL_S: Final = 25.0  # below the 30 s of an attempt, so that the text says what hung
MAX_REDIRECTS: Final = 21  # as Uptime Kuma 2.5
ANSWER_BYTES: Final = 64 * 1024  # read of an answer
SHOWN_CHARS: Final = 2_000  # of an answer in an error text

# Answers after which the same request may succeed later.
PASSING: Final = frozenset({408, 425, 429})


async def call(
    context: DeliveryContext,
    method: str,
    url: str,
    *,
    json_body: Any = None,
    body: bytes | None = None,
    content_type: str = "",
    headers: list[tuple[str, str]] | None = None,
    also_passing: frozenset[int] = frozenset(),
    timeout: float = TIMEOUT_S,
) -> Response:
    """Make a request; returns the answer when its status is 2xx.

    Args:
        context: gives the HTTP client.
        method: any case.
        url: http or https.
        json_body: sent as JSON.
        body: sent as it is, when there is no `json_body`.
        content_type: of `body`.
        headers: win over the generated ones.
        also_passing: further statuses that may heal by themselves.
        timeout: seconds until the answer begins.

    Raises:
        DeliveryFailed: anything but a 2xx.
    """
    if json_body is not None:
        body, content_type = compact_json(json_body).encode("utf-8", "replace"), JSON_TYPE
    request = Request(
        method.upper(),
        url,
        headers=_fields(content_type, headers or []),
        body=body,
        timeout=timeout,
        total_timeout=timeout + (TOTAL_S - TIMEOUT_S),
        max_redirects=MAX_REDIRECTS,
        body_limit=ANSWER_BYTES,
    )
    try:
        response: Response = await context.network.http.send(request)
    except NetworkError as error:
        raise _unreachable(error) from None
    if 200 <= response.status < 300:
        return response
    raise _refused(response, also_passing)


def _fields(content_type: str, extra: list[tuple[str, str]]) -> list[tuple[str, str]]:
    given = {name.lower() for name, _ in extra}
    own = [("Accept", ACCEPT), ("User-Agent", USER_AGENT)]
    if content_type:
        own.append(("Content-Type", content_type))
    return [field for field in own if field[0].lower() not in given] + extra


def _unreachable(error: NetworkError) -> DeliveryFailed:
    cause = "" if error.kind is ErrorKind.TIMEOUT and error.code == "ECONNABORTED" else error.message
    text = failure_text(error.message, code=error.code, cause=cause)
    return DeliveryFailed(text, permanent=error.kind is ErrorKind.URL)


def _refused(response: Response, also_passing: frozenset[int]) -> DeliveryFailed:
    """The failure that an answer other than 2xx means."""
    status = response.status
    code = {4: "ERR_BAD_REQUEST", 5: "ERR_BAD_RESPONSE"}.get(status // 100, "")
    answer = answered(response)
    text = failure_text(
        f"Request failed with status code {status}",
        code=code,
        status=status,
        reason=response.reason,
        body=cut(answer if isinstance(answer, str) else compact_json(answer), SHOWN_CHARS),
    )
    passing = status >= 500 or status in PASSING or status in also_passing
    return DeliveryFailed(text, permanent=not passing, retry_after=_wished_pause(response, answer))


def answered(response: Response) -> Any:
    """The answer's JSON value; its text when it is none."""
    try:
        return json.loads(response.text)
    except ValueError:
        return response.text


def _wished_pause(response: Response, answer: Any) -> float | None:
    """Seconds the service asks us to wait: `Retry-After`, or what Discord and Telegram write in the body."""
    header = response.headers.get("retry-after")
    if header is not None:
        return parse_retry_after(header, _time_of(response))
    if isinstance(answer, dict):
        inner = answer.get("parameters")
        for place in (answer, inner if isinstance(inner, dict) else {}):
            wish = place.get("retry_after")
            if isinstance(wish, int | float) and not isinstance(wish, bool):
                return parse_retry_after(str(wish), 0)
    return None


def _time_of(response: Response) -> float:
    """The service's own clock, for a `Retry-After` that is a date; far in the future when it tells none."""
    try:
        return parsedate_to_datetime(response.headers.get("date") or "").timestamp()
    except (ValueError, TypeError, IndexError):
        return float(2**40)


def parse_retry_after(text: str, now: float) -> float | None:
    """Seconds of a `Retry-After` header: a number, or an HTTP date compared with `now` (since 1970)."""
    try:
        seconds = float(text)
    except ValueError:
        pass
    else:
        return seconds if 0 <= seconds < float("inf") else None
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.fromtimestamp(now, UTC)).total_seconds())
