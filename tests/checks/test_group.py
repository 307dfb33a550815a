from __future__ import annotations

import pytest

from kuma_lite.checks.group import GroupMonitor, summarise
from kuma_lite.core.declarations import CheckFailed, CheckResult, Child, Status
from tests.checks.support import Context, failure, run

UP, DOWN, PENDING, MAINTENANCE = Status.UP, Status.DOWN, Status.PENDING, Status.MAINTENANCE


def children(*states: tuple[str, Status | None] | tuple[str, Status | None, bool]) -> list[Child]:
    return [
        Child(number, state[0], state[2] if len(state) == 3 else True, state[1])
        for number, state in enumerate(states, 1)
    ]


@pytest.mark.parametrize(
    ("states", "status", "message"),
    [
        ([], PENDING, "Group empty"),
        ([("a", UP)], UP, "All children up and running"),
        ([("a", UP), ("b", MAINTENANCE)], UP, "All children up and running"),
        ([("a", MAINTENANCE)], UP, "All children up and running"),
        ([("a", DOWN, False), ("b", None, False)], UP, "All children up and running"),
        ([("a", UP), ("b", DOWN, False)], UP, "All children up and running"),
        ([("a", UP), ("b", PENDING), ("c", None)], PENDING, "Pending child monitors: b, c"),
        ([("a", PENDING, False), ("b", None)], PENDING, "Pending child monitors: b"),
    ],
)
async def test_a_group_without_a_fault(
    states: list[tuple[str, Status | None]], status: Status, message: str
) -> None:
    result = await run(GroupMonitor(), {}, Context(child_list=children(*states)))
    assert result == CheckResult(message, ping=0, status=status)


@pytest.mark.parametrize(
    ("states", "message"),
    [
        ([("a", DOWN)], "Child monitors down: a"),
        ([("b", DOWN), ("x", UP), ("a", DOWN)], "Child monitors down: b, a"),
        ([("a", DOWN), ("b", PENDING), ("c", None)], "Child monitors down: a; pending: b, c"),
        ([("a", DOWN), ("b", DOWN, False)], "Child monitors down: a"),
    ],
)
async def test_a_child_that_is_down_is_a_failure(states: list[tuple[str, Status]], message: str) -> None:
    failed = await failure(GroupMonitor(), {}, Context(child_list=children(*states)))
    assert failed.message == message
    assert failed.retry
    assert not failed.local


def test_a_large_group_is_summarised() -> None:
    many = children(*((f"m{number}", DOWN) for number in range(5_000)))
    with pytest.raises(CheckFailed, match=r"m0, m1, .*m4999"):
        summarise(many)
