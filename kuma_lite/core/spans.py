"""When something was so: spans of monotonic time, the latest of which may go on."""

from __future__ import annotations

from collections import deque
from typing import Final, NamedTuple

REMEMBERED: Final = 256  # spans of one kind; who asks for what lies further back is rare


class Span(NamedTuple):
    """From and to, in monotonic seconds."""

    start: float
    end: float


class Spans:
    """Spans of one kind, in order; the latest may go on."""

    def __init__(self) -> None:
        self._over: deque[Span] = deque(maxlen=REMEMBERED)
        self.since: float | None = None  # the beginning of the one that goes on

    def begin(self, at: float) -> None:
        """It begins, unless it goes on already."""
        if self.since is None:
            self.since = at

    def end(self, at: float) -> None:
        """It is over."""
        if self.since is not None:
            self.add(Span(self.since, max(at, self.since)))
            self.since = None

    def add(self, span: Span) -> None:
        """One that is over."""
        self._over.append(span)

    def within(self, start: float, now: float, *, after: float = 0.0) -> list[Span]:
        """Those that overlap the time from `start` to `now`, or ended at most `after` seconds before it."""
        found = [span for span in self._over if span.end + after >= start and span.start <= now]
        if self.since is not None and self.since <= now:
            found.append(Span(self.since, now))
        return found

    def latest_end(self, now: float) -> float | None:
        """When it was over last; `now` while it goes on; None when there was none."""
        if self.since is not None:
            return now
        return self._over[-1].end if self._over else None
