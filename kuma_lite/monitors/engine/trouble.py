"""Which failures our own trouble explains (pure).

Asked is not how things are when a check fails but how they were while it ran: most checks that a break in our
network has spoiled end when it is over.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from kuma_lite.core.spans import Span

# Of a check's time: a loop that stood still for less has left the target enough of it.
STALLED_SHARE: Final = 1 / 8
AT_THE_END_S: Final = (
    0.5  # a loop that stood still when the time was over may have had the answer in its hands
)

GIVEN_UP_S: Final = 10.0  # whoever reports has given up by then, and comes again an interval later
FRESH_STARTS: Final = 3  # full intervals that are given for breaks in a row: so long a silence may be hidden

RETURN_S: Final = 3.0  # after a return: neighbours are looked up, addresses and routes learned
CALM_S: Final = 3.0  # before a break: whoever is well has answered by then, or is given half of the time-out
SETTLE_LEAST_S: Final = 5.0
SETTLE_MOST_S: Final = 30.0


def stall_explains(stalls: Iterable[Span], began: float, now: float) -> bool:
    """Whether an event loop that stood still may be why no answer was seen in time.

    Args:
        stalls: when it did.
        began: the check's beginning.
        now: its failure.
    """
    stalled = 0.0
    for span in stalls:
        stalled += max(0.0, min(span.end, now) - max(span.start, began))
        if span.start < now and now - span.end <= AT_THE_END_S:
            return True
    return stalled > 0 and stalled >= (now - began) * STALLED_SHARE


def outage_explains(outages: Iterable[Span], began: float, failed: float) -> bool:
    """Whether a break in our own network may be why a check failed.

    TCP waits up to as long again as the break has lasted before it tries once more, so a check that was under
    way is given that time (5 to 30 s); one that began more than 3 s after the return failed by itself. So did
    one that had half of its time, and at least 3 s, before the first break.
    """
    met = [span for span in outages if span.start <= failed and began <= span.end + RETURN_S]
    if not any(failed <= span.end + _settling(span) for span in met):
        return False
    calm = min(span.start for span in met) - began
    return calm < max(CALM_S, (failed - began) / 2)


def _settling(span: Span) -> float:
    return min(SETTLE_MOST_S, max(SETTLE_LEAST_S, span.end - span.start))


def counted_silence(deaf: Iterable[Span], heard: float, now: float) -> float:
    """Seconds of silence that are the reporter's own, of somebody who reports regularly.

    While we could not be reached time stands still; after a long break the interval begins anew, three times
    at most.

    Args:
        deaf: when nobody could reach us, in order of their beginnings; they may overlap.
        heard: when the latest report came.
    """
    counts_from, credit, starts = heard, 0.0, 0
    for span in deaf:
        start, end = max(span.start, counts_from), min(span.end, now)
        if end <= start:
            continue
        if end - start >= GIVEN_UP_S and starts < FRESH_STARTS:
            counts_from, credit, starts = end, 0.0, starts + 1
        else:
            counts_from, credit = end, credit + start - counts_from
    return now - counts_from + credit
