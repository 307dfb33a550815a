"""The comparison with other programs: what it measures, and that it says what a checkout lacks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks.peers import Target, Wanted, original, programs

PARTS = ("server/server.js", "dist/index.html", "node_modules/@louislam/sqlite3/lib/binding/one.node")


async def test_a_program_is_measured_where_its_checks_arrive(tmp_path: Path) -> None:
    (ours,) = programs(tmp_path / "nothing is built", None)
    async with Target().running() as target:
        row = await ours.measure(tmp_path / "run", target, Wanted(monitors=50, interval=1, seconds=3))
    assert row.name == "Kuma Lite"
    assert 50 <= row.checks <= 250
    assert 140 < row.wanted < 600
    assert row.cpu > 0 < row.ready_cpu  # of five monitors it would be less than a tick of the kernel
    assert row.rss > 10


def test_a_checkout_is_named_by_its_version(tmp_path: Path) -> None:
    for part in PARTS:
        with pytest.raises(SystemExit) as caught:
            original(tmp_path)
        assert part.removesuffix("/one.node") in str(caught.value)
        (tmp_path / part).parent.mkdir(parents=True)
        (tmp_path / part).touch()
    (tmp_path / "package.json").write_text('{"name": "uptime-kuma", "version": "2.9.1"}')
    assert original(tmp_path).name == "Uptime Kuma 2.9.1, SQLite"
    assert [each.name for each in programs(tmp_path, tmp_path)][-1] == "Uptime Kuma 2.9.1, SQLite"
