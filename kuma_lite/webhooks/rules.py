"""When a message is tried again, and when a webhook is switched off. Pure."""

from __future__ import annotations

from typing import Final

FIRST_PAUSE_S: Final = 5.0
LONGEST_PAUSE_S: Final = 900.0
KEPT_MS: Final = 24 * 3600 * 1000  # of a message that does not arrive
OFF_AFTER_MS: Final = 3 * 24 * 3600 * 1000  # of failure without a break
GONE: Final = 410  # says by itself that it wants no more
MOST_WAITING: Final = 10_000  # messages of one webhook; older ones are dropped
JITTER: Final = 0.25


def pause(attempts: int, jitter: float) -> float:
    """Seconds to wait after so many failures; 0 ≤ jitter < 1."""
    doubled = FIRST_PAUSE_S * 2.0 ** min(attempts - 1, 20)
    return min(LONGEST_PAUSE_S, doubled) * (1 + JITTER * jitter)


def is_stale(created: int, now: int) -> bool:
    """Whether a message has waited too long; milliseconds."""
    return now - created >= KEPT_MS


def ends(failing_since: int, now: int, status: int | None) -> bool:
    """Whether a webhook that fails is switched off."""
    return status == GONE or now - failing_since >= OFF_AFTER_MS
