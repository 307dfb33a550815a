"""What the query of a push says, read as Express reads it (qs 6 with its defaults).

Scripts write it by hand: `curl` with letters unencoded, forms that name a value twice, too many parameters.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote_to_bytes

from kuma_lite.core.declarations import Status
from kuma_lite.core.errors import UserError
from kuma_lite.core.limits import MAX_PING_MS
from kuma_lite.core.patterns import pattern
from kuma_lite.monitors.engine.outcome import Outcome

BAD_PING: Final = f"Invalid ping value. Must be between 0 and {MAX_PING_MS} ms."
MAX_PARAMETERS: Final = 1_000  # what comes behind them is not read

_ENCODED: Final = pattern(rb"[^\x00-\x7f]|[%+\[]")

# As JavaScript's parseFloat: the longest leading number, blanks before it.
_NUMBER: Final = pattern(
    r"\s*([+-]?(?:\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?|(?-i:Infinity)))", re.ASCII | re.I
)


def read_push(monitor_id: int, query: bytes, now: float, duration: int) -> Outcome:
    """What a push request for a monitor says. Raises UserError.

    Args:
        monitor_id: whom the token belongs to.
        query: of the URL, without its question mark.
        now: seconds since 1970.
        duration: whole seconds since the previous beat.
    """
    sent = _read_query(query)
    # A list of several, even of `up` twice, is not the word `up`.
    up = sent.get("status", [""]) in (["up"], [""]) and "status[]" not in sent
    ping = read_ping(sent.get("ping", [""])[0])
    message = ",".join(sent.get("msg", [])) or "OK"
    return Outcome(monitor_id, now, Status.UP if up else Status.DOWN, not up, message, ping, duration)


def read_ping(text: str) -> float | None:
    """Milliseconds from the query: the leading number; none, 0 or no number → None. Raises UserError."""
    if not text:
        return None
    found = _NUMBER.match(text)
    value = float(found[1]) if found else math.nan
    if math.isnan(value) or value == 0:
        return None
    if value < 0 or value > MAX_PING_MS:
        raise UserError(BAD_PING, status=404)
    return value


def _read_query(query: bytes) -> dict[str, list[str]]:
    """The values of each name; those of `msg[]` and `msg[1]` count as its own, and `msg[]` is noted."""
    sent: dict[str, list[str]] = {}
    if not _ENCODED.search(query):  # most scripts send words
        for part in [part for part in query.decode("ascii").split("&") if part][:MAX_PARAMETERS]:
            name, _, value = part.partition("=")
            sent.setdefault(name, []).append(value)
        return sent
    for name, value in _pairs(query):
        plain, bracket, _ = name.partition("[")
        if bracket and plain:
            sent.setdefault(f"{plain}[]", [])
        sent.setdefault(plain or name, []).append(value)
    return sent


def _pairs(query: bytes) -> Iterator[tuple[str, str]]:
    for part in [part for part in query.split(b"&") if part][:MAX_PARAMETERS]:
        name, _, value = part.partition(b"=")
        yield _decoded(name), _decoded(value)


def _decoded(part: bytes) -> str:
    """A name or a value; where its escapes make no UTF-8, they stay as they are."""
    spaced = part.replace(b"+", b" ")
    for raw in (unquote_to_bytes(spaced), spaced):
        try:
            return raw.decode()
        except UnicodeDecodeError:
            continue
    return spaced.decode("latin-1")
