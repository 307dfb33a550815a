"""Is a failure ours? Our own trouble must never be written down as a monitor's DOWN.

Asked only when a check has failed in a way that can come from here: no answer, no way, a broken connection.
The witnesses: the event loop stood still while the check ran (overload, a stopped process), the clocks
disagree about how long it ran (suspended laptop, clock set), this machine had no network, the address outside
did not answer, the resolver did not. What they say of the past is kept as spans (`trouble`); a success is
always believed, and is itself a witness that the network works.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

from msgspec import Struct

from kuma_lite.core.clock import Clock
from kuma_lite.core.spans import Span, Spans
from kuma_lite.core.targets import PROMPT_S, Distance
from kuma_lite.monitors.engine.due import GRID_S
from kuma_lite.monitors.engine.trouble import outage_explains, stall_explains

LATE_S: Final = 1.0  # a loop later than this has made time-outs of its own
CLOCK_GAP_S: Final = 2.0  # wall and monotonic clock disagree by more than any NTP slew
CURRENT_S: Final = 15.0  # failures are repeated every few seconds: silent for longer means it is over
UNPROVEN_S: Final = 30.0  # a network that is back counts as bad until something answers, or for that long

BUSY: Final = "This server was too busy to notice the answer in time."
SUSPENDED: Final = "This machine was suspended, or its clock was set, during the check."
NO_NETWORK: Final = "This machine has no network."
NO_ANCHOR: Final = "This machine cannot reach the address it tests its own network with."
NO_RESOLVER: Final = "This machine's resolver does not answer."


class Anchor(Protocol):
    """An address outside that tells whether the network works (see `net.connectivity`)."""

    @property
    def distance(self) -> Distance | None:
        """How far away it is; None where there is none to ask."""

    @property
    def outages(self) -> Spans:
        """When it did not answer."""

    async def ask(self) -> None:
        """Ask now, unless somebody has just done so; the answer is in `outages`."""

    def contradict(self, began: float, worked: float) -> None:
        """Something as far away has answered a question asked at `began`: the network worked at `worked`."""


class ResolverHealth(Protocol):
    """What is known of the system's resolver (see `net.resolver_health`)."""

    async def explains(self, host: str, began: float, failed: float) -> bool:
        """Whether it may be why a check of a host failed that ran then."""


class Surroundings(Protocol):
    """What a process knows of the network around it."""

    def has_uplink(self) -> bool:
        """Whether this machine is on a network now."""

    def distance_of(self, host: str) -> Distance:
        """How far away a host is, as far as is known without asking anybody."""

    @property
    def resolver_health(self) -> ResolverHealth:
        """Of the system's resolver."""


class Began(Struct, frozen=True):
    """Both clocks when a check began."""

    monotonic: float
    wall: float


class OwnFault:
    """Keeps what the witnesses saw, and answers whether a failed check may be believed."""

    def __init__(self, clock: Clock, surroundings: Surroundings, anchor: Anchor) -> None:
        self._clock = clock
        self._surroundings = surroundings
        self._anchor = anchor
        self._last_tick: Began | None = None
        self._late_after = LATE_S  # seconds from that tick
        self._stalls = Spans()
        self._gaps = Spans()
        self._offline = Spans()
        self._back_at: float | None = None  # a network that is back, and has not been proven yet
        self._latest_at: float | None = None
        self.on_return: Callable[[], None] = _nothing  # called when trouble of the network may be over
        self.sees_uplink = True  # when `look_at_uplink` looked last
        self.count = 0  # failures that were not believed, since the start
        self.latest: str | None = None  # why, for people

    # --- witnesses ---------------------------------------------------------------------------------------

    def begin(self) -> Began:
        """Take both clocks when a check begins."""
        return Began(self._clock.monotonic(), self._clock.now())

    def tick(self, now: float, pause: float = GRID_S) -> None:
        """The scheduler woke up at `now`, and does so again after a `pause` of so many seconds."""
        last, self._last_tick = self._last_tick, Began(now, self._clock.now())
        late_after, self._late_after = self._late_after, LATE_S + max(0.0, pause - GRID_S)
        if last is None:
            return
        if now - last.monotonic > late_after:
            self._stalls.add(Span(last.monotonic, now))
        if abs(self._last_tick.wall - last.wall - (now - last.monotonic)) > CLOCK_GAP_S:
            self._gaps.add(Span(last.monotonic, now))
        if self._back_at is not None and now - self._back_at > UNPROVEN_S:
            self._network_is_proven(self._back_at)

    @property
    def is_troubled(self) -> bool:
        """Whether our own network is known to be in trouble now."""
        return self._offline.since is not None or self._anchor.outages.since is not None

    def look_at_uplink(self) -> bool:
        """See whether this machine is on a network; called when that may have changed, and now and then."""
        here, now = self._surroundings.has_uplink(), self._clock.monotonic()
        self.sees_uplink = here
        if not here:
            self._offline.begin(now)
            self._back_at = None
        elif self._offline.since is not None and self._back_at is None:
            self._back_at = now
            self.on_return()
        return here

    def succeeded(self, host: str, began: Began) -> None:
        """A host has answered a check that began then: the network works that far."""
        distance = self._surroundings.distance_of(host)
        if distance is Distance.LOCAL:
            return
        # What was lost is sent again: of a question that took longer only the answer came through for sure.
        now = self._clock.monotonic()
        worked = began.monotonic if now - began.monotonic < PROMPT_S else now
        if self._back_at is not None and began.monotonic >= self._back_at:
            self._network_is_proven(worked)
        if self._anchor.distance is not None and distance >= self._anchor.distance:
            self._anchor.contradict(began.monotonic, worked)

    def _network_is_proven(self, at: float) -> None:
        self._offline.end(at)
        self._back_at = None

    # --- judgement ---------------------------------------------------------------------------------------

    async def reason(self, began: Began, host: str, *, suspect: bool) -> str | None:
        """Why a failure is ours, or None if the target is to blame.

        Args:
            began: from `begin`, when the check started.
            host: of the target; "" where it has none.
            suspect: the failure could come from here (no route, no resolver, time-out, a broken connection).
        """
        if not suspect:
            return None
        found = self._stood_still(began)
        if found is None:
            distance = self._surroundings.distance_of(host) if host else Distance.PUBLIC
            if distance is not Distance.LOCAL:
                found = await self._network_was_gone(began.monotonic, host, distance)
        if found is not None:
            self.note(found)
        return found

    def note(self, reason: str) -> None:
        """A failure is not believed, for that reason."""
        self.count += 1
        self.latest = reason
        self._latest_at = self._clock.monotonic()

    def current(self) -> str | None:
        """Our latest trouble, if it is recent enough to be going on still."""
        if self._latest_at is None or self._clock.monotonic() - self._latest_at > CURRENT_S:
            return None
        return self.latest

    def deaf_within(self, start: float) -> list[Span]:
        """When, since `start` (monotonic), nobody could have reached us."""
        now = self._clock.monotonic()
        kinds = (self._stalls, self._gaps, self._offline, self._anchor.outages)
        return sorted(span for spans in kinds for span in spans.within(start, now))

    def _stood_still(self, began: Began) -> str | None:
        now = self._clock.monotonic()
        stalls = self._stalls.within(began.monotonic, now)
        if self._last_tick is not None and now - self._last_tick.monotonic > self._late_after:
            stalls.append(Span(self._last_tick.monotonic, now))
        if stall_explains(stalls, began.monotonic, now):
            return BUSY
        ran = now - began.monotonic
        return SUSPENDED if self._clock.now() - began.wall - ran > CLOCK_GAP_S else None

    async def _network_was_gone(self, began: float, host: str, distance: Distance) -> str | None:
        failed = self._clock.monotonic()
        self.look_at_uplink()
        if _explains(self._offline, began, failed):
            return NO_NETWORK
        anchor = self._anchor
        if anchor.distance is not None and distance.is_behind(anchor.distance):
            await anchor.ask()
            if _explains(anchor.outages, began, failed):
                return NO_ANCHOR
        resolver = self._surroundings.resolver_health
        if host and await resolver.explains(host, began, failed):
            return NO_RESOLVER
        return None


def _nothing() -> None:
    """Until somebody wants to know."""


def _explains(outages: Spans, began: float, failed: float) -> bool:
    return outage_explains(outages.within(began, failed, after=60.0), began, failed)
