"""What our own page asks about servers, on the whole appliance; and what Prometheus is told."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.security.examples import PLAN
from tests.servers.api.test_servers import Api, api
from tests.support import http
from tests.support.served import PASSWORD, USER
from tests.support.sio import Client, connect


@asynccontextmanager
async def page(running: Api) -> AsyncIterator[Client]:
    async with connect(running.url, "/page") as client:
        assert (await client.call("loginByToken", running.session))["ok"]
        yield client


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Api]:
    async with api(tmp_path / "data") as found:
        yield found


async def until(look: Callable[[], Awaitable[bool]]) -> None:
    """Returns when it is as it should be, which may be a moment after an answer."""
    async with asyncio.timeout(20):
        while not await look():
            await asyncio.sleep(0.02)


def named(answer: dict[str, Any], row: list[Any]) -> dict[str, Any]:
    return dict(zip(answer["columns"], row, strict=True))


async def test_a_new_server_appears_by_itself(running: Api) -> None:
    async with page(running) as client:
        assert (await client.call("serversSummary"))["rows"] == []
        key = await running.server()
        (pushed,) = await client.wait_for("serverChanges")
        summary = await client.call("serversSummary")
        assert pushed == {"rows": summary["rows"], "deleted": []}
        row = named(summary, summary["rows"][0])
        assert (row["uuid"], row["name"], row["status"], row["cpu"], row["ram"]) == (
            key,
            "web-1",
            "online",
            25.0,
            50.0,
        )
        assert (row["disk"], row["netIn"], row["alerts"], row["maintenance"]) == (None, None, [], False)
        assert (await client.call("deleteServer", key))["ok"]
        (pushed,) = await client.wait_for("serverChanges")
        assert pushed == {"rows": [], "deleted": [key]}
        assert await client.call("server", key) == {"ok": False, "msg": "The server does not exist."}


async def test_details_charts_and_sparks(running: Api) -> None:
    key = await running.server()
    box = [{"name": "db", "cpu": 1.5, "memory": 2}]
    await running.send(load_1=0.5, document={"containers": box})
    async with page(running) as client:
        found = await client.call("server", key)
        assert found["server"] == await running.get(f"servers/{key}")
        assert found["containers"] == box and found["processes"] == []
        assert found["metrics"] == ["cpu_used", "load_1", "mem_used_b"] and found["units"]["load_1"] == "load"
        assert (found["duplicateHost"], found["clockOffset"], found["incidents"]) == (None, None, [])
        charts = await client.call("serverMetrics", key, {"metrics": ["cpu", "load_1"]})
        assert (charts["tier"], charts["step"], charts["thresholds"]) == ("raw", 60_000, {"cpu": 90.0})
        cpu = charts["series"]["cpu"]
        assert cpu["unit"] == "%" and cpu["min"] == cpu["mean"] == cpu["max"] == [25.0]
        assert len(cpu["times"]) == 1 and charts["series"]["load_1"]["mean"] == [0.5]
        sparks = (await client.call("serverSparks", [key]))["sparks"][key]
        assert [value for _, value in sparks["cpu"]] == [25.0]
        for wishes, sentence in [
            ({"metrics": ["gpu"]}, "One of the metrics is unknown."),
            ({"metrics": "cpu"}, "One of the metrics is unknown."),
            ({"since": 5, "until": 4}, "The end of the range lies before its beginning."),
        ]:
            assert (await client.call("serverMetrics", key, wishes))["msg"] == sentence
        assert not (await client.call("serverSparks", [key] * 101))["ok"]


async def test_alert_settings_and_links(running: Api) -> None:
    key = await running.server()
    async with page(running) as client:
        saved = await client.call("saveServerAlerts", key, {"threshold": {"cpu": 70}})
        assert saved["ok"] and saved["alertSettings"]["threshold"]["cpu"] == 70
        refused = await client.call("saveServerAlerts", key, {"threshold": {"cpu": "x"}})
        assert not refused["ok"] and refused["errors"] == ["alert_settings.threshold.cpu must be a number"]
        hook = {
            "name": "hook",
            "type": "webhook",
            "webhookURL": "http://127.0.0.1:9",
            "webhookContentType": "json",
        }
        number = (await client.call("addNotification", hook))["id"]
        assert (await client.call("setServerNotification", key, number, True))["notifications"] == [number]
        assert len(await running.get(f"servers/{key}/integrations")) == 1
        assert not (await client.call("setServerNotification", key, 99, True))["ok"]
        assert (await client.call("deleteNotification", number))["ok"]

        async def without() -> bool:
            return (await client.call("server", key))["notifications"] == []

        await until(without)  # the link goes with it, a moment later
        assert not (await client.call("setServerMaintenance", key, [99]))["ok"]
        assert (await client.call("setServerMaintenance", key, []))["maintenancePlans"] == []


async def test_settings_and_tags_of_many_at_once(running: Api) -> None:
    key = await running.server()
    other = await running.other_project()
    assert (await running.send(other, cpu_used=1)).status == 201
    (theirs,) = await running.get("servers", token=other)
    both = [key, theirs["uuid"]]
    async with page(running) as client:
        tag = (await client.call("addTag", {"name": "web", "color": "#059669"}))["tag"]["id"]

        async def rows() -> list[dict[str, Any]]:
            summary = await client.call("serversSummary")
            return [named(summary, row) for row in summary["rows"]]

        change = {"threshold": {"cpu": 70}}
        assert (await client.call("saveServersAlerts", both, change))["ok"]
        assert [row["thresholds"] for row in await rows()] == [[70, 90.0, 85.0]] * 2
        refused = await client.call("saveServersAlerts", both, {"threshold": {"cpu": "x", "ram": 5}})
        assert refused["errors"] == ["alert_settings.threshold.cpu must be a number"]
        assert not (await client.call("saveServersAlerts", [key, "gone"], {"threshold": {"ram": 5}}))["ok"]
        assert not (await client.call("saveServersAlerts", [], change))["ok"]
        assert [row["thresholds"] for row in await rows()] == [[70, 90.0, 85.0]] * 2

        assert (await client.call("changeServerTags", both, [tag], []))["ok"]
        assert not (await client.call("changeServerTags", both, [99], [tag]))["ok"]
        assert [row["tags"] for row in await rows()] == [[tag], [tag]]
        assert (await client.call("changeServerTags", [key], [], [tag]))["ok"]
        assert [row["tags"] for row in await rows()] == [[], [tag]]
        assert (await client.call("deleteTag", tag))["ok"]
        assert [row["tags"] for row in await rows()] == [[], []]


async def test_a_row_has_load_and_the_hottest_sensor(running: Api) -> None:
    await running.server()
    await running.send(**{"load_1": 0.5, "temperature_c[cpu]": 51, "temperature_c[disk]": 38.5})
    async with page(running) as client:
        summary = await client.call("serversSummary")
        row = named(summary, summary["rows"][0])
        assert (row["load"], row["temperature"], row["agentVersion"]) == (0.5, 51, "0.9.2")


async def test_new_servers_get_the_default_notifications_and_all_get_what_is_applied(running: Api) -> None:
    hook = {
        "name": "hook",
        "type": "webhook",
        "webhookURL": "http://127.0.0.1:9",
        "webhookContentType": "json",
    }
    async with page(running) as client:
        default = (await client.call("addNotification", {**hook, "isDefault": True}))["id"]
        later = (await client.call("addNotification", hook))["id"]
        key = await running.server()
        assert (await client.call("server", key))["notifications"] == [default]
        assert len(await running.get(f"servers/{key}/integrations")) == 1
        other = await running.other_project()
        assert (await running.send(other, cpu_used=1)).status == 201
        (theirs,) = await running.get("servers", token=other)
        assert await running.get(f"servers/{theirs['uuid']}/integrations", token=other) == []
        await client.call("setServerNotification", key, default, False)
        await running.send(cpu_used=2)  # only the first contact counts
        assert (await client.call("server", key))["notifications"] == []
        client.forget()
        await client.call("addNotification", {**hook, "applyExisting": True}, later)
        await client.wait_for("serverChanges")

        async def applied() -> bool:
            return (await client.call("server", key))["notifications"] == [later]

        await until(applied)
        assert await running.get(f"servers/{theirs['uuid']}/integrations", token=other) == []


async def test_tokens_and_projects(running: Api) -> None:
    async with page(running) as client:
        made = await client.call("addToken", {"name": "web", "expiresInDays": 3})
        assert made["secret"].startswith(made["token"]["prefix"]) and made["token"]["expires_at"]
        assert [entry["name"] for entry in (await client.call("tokens"))["tokens"]] == ["web", "test"]
        assert (await client.call("revokeToken", made["token"]["uuid"]))["ok"]
        assert (await running.send(made["secret"], cpu_used=1)).status == 401
        for wishes in (None, {}, {"name": "x", "expiresInDays": 0}, {"name": "x", "project": "none"}):
            assert not (await client.call("addToken", wishes))["ok"]
        project = (await client.call("addProject", "Second"))["project"]
        assert [entry["root"] for entry in (await client.call("projects"))["projects"]] == [True, False]
        assert (await client.call("deleteProject", project["uuid"]))["ok"]


async def test_incidents_are_empty_and_say_so(running: Api) -> None:
    async with page(running) as client:
        assert await client.call("serverIncidents", {}) == {"ok": True, "total": 0, "incidents": []}
        assert not (await client.call("serverIncidents", {"status": "closed"}))["ok"]
        assert (await client.call("acknowledgeIncident", "x"))["msg"] == "The incident does not exist."
        assert (await client.call("snoozeIncident", "x", 5))["msg"] == "The incident does not exist."


async def test_the_install_lines(running: Api) -> None:
    async with page(running) as client:
        found = await client.call("agentInstall", running.url)
        assert found["lines"]["run"] == f"kuma-lite agent --url {running.url} --token {{token}}"
        assert "KUMA_LITE_AGENT_TOKEN={token} kuma-lite agent" in found["lines"]["container"]
        for bad in ("", None, "javascript:x", "http://x/$(reboot)", "http://x'y"):
            assert not (await client.call("agentInstall", bad))["ok"]


async def test_servers_stand_on_status_pages(running: Api) -> None:
    key = await running.server()
    async with page(running) as client:
        assert (await client.call("addStatusPage", "Public", "public"))["ok"]
        before = (await http.get(f"{running.url}/api/status-page/public")).json()
        assert "serverList" not in before
        (number,) = [n for n in range(1, 5) if (await client.call("setPageServers", n, [key]))["ok"]]
        assert (await client.call("pageServers", number))["servers"] == [key]
        shown = (await http.get(f"{running.url}/api/status-page/public")).json()
        assert shown["serverList"] == [
            {"name": "web-1", "status": "online", "alerts": [], "maintenance": False}
        ]
        for address, words in (
            ("/status/public", "<h2>Servers</h2>"),
            ("/status/public", "All Systems Operational"),
            ("/status/public/rss", "Current status: All Systems Operational"),
            ("/api/status-page/public/badge", "Up"),
        ):
            assert words in (await http.get(running.url + address)).text, address
        assert not (await client.call("setPageServers", number, ["nothing"]))["ok"]
        assert not (await client.call("setPageServers", 99, [key]))["ok"]
        assert (await client.call("deleteServer", key))["ok"]
        assert "serverList" not in (await http.get(f"{running.url}/api/status-page/public")).json()


async def test_a_server_says_on_which_pages_it_stands(running: Api) -> None:
    key = await running.server()
    await running.send(cpu_used=1, attributes={"motherboard_id": "MB-2", "hostname": "web-2"})
    other = (await running.get("servers"))[1]["uuid"]
    async with page(running) as client:
        assert (await client.call("serverPages", key))["pages"] == []
        assert (await client.call("addStatusPage", "Public", "public"))["ok"]
        ((number, title, slug, shown),) = [
            tuple(found.values()) for found in (await client.call("serverPages", key))["pages"]
        ]
        assert (title, slug, shown) == ("Public", "public", False)
        both = [client.call("setServerPage", one, number, True) for one in (other, key)]
        assert all(answer["pages"][0]["shown"] for answer in await asyncio.gather(*both))
        assert set((await client.call("pageServers", number))["servers"]) == {other, key}
        await client.call("setServerPage", key, number, True)  # a second time changes nothing
        await client.call("setServerPage", other, number, False)
        assert (await client.call("pageServers", number))["servers"] == [key]
        for bad in (("nothing", number, True), (key, 99, True), (key, "1", True), (key, None, False)):
            assert not (await client.call("setServerPage", *bad))["ok"], bad


async def test_maintenance_of_a_server_begins_and_ends_at_once(running: Api) -> None:
    key = await running.server()
    async with page(running) as client:
        plan = {**PLAN, "strategy": "manual"}
        number = (await client.call("addMaintenance", plan))["maintenanceID"]
        listed = (await client.call("maintenancePlans"))["plans"]
        assert [(one["id"], one["status"]) for one in listed] == [(number, "under-maintenance")]
        await client.call("setServerMaintenance", key, [number])
        assert (await client.call("server", key))["maintenance"] is True
        client.forget()
        await client.call("pauseMaintenance", number)
        await client.wait_for("maintenanceChanged")
        (change,) = await client.wait_for("serverChanges")
        if change["rows"][0][3]:  # what was gathered until now may have gone out in between
            (change,) = await client.wait_for("serverChanges")
        assert [row[:4] for row in change["rows"]] == [[key, "web-1", "online", False]]
        client.forget()
        assert (await client.call("deleteMaintenance", number))["ok"]
        await client.wait_for("serverChanges")

        async def free() -> bool:
            return (await client.call("server", key))["maintenancePlans"] == []

        await until(free)
        # What was left is no plan any more: others can still be set.
        second = (await client.call("addMaintenance", plan))["maintenanceID"]
        found = await client.call("setServerMaintenance", key, [second])
        assert found["maintenancePlans"] == [second]


async def test_retention(running: Api) -> None:
    async with page(running) as client:
        found = await client.call("serverRetention")
        assert found["retention"] == {
            "raw": 7,
            "ten_minutes": 60,
            "hours": 400,
            "days": 3650,
            "max_bytes": 500_000_000,
        }
        saved = await client.call("saveServerRetention", {"raw": 14})
        assert saved["ok"] and saved["retention"]["raw"] == 14
        for bad in ({"raw": 0}, {"raw": "7"}, {"weeks": 1}, None, {"max_bytes": 5}):
            assert not (await client.call("saveServerRetention", bad))["ok"]


async def test_prometheus_is_told(running: Api) -> None:
    key = await running.server()
    await running.send(net_recv_b=77, attributes={"hostname": 'quo"te'})
    basic = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    answer = await http.get(f"{running.url}/metrics", headers={"Authorization": f"Basic {basic}"})
    assert answer.status == 200
    labels = f'server="{key}",hostname="quo\\"te"'
    for line in (
        f"server_up{{{labels}}} 1",
        f"server_cpu_percent{{{labels}}} 25",
        f"server_alerts{{{labels}}} 0",
        f'server_metric{{{labels},metric="mem_used_b"}} 500000',
        f'server_metric_total{{{labels},metric="net_recv_b"}} 77',
    ):
        assert line in answer.text.splitlines(), line


async def test_plans_cover_servers(running: Api) -> None:
    key = await running.server()
    await running.send(cpu_used=1, attributes={"motherboard_id": "MB-2", "hostname": "web-2"})
    other = (await running.get("servers"))[1]["uuid"]
    plan = {"title": "by hand", "strategy": "manual", "dateRange": [None, None]}
    async with page(running) as client:
        first, second = [(await client.call("addMaintenance", plan))["maintenanceID"] for _ in range(2)]
        assert await client.call("planServers") == {"ok": True, "servers": {}}
        answer = await client.call("setPlanServers", first, [key, other])
        assert answer == {"ok": True, "servers": [key, other]}
        assert (await client.call("setServerMaintenance", key, [first, second]))["ok"]
        assert (await client.call("server", other))["maintenance"] is True
        assert (await client.call("setPlanServers", first, [key]))["ok"]
        found = await client.call("planServers")
        assert found["servers"] == {str(first): [key], str(second): [key]}
        assert (await client.call("server", other))["maintenance"] is False
        refused: list[tuple[Any, Any]] = [
            (99, [key]),
            (99, []),
            (first, ["nothing"]),
            (first, None),
            (None, []),
            (2**70, []),
        ]
        for bad in refused:
            assert not (await client.call("setPlanServers", *bad))["ok"], bad
        assert await client.call("planServers") == found
        assert (await client.call("setPlanServers", first, []))["ok"]
        assert (await client.call("planServers"))["servers"] == {str(second): [key]}
