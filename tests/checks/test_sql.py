"""What the types that ask a database have in common: the verdict, and that nothing stays behind."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from kuma_lite.checks._conditions import read_conditions
from kuma_lite.checks._sql import PREFIX, Answer, ask, judge
from kuma_lite.checks.mysql import MysqlMonitor
from kuma_lite.checks.oracledb import OracleMonitor
from kuma_lite.checks.postgres import PostgresMonitor
from kuma_lite.checks.sqlserver import SqlServerMonitor
from kuma_lite.core.declarations import AnyMonitorType, CheckFailed
from kuma_lite.net.network import Network
from tests.checks.support import Context, failure, run

TYPES: list[tuple[AnyMonitorType, str]] = [
    (PostgresMonitor(), "postgres://u:p@127.0.0.1:{}/d"),
    (PostgresMonitor(), "postgres://u:p@127.0.0.1:{}/d?ssl=true"),
    (MysqlMonitor(), "mysql://u:p@127.0.0.1:{}/d"),
    (MysqlMonitor(), "mysql://u:p@127.0.0.1:{}/d?ssl=true"),
    (SqlServerMonitor(), "Server=127.0.0.1,{};User Id=u;Password=p"),
    (OracleMonitor(), "127.0.0.1:{}/d"),
    (OracleMonitor(), "tcps://127.0.0.1:{}/d"),
]


def result_is(value: str, operator: str = "equals") -> list[dict[str, str]]:
    return [{"type": "expression", "variable": "result", "operator": operator, "value": value}]


def test_without_conditions_any_answer_will_do() -> None:
    assert judge(Answer(0), ()) == "Rows: 0"
    assert judge(Answer(None, instead="nothing"), ()) == "nothing"
    assert judge(Answer(5, 3, "x"), ()) == "Rows: 5"


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (Answer(1, 1, "a"), "Query result did not meet the specified conditions (a)"),
        (Answer(0, 1), PREFIX + "Query returned no results"),
        (Answer(None), PREFIX + "Query returned no results"),
        (Answer(2, 1, "b"), PREFIX + "Multiple values were found, expected only one value"),
        (Answer(1, 2, "b"), PREFIX + "Multiple columns were found, expected only one value"),
    ],
)
def test_conditions_want_one_value(answer: Answer, text: str) -> None:
    conditions = read_conditions(result_is("b"))
    assert judge(Answer(1, 1, "b"), conditions) == "Query did meet specified conditions"
    with pytest.raises(CheckFailed) as caught:
        judge(answer, conditions)
    assert caught.value.message == text


async def test_a_condition_that_cannot_be_judged() -> None:
    async def answer() -> Answer:
        return Answer(1, 1, "b")

    for conditions, text in (
        (result_is("b", "=="), "Unexpected expression operator ID '=='"),
        ([{"type": "group", "children": []}], "ConditionExpressionGroup must contain at least one child."),
    ):
        with pytest.raises(CheckFailed) as caught:
            await ask(answer(), conditions, Context())
        assert caught.value.message.startswith(PREFIX + text)
        assert isinstance(caught.value.ping, int)


@asynccontextmanager
async def trickling() -> AsyncIterator[int]:
    """A server that says something every 10 ms, and never anything whole."""
    tasks: set[asyncio.Task[None] | None] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.current_task())
        while not writer.is_closing():
            writer.write(b"\x01")
            await asyncio.sleep(0.01)

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tasks:
            assert task is not None
            task.cancel()
        await asyncio.wait([task for task in tasks if task is not None])


def open_sockets() -> int:
    """Those of both sides."""
    found = 0
    for name in os.listdir("/proc/self/fd"):
        try:
            found += os.readlink(f"/proc/self/fd/{name}").startswith("socket:")
        except OSError:
            continue
    return found


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="no /proc")
@pytest.mark.parametrize(("kind", "pattern"), TYPES)
@pytest.mark.parametrize("cancelled", [False, True])
async def test_nothing_stays_behind(
    network: Network, kind: AnyMonitorType, pattern: str, cancelled: bool
) -> None:
    async with trickling() as port:
        document: dict[str, Any] = {
            "databaseConnectionString": pattern.format(port),
            "basic_auth_user": "u",
            "basic_auth_pass": "p",
        }
        await failure(kind, document, Context(network, timeout=0.05))  # contexts of TLS, the pool of threads
        sockets, threads = open_sockets(), threading.active_count()
        tasks = asyncio.all_tasks()
        if cancelled:
            check = asyncio.ensure_future(run(kind, document, Context(network)))
            await asyncio.sleep(0.05)
            check.cancel()
            await asyncio.wait([check])
        else:
            failed = await failure(kind, document, Context(network, timeout=0.2))
            assert failed.message
        async with asyncio.timeout(5):
            while open_sockets() > sockets:
                await asyncio.sleep(0.01)
    left = {task for task in asyncio.all_tasks() - tasks if not task.done()}
    assert not left
    assert threading.active_count() <= threads
