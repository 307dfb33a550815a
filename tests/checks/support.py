"""What checks are given in these tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kuma_lite.core.declarations import (
    AnyMonitorType,
    CheckFailed,
    CheckResult,
    Child,
    LastBeat,
    Silence,
    Wait,
)


@dataclass
class Context:
    """A check's context whose every part a test can set."""

    network: Any = None
    monitor_id: int = 1
    name: str = "monitor"
    interval: float = 60
    timeout: float = 5
    upside_down: bool = False
    now: float = 1_800_000_000.0
    child_list: Sequence[Child] = field(default_factory=tuple)
    last: LastBeat | None = None
    quiet: Silence | None = None

    def children(self) -> Sequence[Child]:
        return self.child_list

    def last_beat(self) -> LastBeat | None:
        return self.last

    def silence(self) -> Silence:
        lasted = abs(self.now - self.last.time) if self.last else self.interval
        return self.quiet or Silence(lasted, lasted)


async def run(kind: AnyMonitorType, document: Mapping[str, Any], context: Context) -> CheckResult | Wait:
    """One check of a stored document."""
    return await kind.check(kind.options.read(document), context)


async def failure(kind: AnyMonitorType, document: Mapping[str, Any], context: Context) -> CheckFailed:
    """The failure of one check; fails the test when the check passes."""
    try:
        result = await run(kind, document, context)
    except CheckFailed as failed:
        return failed
    raise AssertionError(f"the check passed: {result}")
