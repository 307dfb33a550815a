"""A data folder with monitors and history, made without a server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import bcrypt

from kuma_lite.beats.model import NewBeat
from kuma_lite.beats.recorder import Recorder
from kuma_lite.core.clock import SystemClock, to_ms
from kuma_lite.core.data_folder import DataFolder
from kuma_lite.core.database import Database
from kuma_lite.core.declarations import Status
from kuma_lite.monitors.store import MonitorStore
from tests.benchmarks.client import PASSWORD, USER
from tests.support.actors import OWNER

INTERVAL_S = 60
# The password of `client.PASSWORD`, hashed once: cost 10, as Uptime Kuma stores it.
ACCOUNT = (USER, bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(10)).decode())


async def seed(
    folder: Path,
    monitors: int,
    beats: int,
    *,
    paused: bool = False,
    url: str = "http://127.0.0.1:9",
    interval: int = INTERVAL_S,
    kinds: Sequence[Mapping[str, object]] = ({"type": "http"},),
) -> None:
    """`monitors` monitors of user 1, each with `beats` UP beats up to now, one a minute.

    They will be checked every `interval` seconds.

    Args:
        kinds: fields of the monitors, in turn.
    """
    clock = SystemClock()
    data = DataFolder.open(folder)
    database = await Database.open(data.database, clock=clock)
    recorder = Recorder(database, clock)
    await recorder.load()
    store = MonitorStore(database, recorder)
    now = to_ms(clock.now())
    await database.write(
        lambda connection: connection.execute(
            "INSERT INTO user (id, username, password) VALUES (1, ?, ?)", ACCOUNT
        )
    )
    ids = []
    for number in range(1, monitors + 1):
        document = {
            "name": f"Monitor {number}",
            "url": f"{url}/{number}",
            "interval": interval,
            "retryInterval": interval,
            **kinds[number % len(kinds)],
        }
        ids.append(await store.insert(OWNER, not paused, document, [], now))
    for index in range(beats):
        time = now - (beats - index) * INTERVAL_S * 1000
        for monitor_id in ids:
            new = NewBeat(
                monitor_id=monitor_id,
                time=time,
                end_time=time + 12,
                status=Status.UP,
                msg="200 - OK",
                ping=float(10 + (index * 7 + monitor_id) % 90),
                important=index == 0,
                duration=0,
                retries=0,
                down_count=0,
            )
            recorder.record(new)
        await recorder.flush()
    await database.close()
    data.close()
