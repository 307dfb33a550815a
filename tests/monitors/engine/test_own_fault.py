"""Whose fault a failure is: ours is never written down as the target's."""

from __future__ import annotations

from kuma_lite.core.clock import ManualClock
from kuma_lite.monitors.engine.own_fault import OwnFault


class Machine:
    """A machine whose network can be pulled."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.uplink = True
        self.anchor = True
        self.asked = 0
        self.fault = OwnFault(self.clock, lambda: self.uplink, self.can_reach)
        self.fault.tick(self.clock.monotonic())

    async def can_reach(self) -> bool:
        self.asked += 1
        return self.anchor

    def run(self, seconds: float) -> None:
        """Let the event loop run undisturbed."""
        for _ in range(round(seconds * 10)):
            self.clock.advance(0.1)
            self.fault.tick(self.clock.monotonic())


async def test_an_undisturbed_failure_is_the_targets() -> None:
    machine = Machine()
    began = machine.fault.begin()
    machine.run(5)
    assert await machine.fault.reason(began, network_suspect=True, local_target=False) is None
    assert machine.fault.count == 0


async def test_a_late_loop_is_ours_even_before_the_next_tick() -> None:
    machine = Machine()
    began = machine.fault.begin()
    machine.clock.advance(3)
    reason = await machine.fault.reason(began, network_suspect=False, local_target=True)
    assert reason is not None and "busy" in reason


async def test_a_late_loop_during_the_check_is_remembered() -> None:
    machine = Machine()
    began = machine.fault.begin()
    machine.run(1)
    machine.clock.advance(4)
    machine.run(1)
    assert await machine.fault.reason(began, network_suspect=False, local_target=True)
    later = machine.fault.begin()
    machine.run(1)
    assert await machine.fault.reason(later, network_suspect=False, local_target=True) is None


async def test_suspend_is_ours() -> None:
    machine = Machine()
    began = machine.fault.begin()
    machine.clock.jump(3600)
    machine.run(0.5)
    reason = await machine.fault.reason(began, network_suspect=False, local_target=True)
    assert reason is not None and "suspended" in reason


async def test_a_clock_set_back_does_not_hide_a_failure() -> None:
    machine = Machine()
    began = machine.fault.begin()
    machine.clock.jump(-3600)
    machine.run(0.5)
    assert await machine.fault.reason(began, network_suspect=False, local_target=True) is None


async def test_no_network_is_ours_unless_the_target_is_this_machine() -> None:
    machine = Machine()
    machine.uplink = False
    began = machine.fault.begin()
    machine.run(0.5)
    assert await machine.fault.reason(began, network_suspect=True, local_target=True) is None
    assert await machine.fault.reason(began, network_suspect=False, local_target=False) is None
    assert await machine.fault.reason(began, network_suspect=True, local_target=False) == (
        "This machine has no network."
    )
    assert machine.fault.count == 1


async def test_the_anchor_is_asked_last() -> None:
    machine = Machine()
    machine.anchor = False
    began = machine.fault.begin()
    machine.run(0.5)
    assert await machine.fault.reason(began, network_suspect=True, local_target=False)
    assert machine.asked == 1
    machine.uplink = False
    await machine.fault.reason(began, network_suspect=True, local_target=False)
    assert machine.asked == 1
