"""Small tasks that nobody waits for: kept alive, logged when they fail, ended at the stop."""

from __future__ import annotations

import asyncio
import gc
import logging

import pytest

from kuma_lite.appliance import background
from kuma_lite.appliance.background import Background


async def test_a_task_is_kept_alive_and_run() -> None:
    tasks, done = Background(), asyncio.Event()

    async def work() -> None:
        await asyncio.sleep(0)
        done.set()

    tasks.spawn(work())
    gc.collect()
    await asyncio.wait_for(done.wait(), 10)


async def test_a_failure_is_logged_with_its_trace(caplog: pytest.LogCaptureFixture) -> None:
    tasks = Background()

    async def work() -> None:
        raise ValueError("broken")

    with caplog.at_level(logging.ERROR):
        tasks.spawn(work())
        await tasks.stop()
    (record,) = caplog.records
    assert record.exc_info is not None
    assert str(record.exc_info[1]) == "broken"


async def test_the_stop_waits_for_what_is_under_way() -> None:
    tasks, steps = Background(), list[str]()

    async def work() -> None:
        for _ in range(5):
            await asyncio.sleep(0)
        steps.append("written")

    tasks.spawn(work())
    await tasks.stop()
    assert steps == ["written"]


async def test_the_stop_does_not_wait_for_ever(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(background, "BACKGROUND_S", 0.01)
    tasks, ended = Background(), asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    tasks.spawn(work())
    await tasks.stop()
    await asyncio.wait_for(ended.wait(), 10)
    assert caplog.records == [], "ending it is no failure"


async def test_a_stop_with_nothing_under_way() -> None:
    await Background().stop()
