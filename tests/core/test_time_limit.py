"""A time limit does what `asyncio.timeout` does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

import pytest

from kuma_lite.core.time_limit import TimeLimit


@asynccontextmanager
async def ours(seconds: float) -> AsyncIterator[None]:
    loop = asyncio.get_running_loop()
    with TimeLimit(loop, loop.time() + seconds):
        yield


def limit(kind: str, seconds: float) -> AbstractAsyncContextManager[object]:
    return ours(seconds) if kind == "ours" else asyncio.timeout(seconds)


both = pytest.mark.parametrize("kind", ["ours", "asyncio"])


@both
async def test_what_ends_in_time_is_left_alone(kind: str) -> None:
    async with limit(kind, 0.02):
        await asyncio.sleep(0)
    await asyncio.sleep(0.05)


@both
@pytest.mark.parametrize("seconds", [0.01, 0, -1])
async def test_what_takes_longer_is_ended(kind: str, seconds: float) -> None:
    with pytest.raises(TimeoutError):
        async with limit(kind, seconds):
            await asyncio.sleep(30)
    task = asyncio.current_task()
    assert task is not None and task.cancelling() == 0


@both
async def test_another_error_is_not_replaced(kind: str) -> None:
    with pytest.raises(KeyError):
        async with limit(kind, 1):
            raise KeyError


@both
async def test_who_is_cancelled_from_outside_stays_so(kind: str) -> None:
    async def work() -> None:
        async with limit(kind, 1):
            await asyncio.sleep(30)

    task = asyncio.create_task(work())
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@both
async def test_who_is_cancelled_as_the_time_is_over_stays_so(kind: str) -> None:
    async def work() -> None:
        async with limit(kind, 0):
            await asyncio.sleep(30)

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@both
async def test_the_inner_of_two_is_over_first(kind: str) -> None:
    async with limit(kind, 5):
        with pytest.raises(TimeoutError):
            async with limit(kind, 0.01):
                await asyncio.sleep(30)
        await asyncio.sleep(0.01)


@both
async def test_the_outer_of_two_ends_both(kind: str) -> None:
    raised: list[str] = []

    async def work() -> None:
        async with limit(kind, 0.01):
            try:
                async with limit(kind, 5):
                    await asyncio.sleep(30)
            except TimeoutError:
                raised.append("by the inner one")

    with pytest.raises(TimeoutError):
        await work()
    assert not raised


@both
async def test_an_end_that_was_put_off_is_no_time_out(kind: str) -> None:
    """Who catches the cancellation within has ended in its own way."""
    async with limit(kind, 0.01):
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(30)
    task = asyncio.current_task()
    assert task is not None and task.cancelling() == 0


def test_only_tasks_have_limits() -> None:
    loop = asyncio.new_event_loop()
    try:
        with pytest.raises(RuntimeError):
            TimeLimit(loop, 0)
    finally:
        loop.close()
