"""What was opened is closed: last first, whatever happens meanwhile."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest

from kuma_lite.appliance.ground import Ground
from kuma_lite.core.clock import ManualClock
from kuma_lite.core.config import Config
from kuma_lite.core.errors import StartupError


def ground_on(folder: Path, **settings: object) -> Ground:
    return Ground(Config(data_dir=folder, **settings), ManualClock())  # type: ignore[arg-type]


async def test_what_was_opened_last_is_closed_first(tmp_path: Path) -> None:
    ground, closed = ground_on(tmp_path), list[str]()

    async def slow() -> None:
        await asyncio.sleep(0)
        closed.append("slow")

    ground.at_close(lambda: closed.append("first"))
    ground.at_close(slow)
    ground.at_close(lambda: closed.append("last"))
    await ground.close()
    assert closed == ["last", "slow", "first"]
    await ground.close()
    assert len(closed) == 3, "each once"


async def test_what_cannot_be_closed_keeps_nothing_else_open(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ground, closed = ground_on(tmp_path), list[str]()

    def broken() -> None:
        raise OSError("disk gone")

    async def cancelled() -> None:
        raise asyncio.CancelledError

    ground.at_close(lambda: closed.append("first"))
    ground.at_close(cancelled)
    ground.at_close(broken)
    with caplog.at_level(logging.ERROR):
        await ground.close()
    assert closed == ["first"]
    assert [record.message for record in caplog.records] == ["Something could not be closed"]


async def test_small_tasks_end_after_what_starts_them_and_before_what_they_use(tmp_path: Path) -> None:
    ground, closed = ground_on(tmp_path), list[str]()

    async def task() -> None:
        await asyncio.sleep(0)
        closed.append("task")

    def checks() -> None:
        ground.spawn(task())
        closed.append("checks")

    ground.at_close(lambda: closed.append("database"))
    ground.at_close(checks)
    await ground.close()
    assert closed == ["checks", "task", "database"]


async def test_a_folder_is_free_again_after_the_close(tmp_path: Path) -> None:
    first, second = ground_on(tmp_path), ground_on(tmp_path)
    await first.open()
    with pytest.raises(StartupError, match="in use"):
        await second.open()
    await second.close()
    await first.close()
    await second.open()
    await second.close()


async def test_a_proxy_for_messages_that_cannot_be_used_is_said_before_anything_is_made(
    tmp_path: Path,
) -> None:
    ground = ground_on(tmp_path / "data", notification_proxy="gopher://proxy")
    with pytest.raises(StartupError, match="notification_proxy cannot be used"):
        await ground.open()
    await ground.close()
    assert not (tmp_path / "data").exists()


async def test_a_broken_proxy_in_the_environment_leaves_the_folder_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setenv("HTTP_PROXY", "gopher://proxy")
        ground = ground_on(tmp_path)
        with pytest.raises(StartupError):
            await ground.open()
        await ground.close()
    again = ground_on(tmp_path)
    await again.open()
    await again.close()


async def test_messages_go_through_their_own_proxy_or_through_that_of_everything(tmp_path: Path) -> None:
    plain, special = (
        ground_on(tmp_path / "a"),
        ground_on(tmp_path / "b", notification_proxy="http://127.0.0.1:3128"),
    )
    await plain.open()
    await special.open()
    assert plain.notification_network is plain.network
    assert special.notification_network is not special.network
    await plain.close()
    await special.close()
