"""Work that comes round again: what fails in one round is tried in the next."""

from __future__ import annotations

import asyncio

import pytest

from kuma_lite.core.errors import StorageTrouble
from kuma_lite.core.periodic_job import PeriodicJob


async def test_a_failed_round_does_not_end_it(caplog: pytest.LogCaptureFixture) -> None:
    troubles: list[Exception | None] = [StorageTrouble("The disk is full."), KeyError("surprise"), None]
    done = asyncio.Event()

    async def work() -> None:
        trouble = troubles.pop(0)
        if trouble is not None:
            raise trouble
        done.set()
        await asyncio.Event().wait()  # a long round

    job = PeriodicJob("tidying", work, every=0, first=0, failure="Nothing was tidied")
    job.start()
    await asyncio.wait_for(done.wait(), 10)
    await job.stop()
    full, surprise = caplog.records
    assert full.getMessage() == "Nothing was tidied: The disk is full." and full.exc_info is None
    assert surprise.getMessage() == "Nothing was tidied; trying again" and surprise.exc_info is not None


async def test_it_waits_for_the_first_round_and_can_be_stopped_before_it() -> None:
    rounds = []

    async def work() -> None:
        rounds.append(1)

    job = PeriodicJob("tidying", work, every=3600, first=3600, failure="Nothing was tidied")
    await job.stop()  # before it began
    job.start()
    await asyncio.sleep(0)
    await job.stop()
    assert not rounds
