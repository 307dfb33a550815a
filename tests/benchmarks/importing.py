"""What taking over an Uptime Kuma costs: `python -m tests.benchmarks.importing [beats] [monitors]`.

Makes a database as Uptime Kuma 1.23 would have left it (every beat still there, no statistics, so that those
are counted as well), imports it in a process of its own and prints the kernel's accounting of that.
"""

from __future__ import annotations

import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.importing.kumas import make_kuma

BEATS = 1_000_000
MONITORS = 100
INTERVAL_S = 60
BUDGET_S = 30.0  # of CPU for a million beats


def make_history(path: Path, beats: int, monitors: int) -> None:
    """Monitors that look every minute, up to now; one beat in a thousand begins a failure of three."""
    dice = random.Random(1)
    connection = sqlite3.connect(path)
    connection.executemany(
        "INSERT INTO monitor (id, name, user_id, type, url, interval) VALUES (?, ?, 1, 'http', ?, 60)",
        [(number, f"monitor {number}", "http://127.0.0.1:9/") for number in range(100, 100 + monitors)],
    )
    rounds = beats // monitors
    began = datetime.now(UTC) - timedelta(seconds=INTERVAL_S * rounds)
    down: dict[int, int] = {}

    def rows() -> object:
        for turn in range(rounds):
            for number in range(100, 100 + monitors):
                moment = began + timedelta(seconds=turn * INTERVAL_S, milliseconds=dice.randrange(900))
                left = down.get(number, 0)
                if not left and dice.random() < 0.001:
                    left = 3
                down[number] = max(0, left - 1)
                shown = "connect ECONNREFUSED 127.0.0.1:9" if left else "200 - OK"
                ping = None if left else dice.randrange(20, 90)
                time_text = moment.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
                yield (left == 3, number, 0 if left else 1, shown, time_text, ping, INTERVAL_S)

    connection.executemany(
        "INSERT INTO heartbeat (important, monitor_id, status, msg, time, ping, duration)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        rows(),  # type: ignore[arg-type]
    )
    connection.commit()
    connection.close()


def main() -> int:
    """Measure; exit status 1 when the budget is missed."""
    beats = int(sys.argv[1]) if len(sys.argv) > 1 else BEATS
    monitors = int(sys.argv[2]) if len(sys.argv) > 2 else MONITORS
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        source = make_kuma(folder / "kuma", "1.23")
        make_history(source, beats, monitors)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        began = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "kuma_lite", "import", str(source), "--data-dir", str(folder / "ours")],
            check=True,
        )
        wall = time.perf_counter() - began
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        budget = BUDGET_S * max(beats, 1) / BEATS
        print(f"{beats:,} beats of {monitors} monitors: {cpu:.1f} s of CPU (≤ {budget:.0f} s), {wall:.1f} s")
        print(f"largest memory: {after.ru_maxrss / 1024:.0f} MB")
        ours = (folder / "ours" / "kuma-lite.db").stat().st_size
        print(f"size: {source.stat().st_size / 1e6:.0f} MB there, {ours / 1e6:.0f} MB here")
    return int(cpu > budget)


if __name__ == "__main__":
    raise SystemExit(main())
