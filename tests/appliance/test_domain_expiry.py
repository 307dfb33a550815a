"""Domains of monitors, from the registry to the receivers of warnings, the clients and the page."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.core.clock import ManualClock
from kuma_lite.net.rdap import DAY_S
from tests.appliance.test_full_disk import disk
from tests.checks.peers import Answer
from tests.notifications.sinks import HttpSink
from tests.peers.registry import Registry
from tests.peers.registry import running as registry_running
from tests.support import http
from tests.support.appliance import Running, add_monitor, running
from tests.support.ports import closed_port
from tests.support.sio import Client
from tests.support.storage import FaultyDisk

__all__ = ["disk"]

NOW = 1_800_000_000.0  # 2027-01-15 08:00 UTC
TOKEN = "domains000000000000000000000000x"
END = "2027-02-04T09:00:00Z"  # 20 days later


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
async def registry(tmp_path: Path) -> AsyncIterator[Registry]:
    async with registry_running(tmp_path) as found:
        found.knows("example.com", END)
        yield found


@pytest.fixture
async def sink() -> AsyncIterator[HttpSink]:
    async with HttpSink() as found:
        yield found


@asynccontextmanager
async def serving(
    folder: Path, clock: ManualClock, registry: Registry
) -> AsyncIterator[tuple[Running, Client]]:
    async with running(folder, clock=clock) as server, server.logged_in() as client:
        server.appliance.monitoring.domains.rdap.bootstrap_url = registry.bootstrap_url
        yield server, client


async def look(server: Running) -> None:
    await server.appliance.monitoring.domains.look()


async def add_hook(client: Client, sink: HttpSink, name: str, **options: Any) -> int:
    url = f"{sink.url}/{name}"
    config = {"name": name, "type": "webhook", "webhookURL": url, "webhookContentType": "json", **options}
    saved = await client.call("addNotification", config, None)
    return int(saved["id"])


async def add(client: Client, *hooks: int, **fields: Any) -> int:
    """A monitor that asks nobody outside this machine."""
    return await add_monitor(
        client,
        **{
            "type": "dns",
            "hostname": "www.example.com",
            "dns_resolve_server": "127.0.0.1",
            "port": closed_port(),
            "dns_resolve_type": "A",
            "domainExpiryNotification": True,
            "maxretries": 99,
            "notificationIDList": dict.fromkeys(map(str, hooks), True),
            **fields,
        },
    )


def enqueued(folder: Path) -> int:
    """Messages written into the outbox so far, sent or not."""
    with sqlite3.connect(folder / "kuma-lite.db") as database:
        return int(database.execute("SELECT COUNT(*) FROM outbox").fetchone()[0])


async def told(sink: HttpSink, count: int) -> list[tuple[str, str]]:
    """Receivers and texts of all messages so far; waits for `count`."""
    await sink.wait_for(count)
    return sorted((got.path, got.json["msg"]) for got in sink.got)


async def test_every_receiver_is_told_once_of_each_mark(
    tmp_path: Path, clock: ManualClock, registry: Registry, sink: HttpSink
) -> None:
    async with serving(tmp_path, clock, registry) as (server, client):
        first, second, other = [await add_hook(client, sink, name) for name in ("one", "two", "other")]
        await add(client, first)
        await add(client, first, second, hostname="mail.example.com")
        await add(client, other, hostname="example.com", domainExpiryNotification=False)
        await look(server)
        text = "Domain name example.com will expire in 20 days"
        assert await told(sink, 2) == [("/one", text), ("/two", text)]
        assert sink.got[0].json["monitor"] is None
        assert sink.got[0].json["heartbeat"] is None
        await look(server)
    async with serving(tmp_path, clock, registry) as (server, client):  # a restart tells nobody again
        await look(server)
        assert registry.asked == ["/rdap/domain/example.com"], "asked once a day, over restarts"
        clock.advance(7 * DAY_S)
        await look(server)
        later = "Domain name example.com will expire in 13 days"
        assert await told(sink, 4) == [("/one", later), ("/one", text), ("/two", later), ("/two", text)]
        assert len(registry.asked) == 2


async def test_a_full_disk_silences_no_warning_and_repeats_none(
    tmp_path: Path, clock: ManualClock, registry: Registry, sink: HttpSink, disk: FaultyDisk
) -> None:
    text = "Domain name example.com will expire in 20 days"
    async with serving(tmp_path, clock, registry) as (server, client):
        first, second = [await add_hook(client, sink, name) for name in ("one", "two")]
        await add(client, first)
        both = await add(client, first, second, hostname="mail.example.com", active=False)
        disk.full = True
        await look(server)
        assert await told(sink, 1) == [("/one", text)]
        await look(server)
        added = server.appliance.monitoring.roster.get(both)
        assert added is not None
        added.active = True  # one more receiver, while it is not stored who was told
        await look(server)
        assert await told(sink, 2) == [("/one", text), ("/two", text)]
        disk.full = False
        await server.appliance._ground.database.flush()
        await look(server)
    async with serving(tmp_path, clock, registry) as (server, client):
        await look(server)
        assert registry.asked == ["/rdap/domain/example.com"], "what was found is stored, too"
        clock.advance(7 * DAY_S)
        await look(server)
        later = "Domain name example.com will expire in 13 days"
        assert (await told(sink, 3))[:2] == [("/one", later), ("/one", text)]


async def test_in_detail_it_says_when_and_which_monitor(
    tmp_path: Path, clock: ManualClock, registry: Registry, sink: HttpSink
) -> None:
    async with serving(tmp_path, clock, registry) as (server, client):
        await add(client, await add_hook(client, sink, "hook", messageStyle="detailed"))
        await look(server)
        await sink.wait_for(1)
    said = sink.got[0].json["msg"].split("\n")
    assert said[0] == "Domain name example.com will expire in 20 days"
    assert said[1].startswith("Expires: 2027-")
    assert said[2] == "Address: www.example.com"
    assert sink.got[0].json["monitor"] is None


async def test_a_renewed_registration_is_warned_of_anew(
    tmp_path: Path, clock: ManualClock, registry: Registry, sink: HttpSink
) -> None:
    async with serving(tmp_path, clock, registry) as (server, client):
        await add(client, await add_hook(client, sink, "hook"))
        await look(server)
        registry.knows("example.com", "2027-02-06T09:00:00Z")
        clock.advance(2 * DAY_S)
        await look(server)
        text = "Domain name example.com will expire in 20 days"
        assert await told(sink, 2) == [("/hook", text), ("/hook", text)]


async def test_who_is_linked_later_is_told_too(
    tmp_path: Path, clock: ManualClock, registry: Registry, sink: HttpSink
) -> None:
    async with serving(tmp_path, clock, registry) as (server, client):
        await add(client, await add_hook(client, sink, "hook"))
        await look(server)
        await add(client, await add_hook(client, sink, "late"))
        await look(server)
        assert [receiver for receiver, _ in await told(sink, 2)] == ["/hook", "/late"]


async def test_the_days_are_a_setting(
    tmp_path: Path, clock: ManualClock, registry: Registry, sink: HttpSink
) -> None:
    async with serving(tmp_path, clock, registry) as (server, client):
        saved = await client.call("setSettings", {"domainExpiryNotifyDays": [60, 19]}, "")
        assert saved["ok"] is True, saved
        await add(client, await add_hook(client, sink, "hook"))
        await look(server)
        await told(sink, 1)
        clock.advance(DAY_S)
        await look(server)
        assert (await told(sink, 2))[0][1] == "Domain name example.com will expire in 19 days"


@pytest.mark.parametrize("paused", [False, True])
async def test_nobody_is_asked_for_what_nobody_wants(
    tmp_path: Path, clock: ManualClock, registry: Registry, paused: bool
) -> None:
    async with serving(tmp_path, clock, registry) as (server, client):
        await add(client, hostname="nas.local")
        await add(client, hostname="127.0.0.1")
        await add(client, hostname="example.io")  # its registry has no server
        number = await add(client, domainExpiryNotification=paused)
        if paused:
            await client.call("pauseMonitor", number)
        await look(server)
    assert registry.web.asked == []


async def test_a_registry_in_trouble_is_silent(
    tmp_path: Path, clock: ManualClock, registry: Registry, sink: HttpSink
) -> None:
    registry.instead = Answer("503 Unavailable")
    async with serving(tmp_path, clock, registry) as (server, client):
        await add(client, await add_hook(client, sink, "hook"))
        await look(server)
        await look(server)
        assert len(registry.asked) == 1
        assert enqueued(tmp_path) == 0
        assert client.pushed("domainInfo") == []


async def test_clients_and_the_page_are_shown_the_end(
    tmp_path: Path, clock: ManualClock, registry: Registry
) -> None:
    async with serving(tmp_path, clock, registry) as (server, client):
        number = await add(client)
        await look(server)
        async with server.logged_in() as other:
            await other.call("needSetup")
            # A string on log-in; a beat that happens to come now brings it once more, as an int.
            assert other.pushed("domainInfo")[0] == [str(number), 20, "2027-02-04T09:00:00.000Z"]
        async with server.logged_in("/page") as page:
            answer = await page.call("monitor", number)
            expected = {"domain": "example.com", "days": 20, "expiry": "2027-02-04T09:00:00.000Z"}
            assert answer["domain"] == expected
        types = await client.call("checkDomain", {"type": "dns", "hostname": "a.example.co.uk"})
        assert types == {"ok": True, "domain": "example.co.uk", "tld": "uk"}


async def test_a_slow_registry_is_in_nobodys_way(
    tmp_path: Path, clock: ManualClock, registry: Registry
) -> None:
    registry.web.answers["/dns.json"] = Answer("500 Oops", delay=60)
    async with serving(tmp_path, clock, registry) as (server, client):
        await add(client)
        looking = asyncio.create_task(look(server))
        await asyncio.sleep(0)
        pushed = await add_monitor(client, type="push", pushToken=TOKEN, domainExpiryNotification=True)
        answer = await http.get(f"{server.url}/api/push/{TOKEN}?status=up")
        assert answer.json() == {"ok": True}
        while (await client.wait_for("heartbeat"))[0]["monitorID"] != pushed:
            pass  # the first beat of the other monitor
        looking.cancel()
