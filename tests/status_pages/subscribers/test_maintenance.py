"""Subscribers are told of maintenance, and after a crash of what they have missed."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.notifications.sinks import HttpSink, SmtpSink
from tests.status_pages.subscribers.ground import Ground, make, quiet, until
from tests.support.ports import free_port
from tests.support.served import PASSWORD, USER
from tests.support.sio import connect


def plan(begins: timedelta, lasts: timedelta = timedelta(hours=1), **fields: Any) -> dict[str, Any]:
    now = datetime.now(UTC)
    dates = [f"{now + shift:%Y-%m-%d %H:%M:%S}" for shift in (begins, begins + lasts)]
    return {
        "title": "Works", "description": "New **disks**", "strategy": "single", "active": True,
        "intervalDay": 1, "dateRange": dates, "weekdays": [], "daysOfMonth": [], "timezoneOption": "UTC",
        "timeRange": [{"hours": 2, "minutes": 0}, {"hours": 3, "minutes": 0}], "cron": "30 3 * * *",
        "durationMinutes": 60, **fields,
    }  # fmt: skip


async def add(ground: Ground, monitors: list[int], **fields: Any) -> int:
    """A plan on the page."""
    number = int((await ground.ok("addMaintenance", plan(**fields)))["maintenanceID"])
    await ground.ok("addMonitorMaintenance", number, [{"id": each} for each in monitors])
    page = (await ground.ok("statusPages"))["pages"][0]["id"]
    await ground.ok("addMaintenanceStatusPage", number, [{"id": page}])
    return number


async def heads(ground: Ground, count: int) -> list[str]:
    """What the latest mails begin with."""
    await until(lambda: len(ground.mails.mails) >= count)
    subjects = [(await ground.mail(place))["subject"] for place in range(count)]
    return [each.removeprefix("[Shop] ").partition(":")[0] for each in subjects]


async def test_the_way_of_a_plan(ground: Ground) -> None:
    await add(ground, [], begins=timedelta(hours=9))  # before anybody could subscribe: no news
    await ground.offer("email")
    await ground.subscribed()
    number = await add(ground, [2], begins=timedelta(hours=5))
    assert (await heads(ground, 2))[1:] == ["Maintenance planned"]
    changed = plan(timedelta(hours=6), id=number)
    await ground.ok("editMaintenance", changed)
    await heads(ground, 3)
    await ground.ok("editMaintenance", plan(timedelta(minutes=-1), id=number))
    await heads(ground, 4)
    await ground.ok("deleteMaintenance", number)
    found = await heads(ground, 5)
    assert found[2:] == ["Maintenance changed", "Maintenance has begun", "Maintenance has ended"]
    await quiet(lambda: len(ground.mails.mails) > 5)


async def test_only_those_whose_services_it_is_for(ground: Ground) -> None:
    await ground.offer("email")
    manage = await ground.subscribed()
    await ground.form(manage, scope="some", monitor="1")
    await add(ground, [2], begins=timedelta(hours=5))
    number = await add(ground, [1], begins=timedelta(hours=6))
    assert (await heads(ground, 2))[1:] == ["Maintenance planned"]
    await ground.ok("deleteMaintenance", number)
    assert (await heads(ground, 3))[2:] == ["Maintenance cancelled"]


async def test_nothing_is_lost_when_the_process_is_killed(tmp_path: Path) -> None:
    """The mail server is away while an incident begins; the program is killed, and tells it later."""
    from tests.status_pages.appliance import Running

    port = free_port()
    command = [sys.executable, "-m", "kuma_lite", "serve", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--data-dir", str(tmp_path / "data")]

    async def start() -> subprocess.Popen[bytes]:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        async with asyncio.timeout(30):
            while True:
                try:
                    (await asyncio.open_connection("127.0.0.1", port))[1].close()
                    return process
                except OSError:
                    await asyncio.sleep(0.1)

    process = await start()
    url = f"http://127.0.0.1:{port}"
    try:
        async with SmtpSink() as mails, HttpSink() as hooks:
            async with connect(url) as client, connect(url, "/page") as page:
                server = Running(url, client, tmp_path)
                await client.call("setup", USER, PASSWORD)
                for each in (client, page):
                    assert (await each.call("login", {"username": USER, "password": PASSWORD}))["ok"]
                await server.add_page("shop", title="Shop")
                ground = await make(server, mails, hooks, page)
                await ground.offer("email")
                await ground.subscribed()
                mails.refuse["MAIL"] = "451 Later"
                await ground.begin(title="Lost?")
                os.kill(process.pid, signal.SIGKILL)
            process.wait()
            mails.refuse.clear()
            process = await start()
            await until(lambda: len(mails.mails) == 2, timeout=30)
            assert (await ground.mail(1))["subject"] == "[Shop] Incident: Lost?"
    finally:
        process.kill()
        process.wait()
