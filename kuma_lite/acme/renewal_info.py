"""When an authority wants a certificate to be renewed (RFC 9773): it may be sooner, before it revokes it."""

from __future__ import annotations

import random
from typing import Final

from msgspec import Struct

from kuma_lite.acme.certificates import Served
from kuma_lite.acme.client import AcmeClient, moment_of
from kuma_lite.acme.errors import AcmeError
from kuma_lite.acme.rules import HOUR, renewal_time

ASKED_EVERY_S: Final = 6 * HOUR  # unless the authority says how often, within a day
_FEWEST_S: Final = 15 * 60.0
_MOST_S: Final = 24 * HOUR


class Advice(Struct, frozen=True):
    """About one certificate.

    Attributes:
        renewal_id: which one.
        renew_at: a moment by chance in the time that the authority suggests, seconds since 1970.
        ask_again: when to ask for it again.
    """

    renewal_id: str
    renew_at: float
    ask_again: float


async def advice(client: AcmeClient, served: Served, before: Advice | None, now: float) -> Advice:
    """What the authority says; ours (two thirds of the time) where it says nothing.

    Args:
        client: opened.
        before: what it said last time: a moment in the same time stays as it is.
    """
    own = Advice(served.renewal_id, renewal_time(served), now + ASKED_EVERY_S)
    address = client.addresses.get("renewalInfo")
    if not isinstance(address, str) or not served.renewal_id:
        return own
    try:
        answer = await client.read(f"{address.rstrip('/')}/{served.renewal_id}")
    except AcmeError:
        return own
    window = answer.document.get("suggestedWindow")
    start, end = (
        (moment_of(window.get(name)) for name in ("start", "end"))
        if isinstance(window, dict)
        else (None,) * 2
    )
    if start is None or end is None or end <= start:
        return own
    again = now + min(max(answer.retry_after or ASKED_EVERY_S, _FEWEST_S), _MOST_S)
    if before is not None and before.renewal_id == served.renewal_id and start <= before.renew_at <= end:
        return Advice(served.renewal_id, before.renew_at, again)
    return Advice(served.renewal_id, random.uniform(start, end), again)  # noqa: S311 - spreads the load
