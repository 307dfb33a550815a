"""GET /metrics of the whole appliance."""

from __future__ import annotations

import gzip
from base64 import b64encode
from pathlib import Path
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from tests.support import http
from tests.support.appliance import add_monitor, running
from tests.support.served import PASSWORD, USER

Samples = dict[str, list[Any]]


def basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{user}:{password}".encode()).decode()}


ACCOUNT = basic(USER, PASSWORD)


async def scrape(url: str, headers: dict[str, str] | None = None) -> Samples:
    """Samples by family."""
    answer = await http.get(f"{url}/metrics", headers=headers or ACCOUNT)
    assert answer.status == 200, answer
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return {family.name: family.samples for family in text_string_to_metric_families(answer.text)}


async def test_a_tag_is_a_label_at_once(tmp_path: Path) -> None:
    async with running(tmp_path) as server, server.logged_in() as client:
        monitor = await add_monitor(client, name='quo"te\\', type="manual", manual_status=1)
        await client.wait_for("heartbeat")
        (before,) = (await scrape(server.url))["monitor_status"]
        tag = await client.call("addTag", {"name": "Team A", "color": "#fff"})
        await client.call("addMonitorTag", tag["tag"]["id"], monitor, "ops")
        (after,) = (await scrape(server.url))["monitor_status"]
    assert before.labels["monitor_name"] == 'quo"te\\'
    assert before.value == 1
    assert after.labels == {**before.labels, "TeamA": "ops"}


async def test_paused_monitors_are_not_there(tmp_path: Path) -> None:
    async with running(tmp_path) as server, server.logged_in() as client:
        monitor = await add_monitor(client, type="manual", manual_status=0)
        await client.wait_for("heartbeat")
        found = await scrape(server.url)
        assert [sample.value for sample in found["monitor_status"]] == [0]
        assert len(found["monitor_uptime_ratio"]) == 3
        await client.call("pauseMonitor", monitor)
        assert (await scrape(server.url))["monitor_status"] == []


async def test_what_the_process_tells_of_itself(tmp_path: Path) -> None:
    async with running(tmp_path) as server, server.logged_in() as client:
        await add_monitor(client, type="manual", manual_status=1)
        await client.wait_for("heartbeat")
        found = {name: samples[0] for name, samples in (await scrape(server.url)).items() if samples}
    assert found["app_version"].labels == {"version": "2.5.3", "major": "2", "minor": "5", "patch": "3"}
    assert found["kuma_lite_monitors"].value == 1
    assert found["kuma_lite_checks"].value == 1
    assert found["kuma_lite_beats"].value == 1
    assert found["kuma_lite_database_commits"].value >= 1
    assert found["kuma_lite_database_size_bytes"].value >= 2048
    assert found["kuma_lite_connections"].value == 1
    assert found["kuma_lite_own_faults"].value == 0
    assert 20e6 < found["process_resident_memory_bytes"].value < 2e9
    assert found["process_open_fds"].value > 5
    assert found["process_cpu_seconds"].value > 0
    assert found["kuma_lite_check_lateness_seconds"].labels == {"quantile": "0.5"}
    # Clients take every name that begins so for a figure of one monitor.
    assert all("monitor_name" in item.labels for name, item in found.items() if name.startswith("monitor"))


async def test_from_the_first_key_on_a_key_is_wanted_until_somebody_switches_that_off(tmp_path: Path) -> None:
    async with running(tmp_path) as server, server.logged_in() as client:
        assert (await http.get(f"{server.url}/metrics", headers=ACCOUNT)).status == 200
        added = await client.call("addAPIKey", {"name": "k", "expires": None, "active": True})
        refused = await http.get(f"{server.url}/metrics", headers=ACCOUNT)
        assert (refused.status, refused.text) == (401, "")
        assert refused.headers["www-authenticate"] == "Basic"
        await scrape(server.url, basic("", added["key"]))
        await client.call("setSettings", {"apiKeysEnabled": False}, "")
        await scrape(server.url)
        settings = await client.call("getSettings")
        assert "apiKeysEnabled" not in settings["data"]


async def test_methods_and_packing(tmp_path: Path) -> None:
    async with running(tmp_path) as server, server.logged_in() as client:
        for number in range(40):
            await add_monitor(client, name=f"m{number}", type="manual", manual_status=1)
        for _ in range(40):  # without beats there is too little to pack
            await client.wait_for("heartbeat")
        url = f"{server.url}/metrics"
        assert (await http.request("POST", url, headers=ACCOUNT)).status == 405
        head = await http.request("HEAD", url, headers=ACCOUNT)
        assert (head.status, head.text) == (200, "")
        packed = await http.get(url, headers={**ACCOUNT, "Accept-Encoding": "gzip"})
        assert packed.headers["content-encoding"] == "gzip"
        assert b"monitor_status{" in gzip.decompress(packed.body)
        assert (await http.get(f"{url}?x=1", headers=ACCOUNT)).status == 200
