"""How long a service asks us to wait before the next attempt."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from kuma_lite.core.clock import MILLISECONDS
from kuma_lite.net.http import Response
from kuma_lite.notifications.services.kit.call import Answer


def wished_pause(response: Response, answer: Answer) -> float | None:
    """Seconds the service asks us to wait: `Retry-After`, or what Discord, Telegram and Matrix
    write in the body.
    """
    header = response.headers.get("retry-after")
    if header is not None:
        return parse_retry_after(header, _time_of(response))
    wishes = (
        (answer.at("retry_after"), 1),
        (answer.at("parameters", "retry_after"), 1),
        (answer.at("retry_after_ms"), MILLISECONDS),
    )
    for wish, unit in wishes:
        if isinstance(wish, int | float) and not isinstance(wish, bool):
            return parse_retry_after(str(wish / unit), 0)
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
