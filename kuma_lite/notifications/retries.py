"""When a message that was not taken is tried again, and when it is given up. Pure.

Uptime Kuma 2.5 tries once. Here a message waits in the outbox: pauses double from seconds to a quarter of an
hour, a service that names a pause gets it, and an error that cannot heal ends the waiting at once.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

FIRST_PAUSE_S: Final = 5.0  # most hiccups (a restart, a lost packet) are over by then
GROWTH: Final = 2.0
LONGEST_PAUSE_S: Final = 900.0  # an alert should not be later than this once the service is back
LONGEST_WISH_S: Final = 3600.0  # a service may ask for more; nobody wants to be silent for longer
JITTER: Final = 0.25  # share of the pause by which many messages are spread
GIVE_UP_AFTER_S: Final = 24 * 3600.0  # yesterday's alert helps nobody


class Again(Struct, frozen=True):
    """Try again after `pause` seconds."""

    pause: float


class GiveUp(Struct, frozen=True):
    """It is of no use; `reason` is for the person who looks at the dead letter."""

    reason: str


def after_failure(
    attempts: int,
    age: float,
    jitter: float,
    *,
    error: str,
    permanent: bool = False,
    retry_after: float | None = None,
) -> Again | GiveUp:
    """What follows from a failed attempt.

    Args:
        attempts: how many have failed, this one included.
        age: seconds since the message was written.
        jitter: 0 ≤ jitter < 1, drawn by the caller.
        error: what went wrong.
        permanent: trying again cannot help.
        retry_after: seconds the service asked us to wait.
    """
    if permanent:
        return GiveUp(error)
    if age >= GIVE_UP_AFTER_S:
        return GiveUp(f"Given up after {GIVE_UP_AFTER_S / 3600:.0f} hours: {error}")
    return Again(pause(attempts, jitter, retry_after))


def pause(attempts: int, jitter: float, retry_after: float | None = None) -> float:
    """Seconds until the next attempt: growing, spread, never earlier than the service wishes."""
    doublings = min(max(attempts, 1) - 1, 32)
    grown = min(FIRST_PAUSE_S * GROWTH**doublings, LONGEST_PAUSE_S)
    spread = grown * (1 + JITTER * jitter)
    if retry_after is None:
        return spread
    return max(spread, min(max(retry_after, 0.0), LONGEST_WISH_S))


def is_due(due_ms: int, now_ms: int) -> bool:
    """Whether a stored due time has come; one beyond every pause means that the clock was set back."""
    return due_ms <= now_ms or due_ms > now_ms + int(LONGEST_WISH_S * (1 + JITTER) * 1000)
