"""Addresses as Express reads them: whatever their case, with a slash too many, without their last part."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support import http
from tests.support.appliance import Running, add_monitor, running


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as found:
        yield found


async def test_case_does_not_matter(server: Running) -> None:
    for path in ("/api/entry-page", "/robots.txt", "/setup-database-info", "/.well-known/change-password"):
        small, large = [await http.get(server.url + one) for one in (path, path.upper())]
        assert (large.status, large.body) == (small.status, small.body), path


async def test_a_push_counts_with_a_slash_too_many(server: Running) -> None:
    async with server.logged_in() as client:
        await add_monitor(client, type="push", pushToken="TOKEN", active=True)
        for method in ("POST", "PUT"):
            client.forget()
            assert (await http.request(method, f"{server.url}/API/Push/TOKEN/?msg={method}")).status == 200
            (beat,) = await client.wait_for("heartbeat")
            assert beat["msg"] == method


async def test_without_their_last_part_routes_are_addresses_of_the_page(server: Running) -> None:
    page = await http.get(server.url + "/anything")
    for path in (
        "/api/push",
        "/api/push/x/",
        "/api/badge/",
        "/api/badge/1",
        "/api/badge/1/status/",
        "/metrics/",
    ):
        answer = await http.get(server.url + path)
        assert (answer.status, answer.body) == (page.status, page.body), path
    for path in ("/api/push", "/api/push/", "/api/badge/", "/api/badge/1", "/api/status-page/"):
        assert (await http.request("POST", server.url + path)).status == 404, path


@pytest.mark.parametrize(
    ("path", "status", "document"),
    [
        ("/api/push/", 404, {"ok": False, "msg": "Monitor not found or not active."}),
        ("/api/status-page/", 404, {"status": "fail", "msg": "Status Page Not Found"}),
        ("/api/status-page/heartbeat/", 200, {"heartbeatList": {}, "uptimeList": {}}),
        ("/api/badge/1/ping/", 403, {"status": "fail", "msg": "Invalid duration: index.html"}),
    ],
)
async def test_a_folder_is_asked_for_its_page(
    server: Running, path: str, status: int, document: dict[str, object]
) -> None:
    """As the static layer of Uptime Kuma 2.5 does; routes take `index.html` for their last part."""
    answer = await http.get(server.url + path)
    assert (answer.status, answer.json()) == (status, document)
