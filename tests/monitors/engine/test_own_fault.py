"""Whose fault a failure is: ours is never written down as the target's."""

from __future__ import annotations

from kuma_lite.core.clock import ManualClock
from kuma_lite.core.spans import Spans
from kuma_lite.core.targets import Distance
from kuma_lite.monitors.engine.own_fault import (
    BUSY,
    NO_ANCHOR,
    NO_NETWORK,
    NO_RESOLVER,
    SUSPENDED,
    UNPROVEN_S,
    Began,
    OwnFault,
)

HERE, LINKED, ROUTED, FAR = "localhost", "192.168.1.9", "10.9.9.9", "example.org"
_DISTANCES = {
    HERE: Distance.LOCAL,
    LINKED: Distance.LINK,
    ROUTED: Distance.PRIVATE,
    FAR: Distance.PUBLIC,
}


class Anchor:
    """An address outside that can be silenced."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.distance: Distance | None = Distance.PUBLIC
        self.outages = Spans()
        self.asked = 0
        self.contradicted: list[tuple[float, float]] = []

    async def ask(self) -> None:
        self.asked += 1

    def contradict(self, began: float, worked: float) -> None:
        self.contradicted.append((began, worked))


class Machine:
    """A machine whose network can be pulled."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.uplink = True
        self.unresolved: set[str] = set()
        self.anchor = Anchor(self)
        self.fault = OwnFault(self.clock, self, self.anchor)
        self.fault.tick(self.clock.monotonic())

    def has_uplink(self) -> bool:
        return self.uplink

    def distance_of(self, host: str) -> Distance:
        return _DISTANCES[host]

    @property
    def resolver_health(self) -> Machine:
        return self

    async def explains(self, host: str, began: float, failed: float) -> bool:
        return host in self.unresolved

    def pull(self, *, uplink: bool) -> None:
        """The network goes or comes, and that is heard at once."""
        self.uplink = uplink
        self.fault.look_at_uplink()

    def run(self, seconds: float) -> None:
        """Let the event loop run undisturbed."""
        for _ in range(round(seconds * 10)):
            self.clock.advance(0.1)
            self.fault.tick(self.clock.monotonic())

    async def reason(self, began: Began, host: str = FAR) -> str | None:
        return await self.fault.reason(began, host, suspect=True)


async def test_an_undisturbed_failure_is_the_targets() -> None:
    machine = Machine()
    began = machine.fault.begin()
    machine.run(5)
    assert await machine.reason(began) is None
    assert machine.fault.count == 0


async def test_a_late_loop_is_ours_even_before_the_next_tick() -> None:
    machine = Machine()
    began = machine.fault.begin()
    machine.clock.advance(3)
    assert await machine.reason(began, HERE) == BUSY
    assert machine.fault.current() == BUSY


async def test_a_loop_that_sleeps_as_long_as_it_said_is_not_late() -> None:
    machine = Machine()
    machine.fault.tick(machine.clock.monotonic(), 1.0)
    began = machine.fault.begin()
    machine.clock.advance(1.5)
    assert await machine.reason(began, HERE) is None
    machine.fault.tick(machine.clock.monotonic(), 1.0)
    machine.clock.advance(3)
    machine.fault.tick(machine.clock.monotonic(), 1.0)
    assert await machine.reason(began, HERE) == BUSY


async def test_a_late_loop_during_the_check_is_remembered() -> None:
    machine = Machine()
    began = machine.fault.begin()
    machine.run(1)
    machine.clock.advance(4)
    machine.run(1)
    assert await machine.reason(began, HERE) == BUSY
    later = machine.fault.begin()
    machine.run(1)
    assert await machine.reason(later, HERE) is None


async def test_a_hiccup_does_not_explain_a_long_silence() -> None:
    machine = Machine()
    began = machine.fault.begin()
    machine.run(20)
    machine.clock.advance(1.3)
    machine.run(26)
    assert await machine.reason(began) is None


async def test_an_answer_is_the_targets_however_late_we_are() -> None:
    machine = Machine()
    began = machine.fault.begin()
    machine.clock.advance(9)
    machine.pull(uplink=False)
    assert await machine.fault.reason(began, FAR, suspect=False) is None


async def test_suspend_is_ours() -> None:
    machine = Machine()
    began = machine.fault.begin()
    machine.clock.jump(3600)
    machine.run(0.5)
    assert await machine.reason(began, HERE) == SUSPENDED


async def test_a_clock_set_back_does_not_hide_a_failure() -> None:
    machine = Machine()
    began = machine.fault.begin()
    machine.clock.jump(-3600)
    machine.run(0.5)
    assert await machine.reason(began, HERE) is None


async def test_no_network_is_ours_unless_the_target_is_this_machine() -> None:
    machine = Machine()
    machine.uplink = False
    began = machine.fault.begin()
    machine.run(0.5)
    assert await machine.reason(began, HERE) is None
    assert await machine.reason(began) == NO_NETWORK
    assert await machine.reason(began, "") == NO_NETWORK  # what it points at is not known
    assert machine.fault.count == 2


async def test_what_was_spoiled_by_an_outage_is_not_believed_when_it_is_over() -> None:
    machine = Machine()
    began = machine.fault.begin()
    machine.run(1)
    machine.pull(uplink=False)
    machine.run(10)
    machine.pull(uplink=True)
    machine.run(1)
    assert await machine.reason(began) == NO_NETWORK


async def test_a_network_that_is_back_counts_when_something_answers() -> None:
    machine = Machine()
    machine.pull(uplink=False)
    machine.run(10)
    machine.pull(uplink=True)
    machine.run(8)
    began = machine.fault.begin()
    machine.run(4)
    assert machine.fault.is_troubled
    assert await machine.reason(began) == NO_NETWORK
    machine.fault.succeeded(HERE, began)
    assert machine.fault.is_troubled
    machine.fault.succeeded(LINKED, began)
    assert not machine.fault.is_troubled
    machine.run(8)
    began = machine.fault.begin()
    machine.run(4)
    assert await machine.reason(began) is None


async def test_a_network_that_is_back_counts_after_a_while_by_itself() -> None:
    machine = Machine()
    machine.pull(uplink=False)
    machine.run(10)
    machine.pull(uplink=True)
    machine.run(UNPROVEN_S + 1)
    began = machine.fault.begin()
    machine.run(12)
    assert await machine.reason(began) is None


async def test_an_answer_asked_for_before_the_return_proves_nothing() -> None:
    machine = Machine()
    machine.pull(uplink=False)
    began = machine.fault.begin()
    machine.run(10)
    machine.pull(uplink=True)
    machine.fault.succeeded(FAR, began)
    assert machine.fault.is_troubled


async def test_the_anchor_is_asked_and_what_it_says_of_the_past_counts() -> None:
    machine = Machine()
    began = machine.fault.begin()
    machine.anchor.outages.begin(machine.clock.monotonic())
    machine.run(8)
    machine.anchor.outages.end(machine.clock.monotonic())
    machine.run(1)
    assert await machine.reason(began) == NO_ANCHOR
    assert machine.anchor.asked == 1
    machine.run(20)
    began = machine.fault.begin()
    machine.run(1)
    assert await machine.reason(began) is None
    assert machine.anchor.asked == 2


async def test_an_anchor_far_away_does_not_explain_what_is_next_to_us() -> None:
    machine = Machine()
    began = machine.fault.begin()
    machine.anchor.outages.begin(machine.clock.monotonic())
    machine.run(1)
    assert await machine.reason(began, LINKED) is None
    assert machine.anchor.asked == 0
    assert await machine.reason(began, ROUTED) == NO_ANCHOR  # a tunnel may lead there
    machine.anchor.distance = Distance.LINK
    assert await machine.reason(began, LINKED) == NO_ANCHOR


async def test_whoever_answers_from_as_far_away_contradicts_the_anchor() -> None:
    machine = Machine()
    machine.anchor.outages.begin(machine.clock.monotonic())
    machine.run(1)
    began = machine.fault.begin()
    assert machine.fault.is_troubled
    machine.fault.succeeded(ROUTED, began)
    assert machine.anchor.contradicted == []
    machine.fault.succeeded(FAR, began)
    assert machine.anchor.contradicted == [(began.monotonic, began.monotonic)]


async def test_of_a_late_answer_only_the_moment_it_came_proves_anything() -> None:
    """The question was sent again until the network was back: what failed meanwhile is still ours."""
    machine = Machine()
    began = machine.fault.begin()
    machine.clock.advance(7)
    machine.fault.succeeded(FAR, began)
    assert machine.anchor.contradicted == [(began.monotonic, machine.clock.monotonic())]


async def test_the_resolver_is_ours() -> None:
    machine = Machine()
    machine.unresolved.add(FAR)
    began = machine.fault.begin()
    machine.run(1)
    assert await machine.reason(began) == NO_RESOLVER
    assert await machine.reason(began, LINKED) is None


def test_what_nobody_could_reach_is_told_in_order() -> None:
    machine = Machine()
    start = machine.clock.monotonic()
    machine.pull(uplink=False)
    machine.run(2)
    machine.clock.advance(5)
    machine.run(1)
    machine.clock.jump(3600)
    machine.run(1)
    deaf = machine.fault.deaf_within(start)
    assert [round(span.start - start, 1) for span in deaf] == [0, 2, 8]
    assert [round(span.end - start, 1) for span in deaf] == [9, 7.1, 8.1]
