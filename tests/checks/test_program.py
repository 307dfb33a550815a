"""Programs end with everything they have started."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from kuma_lite.checks._program import ProgramMissing, run_program
from kuma_lite.core.programs import environment
from tests.checks.programs import script


def runs(pid: int) -> bool:
    """Whether a process is there and has not ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("cancelled", [False, True])
async def test_children_end_too(programs: Path, cancelled: bool) -> None:
    noted = programs / "pid"
    script(programs, "slow", f"(while :; do :; done) & echo $! > {noted}; wait")
    task = asyncio.create_task(run_program("slow", timeout=60 if cancelled else 2))
    while not task.done() and (not noted.exists() or not noted.read_text().strip()):
        await asyncio.sleep(0.01)
    if cancelled:
        task.cancel()
    with pytest.raises(asyncio.CancelledError if cancelled else TimeoutError):
        await task
    async with asyncio.timeout(5):
        while runs(int(noted.read_text())):
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("steps", range(8))
async def test_cancelled_at_any_step_of_its_start(programs: Path, steps: int) -> None:
    """As asyncio starts programs, this waits for ever at some of them."""
    script(programs, "slow", "sleep 60")
    task = asyncio.create_task(run_program("slow", timeout=30))
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    async with asyncio.timeout(20):
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_long_output_is_cut_and_nothing_hangs(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kuma_lite.core.programs.KEPT_BYTES", 10)
    script(programs, "loud", "i=0; while [ $i -lt 20000 ]; do echo 123456789; i=$((i+1)); done; exit 7")
    ended = await run_program("loud", timeout=30)
    assert (ended.status, ended.output) == (7, "123456789\n")


async def test_a_missing_program(programs: Path) -> None:
    del programs
    with pytest.raises(ProgramMissing, match="nothing"):
        await run_program("nothing", timeout=1)


def test_a_program_gets_its_own_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", "/tmp/of-the-binary")
    assert environment(A="b")["LD_LIBRARY_PATH"] == "/tmp/of-the-binary"
    monkeypatch.setattr("sys.frozen", True, raising=False)
    assert "LD_LIBRARY_PATH" not in environment()
    monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", os.curdir)
    assert environment()["LD_LIBRARY_PATH"] == os.curdir
