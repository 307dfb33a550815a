"""How long a failure may be held to be our own before people see that a monitor cannot be checked (pure)."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

SHOWN_AFTER_S: Final = 30.0  # after that, with the second failure at the earliest
FAULTS_BORNE: Final = 1  # exceptions nobody foresaw: the second in a row is shown
CANNOT: Final = "cannot be checked: "  # what the beat then says, and why


class Disbelief(Struct, frozen=True):
    """Failures in a row that were our own."""

    since: float  # beginning of the first check, monotonic seconds
    count: int
    reason: str  # of the latest
    shown_at: float | None = None  # when it was last written down

    def as_beat(self) -> str:
        """The text of the beat."""
        return f"{CANNOT}{self.reason}"


def after(
    previous: Disbelief | None, reason: str, began: float, now: float, *, fault: bool, interval: float
) -> tuple[Disbelief, bool]:
    """One more failure of our own; and whether a beat shall say so now.

    A beat says so when it has gone on for 30 s (a fault of ours in the check: when it comes again), and from
    then on once in every interval.

    Args:
        previous: those before, since the last answer that was believed.
        reason: a sentence.
        began: when this check began, monotonic seconds.
        now: monotonic seconds.
        fault: an exception that nobody foresaw.
        interval: seconds between the monitor's beats.
    """
    since = previous.since if previous else began
    count = previous.count + 1 if previous else 1
    shown_at = previous.shown_at if previous else None
    if shown_at is not None:
        shown = now - shown_at >= interval
    else:
        shown = count > FAULTS_BORNE and (fault or now - since >= SHOWN_AFTER_S)
    return Disbelief(since, count, reason, now if shown else shown_at), shown
