from __future__ import annotations

import pytest

from kuma_lite.checks.group import GroupMonitor, summarise
from kuma_lite.core.declarations import CheckFailed, CheckResult, Child, Status
from kuma_lite.core.errors import UserError
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


@pytest.mark.parametrize(
    ("rule", "share", "states", "status", "message"),
    [
        ("any", "", [UP, DOWN, DOWN], UP, "1 of 3 children up, 1 needed; down: b, c"),
        ("any", "", [UP, UP], UP, "All children up and running"),
        ("any", "", [DOWN, None], PENDING, "0 of 2 children up, 1 needed; down: a; pending: b"),
        ("any", "", [DOWN, DOWN], DOWN, "0 of 2 children up, 1 needed; down: a, b"),
        ("share", "2", [UP, MAINTENANCE, DOWN], UP, "2 of 3 children up, 2 needed; down: c"),
        ("share", "2", [UP, DOWN, PENDING], PENDING, "1 of 3 children up, 2 needed; down: b; pending: c"),
        ("share", "2", [UP, DOWN, DOWN], DOWN, "1 of 3 children up, 2 needed; down: b, c"),
        ("share", " 50 % ", [UP, DOWN, DOWN], DOWN, "1 of 3 children up, 2 needed; down: b, c"),
        ("share", "34%", [UP, DOWN, DOWN], DOWN, "1 of 3 children up, 2 needed; down: b, c"),
        ("share", "33%", [UP, DOWN, DOWN], UP, "1 of 3 children up, 1 needed; down: b, c"),
        ("share", "9", [UP, DOWN], DOWN, "1 of 2 children up, 2 needed; down: b"),
        ("share", "nonsense", [UP, DOWN], DOWN, "Child monitors down: b"),
        ("unknown", "", [UP, DOWN], DOWN, "Child monitors down: b"),
    ],
)
async def test_rules_of_our_own(
    rule: str, share: str, states: list[Status | None], status: Status, message: str
) -> None:
    listed = children(*zip("abc", states, strict=False))
    document = {"groupRule": rule, "groupShare": share}
    if status is DOWN:
        failed = await failure(GroupMonitor(), document, Context(child_list=listed))
        assert failed.message == message
    else:
        result = await run(GroupMonitor(), document, Context(child_list=listed))
        assert result == CheckResult(message, ping=0, status=status)


@pytest.mark.parametrize("share", ["", "half", "0", "101 %", "-1", "2.5"])
def test_a_share_that_is_none_is_refused(share: str) -> None:
    kind = GroupMonitor()
    document = {"groupRule": "share", "groupShare": share}
    with pytest.raises(UserError, match="groupShare must be a number of children"):
        kind.validate(kind.options.read(document), document)
    document["groupRule"] = "all"
    assert kind.validate(kind.options.read(document), document) == {}
