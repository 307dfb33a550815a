"""The Servers API over HTTP, on the whole appliance."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.appliance.build import Appliance
from kuma_lite.core.clock import SystemClock, to_ms
from kuma_lite.core.config import Config
from kuma_lite.core.iso_time import iso
from kuma_lite.servers.api import examples
from tests.security.examples import MONITOR
from tests.servers.reports import ATTRIBUTES, BUSY, report
from tests.support import http
from tests.support.http import Response
from tests.support.ports import held_port
from tests.support.served import PASSWORD, USER, Target
from tests.support.sio import connect

NOT_FOUND = {"error": "Not Found"}
UNAUTHORIZED = {"error": "Unauthorized"}


@dataclass
class Api:
    """A running appliance and somebody who asks it."""

    url: str
    session: str  # of the first user
    token: str  # of the first project
    appliance: Appliance

    async def ask(self, method: str, path: str, token: str | None = "", **options: Any) -> Response:
        headers = {} if token is None else {"Authorization": f"Bearer {token or self.token}"}
        headers |= options.pop("headers", {})
        return await http.request(method, f"{self.url}/api/v1/{path}", headers=headers, **options)

    async def get(self, path: str, **options: Any) -> Any:
        answer = await self.ask("GET", path, **options)
        assert answer.status == 200, answer.text
        return answer.json()

    async def send(self, token: str | None = "", **parts: Any) -> Response:
        stamp = iso(to_ms(SystemClock().now()))
        return await self.ask("POST", "server_metrics", token, body=report(stamp, **parts))

    async def server(self) -> str:
        """The id of a server that has reported."""
        assert (await self.send(cpu_used=1024, mem_used_b=500_000)).status == 201
        return str((await self.get("servers"))[0]["uuid"])

    async def other_project(self) -> str:
        """The token of a second project."""
        made = await self.ask("POST", "projects", self.session, json={"project": {"name": "Other"}})
        wishes = {"token": {"name": "other", "project_uuid": made.json()["uuid"]}}
        return str((await self.ask("POST", "tokens", self.session, json=wishes)).json()["token"])

    async def webhook(self, url: str = "http://127.0.0.1:9/hook") -> str:
        wishes = {"type": "Integrations::WebhookIntegration", "settings": {"webhook_url": url}}
        answer = await self.ask("POST", "integrations", json={"integration": wishes})
        assert answer.status == 201, answer.text
        return str(answer.json()["uuid"])


@asynccontextmanager
async def api(folder: Path) -> AsyncIterator[Api]:
    with held_port() as port:
        appliance = Appliance(Config(host="127.0.0.1", port=port, data_dir=folder), SystemClock())
        await appliance.start()
        try:
            assert appliance.web is not None
            url = appliance.web.url
            async with connect(url) as client:
                assert (await client.call("setup", USER, PASSWORD))["ok"]
                session = (await client.call("login", {"username": USER, "password": PASSWORD}))["token"]
            found = Api(url, session, "", appliance)
            made = await found.ask("POST", "tokens", session, json={"token": {"name": "test"}})
            assert made.status == 201, made.text
            found.token = made.json()["token"]
            yield found
        finally:
            await appliance.stop()


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Api]:
    async with api(tmp_path / "data") as found:
        yield found


async def test_servers_are_listed_in_pages(running: Api) -> None:
    for number in range(5):
        board = {"motherboard_id": f"MB-{number}", "hostname": f"h{number}"}
        assert (await running.send(cpu_used=1, attributes=board)).status == 201
    assert [server["hostname"] for server in await running.get("servers")] == [f"h{n}" for n in range(5)]
    page = await running.get("servers?page=2&per_page=2")
    assert [server["hostname"] for server in page] == ["h2", "h3"]
    assert await running.get("servers?page=9&per_page=2") == []
    for query in ("page=0", "page=x", "per_page=-1", "per_page=1.5", "page=٣"):
        answer = await running.ask("GET", f"servers?{query}".replace("٣", "%D9%A3"))
        assert answer.status == 422 and "positive whole number" in answer.json()["errors"][0]


async def test_a_server_has_exactly_the_fields_of_the_contract(running: Api) -> None:
    key = await running.server()
    found = await running.get(f"servers/{key}")
    assert list(found) == [
        "uuid", "hostname", "public_ip", "private_ip", "mac_address", "cpu_cores", "cpu_model",
        "operating_system", "uptime", "kernel_version", "status", "created_at", "updated_at", "last_seen_at",
        "last_metrics", "alert_settings",
    ]  # fmt: skip
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", found["last_seen_at"])
    assert found["last_metrics"]["metrics"] == {"cpu_used": 1024, "mem_used_b": 500_000}


async def test_addresses_with_a_slash_too_many(running: Api) -> None:
    key = await running.server()
    for path in ("servers", f"servers/{key}", f"servers/{key}/integrations", "incidents"):
        assert await running.get(f"{path}/") == await running.get(path)
    assert (await running.get(f"servers/{key}/metrics/?metrics=cpu"))["meta"]["total_count"] == 1
    gone = await running.ask("GET", "servers/none/")
    assert (gone.status, gone.json()) == (404, NOT_FOUND)


async def test_without_a_good_token_nothing_opens(running: Api) -> None:
    key = await running.server()
    for method, path in [
        ("GET", "servers"),
        ("GET", f"servers/{key}"),
        ("POST", "server_metrics"),
        ("DELETE", f"servers/{key}"),
    ]:
        for token in (None, "nonsense", running.token[:-1]):
            answer = await running.ask(method, path, token)
            assert (answer.status, answer.json()) == (401, UNAUTHORIZED), path


async def test_a_session_is_a_user_token(running: Api) -> None:
    key = await running.server()
    assert (await running.get(f"servers/{key}", token=running.session))["uuid"] == key


async def test_a_token_of_another_project_sees_nothing(running: Api) -> None:
    key = await running.server()
    other = await running.other_project()
    assert await running.get("servers", token=other) == []
    for method, path in [
        ("GET", f"servers/{key}"),
        ("PATCH", f"servers/{key}"),
        ("GET", f"servers/{key}/metrics"),
        ("GET", f"servers/{key}/integrations"),
        ("POST", f"servers/{key}/integrations"),
        ("DELETE", f"servers/{key}"),
    ]:
        answer = await running.ask(method, path, other, body=b"" if method != "PATCH" else b"{}")
        assert (answer.status, answer.json()) == (404, NOT_FOUND), path
    hook = await running.webhook()
    assert await running.get("integrations", token=other) == []
    for method in ("GET", "PATCH", "DELETE"):
        answer = await running.ask(method, f"integrations/{hook}", other, json={"integration": {}})
        assert answer.status == 404, method
    assert (await running.send(other, cpu_used=1)).status == 201
    assert len(await running.get("servers")) == len(await running.get("servers", token=other)) == 1


async def test_machines_make_no_tokens(running: Api) -> None:
    for method, path in [
        ("GET", "tokens"),
        ("POST", "tokens"),
        ("GET", "projects"),
        ("POST", "projects"),
        ("DELETE", "tokens/x"),
        ("DELETE", "projects/x"),
    ]:
        assert (await running.ask(method, path)).status == 403, path


async def test_settings_are_changed_in_part(running: Api) -> None:
    key = await running.server()
    change = {
        "server": {
            "alert_settings": {"threshold": {"cpu": 80.0, "ram": 85.0}, "general": {"downtime": False}}
        }
    }
    answer = await running.ask("PATCH", f"servers/{key}", json=change)
    assert answer.status == 200
    settings = answer.json()["alert_settings"]
    assert settings["threshold"] == {"cpu": 80.0, "ram": 85.0, "disk": 85.0, "net_in": 10, "net_out": 10}
    assert settings["general"] == {"downtime": False}
    answer = await running.ask(
        "PUT",
        f"servers/{key}",
        json={"server": {"alert_settings": {"grace_period": {"cpu": 10, "downtime": 5}}}},
    )
    assert answer.json()["alert_settings"]["threshold"]["cpu"] == 80.0
    assert answer.json()["alert_settings"]["grace_period"]["cpu"] == 10
    assert (await running.get(f"servers/{key}"))["alert_settings"] == answer.json()["alert_settings"]


async def test_two_editors_never_overwrite_each_other_unseen(running: Api) -> None:
    """With `If-Match`; who does not send it changes what there is, as ever."""
    server, hook = await running.server(), await running.webhook()

    def settings(cpu: int) -> dict[str, Any]:
        return {"server": {"alert_settings": {"threshold": {"cpu": cpu}}}}

    def name(number: int) -> dict[str, Any]:
        return {"integration": {"settings": {"webhook_url": f"http://127.0.0.1:9/{number}"}}}

    for path, change in ((f"servers/{server}", settings), (f"integrations/{hook}", name)):
        shown = await running.ask("GET", path)
        tag = shown.headers["etag"]
        unchanged = await running.ask("GET", path, headers={"If-None-Match": tag})
        assert (unchanged.status, unchanged.body, unchanged.headers["etag"]) == (304, b"", tag)
        both = await asyncio.gather(
            *(running.ask("PATCH", path, json=change(60 + n), headers={"If-Match": tag}) for n in range(6))
        )
        assert sorted(answer.status for answer in both) == [200, *[412] * 5]
        late = next(answer for answer in both if answer.status == 412)
        assert "was changed by somebody else" in late.json()["error"]
        done = next(answer for answer in both if answer.status == 200)
        for method, body in (("PUT", change(70)), ("PATCH", change(71)), ("DELETE", None)):
            stale = await running.ask(method, path, json=body, headers={"If-Match": tag})
            assert stale.status == 412, (method, path)
        assert (await running.ask("GET", path)).json() == done.json()
        assert (await running.ask("PUT", path, json=change(72))).status == 200
        assert (await running.ask("DELETE", path, headers={"If-Match": done.headers["etag"]})).status == 412
        assert (await running.ask("DELETE", path, headers={"If-Match": "*"})).status == 204
        assert (await running.ask("GET", path)).status == 404


async def test_a_report_makes_another_answer_and_refuses_nobody(running: Api) -> None:
    path = f"servers/{await running.server()}"
    tag = (await running.ask("GET", path)).headers["etag"]
    moved = {**ATTRIBUTES, "motherboard_id": "MB-1", "hostname": "moved"}
    assert (await running.send(cpu_used=77, attributes=moved)).status == 201
    assert (await running.ask("GET", path, headers={"If-None-Match": tag})).json()["hostname"] == "moved"
    change = {"server": {"alert_settings": {"threshold": {"cpu": 80}}}}
    assert (await running.ask("PATCH", path, json=change, headers={"If-Match": tag})).status == 200
    assert (await running.ask("PATCH", path, json=change, headers={"If-Match": tag})).status == 412


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"{", "The body is not valid JSON"),
        (b"[]", "The body must be a JSON object"),
        (b"{}", "server is required and must be an object"),
        (
            b'{"server":{"alert_settings":{"threshold":{"cpu":"x"}}}}',
            "alert_settings.threshold.cpu must be a number",
        ),
        (
            b'{"server":{"alert_settings":{"grace_period":{"cpu":' + b"9" * 400 + b"}}}}",
            "alert_settings.grace_period.cpu must be between 0 and 1440 minutes",
        ),
    ],
)
async def test_bad_settings(running: Api, body: bytes, error: str) -> None:
    answer = await running.ask("PATCH", f"servers/{await running.server()}", body=body)
    assert (answer.status, answer.json()) == (422, {"errors": [error]})


async def test_bodies_that_are_no_text(running: Api) -> None:
    key, hook = await running.server(), await running.webhook()
    routes = [
        ("POST", "server_metrics"),
        ("PATCH", f"servers/{key}"),
        ("POST", f"servers/{key}/integrations"),
        ("POST", "integrations"),
        ("PATCH", f"integrations/{hook}"),
        ("POST", "projects"),
        ("POST", "tokens"),
    ]
    for method, path in routes:
        for text in (b"\xff", b"\xed\xa0\x80", b"\\ud800", b"\\udfff"):
            body = b'{"server":{"alert_settings":{"' + text + b'":1}},"name":"' + text + b'"}'
            answer = await running.ask(method, path, running.session, body=body)
            assert answer.status == 422 and answer.json()["errors"], (method, path, text)
            if not text.startswith(b"\\"):
                assert answer.json() == {"errors": ["The body is not valid JSON"]}


async def test_bodies_that_are_wrongly_cut_into_chunks(
    running: Api, caplog: pytest.LogCaptureFixture
) -> None:
    port = int(running.url.rpartition(":")[2])
    for line in ("POST /api/v1/server_metrics", f"PATCH /api/v1/servers/{await running.server()}"):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = f"{line} HTTP/1.1\r\nHost: x\r\nAuthorization: {running.token}\r\nConnection: close\r\n"
        writer.write(head.encode() + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\nwrong\r\n")
        async with asyncio.timeout(20):
            answer = await reader.read()
        writer.close()
        assert answer.startswith(b"HTTP/1.1 422 ")
        assert answer.endswith(b'{"errors":["The body is not complete"]}')
    assert not caplog.records


async def test_a_report_with_half_a_surrogate_pair_is_stored(running: Api) -> None:
    half: dict[str, Any] = {"disk_used_b[\udfff]": 1}
    board = {"motherboard_id": "MB\ud800", "hostname": "web\ud800"}
    for _ in range(2):
        document = {"agent_version": "\udfff1", "processes": [{"name": "\ud800", "cpu": 1, "memory": 1}]}
        answer = await running.send(attributes=board, document=document, cpu_used=1)
        assert (answer.status, answer.json()["success_count"]) == (201, 1)
        answer = await running.send(attributes=board, cpu_used=1, **half)
        assert (answer.status, answer.json()["failure_count"]) == (201, 1)
        assert answer.json()["errors"] == ["Invalid metric name: disk_used_b[\ufffd]"]
    assert [server["hostname"] for server in await running.get("servers")] == ["web\ufffd"]


async def test_metrics_of_the_last_hour(running: Api) -> None:
    key = await running.server()
    found = await running.get(f"servers/{key}/metrics")
    assert found["server_uuid"] == key
    assert [point["value"] for point in found["metrics"]["cpu"]] == [25.0]
    assert [point["value"] for point in found["metrics"]["ram"]] == [50.0]
    assert found["meta"] == {"total_count": 2, "limit": 10_000, "metric_types": ["cpu", "ram"]}
    stored = await running.get(f"servers/{key}/metrics?metrics=cpu_used,%20ram&per_page=99999999")
    assert [point["value"] for point in stored["metrics"]["cpu_used"]] == [1024]
    assert stored["meta"] == {"total_count": 2, "limit": 50_000, "metric_types": ["cpu_used", "ram"]}


async def test_metrics_of_a_range(running: Api) -> None:
    now = to_ms(SystemClock().now())
    minute = [{"metric": "cpu_used", "value": n, "timestamp": iso(now - n * 60_000)} for n in range(30)]
    assert (await running.send(document={"metrics": minute})).json()["success_count"] == 30
    key = (await running.get("servers"))[0]["uuid"]
    since, until = minute[20]["timestamp"], minute[10]["timestamp"]
    found = await running.get(f"servers/{key}/metrics?since={since}&until={until}&metrics=cpu_used")
    assert (found["since"], found["until"]) == (since, until)
    assert [point["value"] for point in found["metrics"]["cpu_used"]] == list(range(20, 9, -1))
    assert found["metrics"]["cpu_used"][0]["timestamp"] == since
    found = await running.get(f"servers/{key}/metrics?metrics=cpu_used&per_page=3")
    assert found["meta"]["total_count"] == 3


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        (
            "since=2024-01-20T00:00:00Z",
            {"error": "Provide both since and until, or omit both to use the last hour"},
        ),
        (
            "until=2024-01-20T00:00:00Z",
            {"error": "Provide both since and until, or omit both to use the last hour"},
        ),
        ("since=today&until=2024-01-20T00:00:00Z", {"error": "Invalid date format"}),
        (
            "since=2024-01-20T00:00:01Z&until=2024-01-20T00:00:00Z",
            {"error": "until must not be before since"},
        ),
        ("metrics=cpu,gpu", {"errors": ["Invalid metric name"]}),
        ("per_page=0", {"errors": ["per_page must be a positive whole number"]}),
    ],
)
async def test_bad_ranges(running: Api, query: str, answer: dict[str, Any]) -> None:
    found = await running.ask("GET", f"servers/{await running.server()}/metrics?{query}")
    assert (found.status, found.json()) == (422, answer)


async def test_all_time_may_be_asked_for(running: Api) -> None:
    key = await running.server()
    everything = "since=0001-01-01T00:00:00%2B14:00&until=9999-12-31T23:59:59-14:00"
    found = await running.get(f"servers/{key}/metrics?{everything}")
    assert (found["since"], found["until"]) == ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z")
    assert found["meta"]["metric_types"] == ["cpu", "ram"]


async def test_an_offset_with_a_bare_plus_is_understood(running: Api) -> None:
    key = await running.server()
    found = await running.get(
        f"servers/{key}/metrics?since=2024-01-20T01:00:00+01:00&until=2024-01-20T02:00:00Z"
    )
    assert (found["since"], found["metrics"]) == ("2024-01-20T00:00:00Z", {})


async def test_large_bodies(running: Api) -> None:
    answer = await running.ask("POST", "server_metrics", body=b"x" * 10_000_000)
    assert (answer.status, answer.json()) == (413, {"error": "Payload Too Large"})


async def test_integrations_come_and_go(running: Api) -> None:
    key = await running.server()
    hook = await running.webhook("https://hooks.example.com/services/secret")
    (listed,) = await running.get("integrations")
    assert listed["uuid"] == hook and listed["type"] == "Integrations::WebhookIntegration"
    assert listed["settings"]["webhook_url"] == "https://hooks.example.com/..."
    assert (listed["editable"], listed["deletable"]) == (True, True)
    for _ in range(2):
        answer = await running.ask("POST", f"servers/{key}/integrations", json={"integration_id": hook})
        assert answer.status == 201
        assert answer.json() == {"message": "Integration attached to server", "integration": listed}
    assert await running.get(f"servers/{key}/integrations") == [listed]
    change = {"integration": {"name": "Renamed"}}
    renamed = await running.ask("PATCH", f"integrations/{hook}", json=change)
    assert renamed.status == 200 and renamed.json()["name"] == "Renamed"
    assert renamed.json()["settings"]["webhook_url"] == "https://hooks.example.com/..."
    assert (await running.ask("DELETE", f"servers/{key}/integrations/{hook}")).status == 204
    gone = await running.ask("DELETE", f"servers/{key}/integrations/{hook}")
    assert (gone.status, gone.json()) == (404, NOT_FOUND)
    assert (await running.ask("DELETE", f"integrations/{hook}")).status == 204
    assert await running.get("integrations") == []


async def test_bad_integrations(running: Api) -> None:
    key = await running.server()
    for body, status in [
        ({}, 422),
        ({"integration_id": 5}, 422),
        ({"integration_id": "nothing"}, 404),
    ]:
        assert (await running.ask("POST", f"servers/{key}/integrations", json=body)).status == status
    for wishes in (
        {},
        {"type": "Integrations::PigeonIntegration"},
        {"type": "Integrations::WebhookIntegration", "settings": []},
        {"type": "Integrations::WebhookIntegration", "settings": {}},
        {"type": "Integrations::WebhookIntegration", "name": 5},
    ):
        answer = await running.ask("POST", "integrations", json={"integration": wishes})
        assert answer.status == 422 and answer.json()["errors"], wishes


async def test_an_alert_arrives_at_the_webhook(running: Api) -> None:
    target = Target()
    try:
        key = await running.server()
        hook = await running.webhook(target.url + "/hook")
        await running.ask("POST", f"servers/{key}/integrations", json={"integration_id": hook})
        now = to_ms(SystemClock().now())
        busy = [
            {"metric": "cpu_used", "value": BUSY, "timestamp": iso(now - n * 60_000)} for n in range(8, 0, -1)
        ]
        # The first sample of this server is newer than those: another server, then.
        board = {"motherboard_id": "MB-2", "hostname": "web-2"}
        await running.send(attributes=board)
        second = (await running.get("servers"))[1]["uuid"]
        await running.ask("POST", f"servers/{second}/integrations", json={"integration_id": hook})
        await running.send(attributes=board, document={"metrics": busy})
        found = await running.get("incidents?status=ongoing")
        (incident,) = found["data"]
        assert found["meta"] == {"current_page": 1, "per_page": 25, "total_pages": 1, "total_count": 1}
        assert (incident["status"], incident["monitorable_uuid"]) == ("ongoing", second)
        async with connect(running.url, "/page") as client:
            assert (await client.call("loginByToken", running.session))["ok"]
            async with asyncio.timeout(20):
                while not target.requests:
                    await client.call("notifications")
                    await asyncio.sleep(0.05)
        body = json.loads(target.requests[0][2])
        assert body["msg"] == "[web-2] [⚠️ Alert] CPU is at 95.0 %, above 90 % for 5 minutes"
        assert (body["monitor"]["type"], body["monitor"]["uuid"]) == ("server", second)
        taken = await running.ask("POST", f"incidents/{incident['uuid']}/acknowledge")
        assert taken.json()["acknowledged_by"] == "API"
        slept = await running.ask("POST", f"incidents/{incident['uuid']}/snooze", json={"minutes": 5})
        assert slept.status == 200 and slept.json()["snooze_until"]
        assert (await running.ask("GET", "incidents?status=closed")).status == 422
    finally:
        target.stop()


async def test_outages_of_monitors_are_incidents_of_the_first_project(running: Api) -> None:
    await running.server()
    async with connect(running.url) as client:
        assert (await client.call("loginByToken", running.session))["ok"]
        assert (await client.call("addStatusPage", "Public", "public"))["ok"]
        wishes = {**MONITOR, "type": "push", "pushToken": "0123456789"}
        number = (await client.call("add", wishes))["monitorID"]
        beat = f"{running.url}/api/push/0123456789?msg=broken&status="
        assert (await http.get(beat + "down")).json()["ok"]
        (incident,) = (await running.get("incidents?status=ongoing"))["data"]
        assert (incident["monitorable_type"], incident["monitorable_name"]) == ("NetworkMonitor", "watched")
        assert (incident["error_message"], incident["closed_at"]) == ("broken", None)
        assert list(incident) == list(examples.INCIDENT.like)
        for order in ("acknowledge", "snooze"):
            answer = await running.ask("POST", f"incidents/{incident['uuid']}/{order}", json={"minutes": 1})
            assert answer.status == 422 and "Only incidents of servers" in answer.json()["errors"][0]
        assert (await http.get(beat + "up")).json()["ok"]
        found = await running.get("incidents")
        assert [one["uuid"] for one in found["data"]] == [incident["uuid"]]
        assert found["data"][0]["status"] == "resolved" and found["data"][0]["closed_at"]
        assert found["meta"]["total_count"] == 1 and (await running.get("incidents?page=2"))["data"] == []
        # Another project has servers of its own, and none of what belongs to the first.
        other = await running.other_project()
        assert (await running.get("incidents", token=other))["data"] == []
        assert len(await running.get("status_pages")) == 1
        assert await running.get("status_pages", token=other) == []
        assert (await client.call("deleteMonitor", number))["ok"]
        assert (await running.get("incidents"))["meta"]["total_count"] == 0


async def test_tokens_are_shown_once(running: Api) -> None:
    made = await running.ask(
        "POST",
        "tokens",
        running.session,
        json={"token": {"name": "mine", "kind": "user", "expires_at": "2100-01-01T00:00:00Z"}},
    )
    assert made.status == 201
    secret = made.json()["token"]
    assert secret.startswith("klu_")
    assert await running.get("servers", token=secret) == []
    listed = await running.get("tokens", token=secret)
    assert [entry["name"] for entry in listed] == ["mine", "test"]
    assert secret not in json.dumps(listed) and listed[0]["prefix"] == secret[:10]
    assert listed[0]["expires_at"] == "2100-01-01T00:00:00Z"
    assert (await running.ask("DELETE", f"tokens/{listed[0]['uuid']}", running.session)).status == 204
    assert (await running.ask("GET", "servers", secret)).status == 401
    for wishes in (
        {},
        {"name": "x", "kind": "root"},
        {"name": "x", "expires_at": "soon"},
        {"name": "x", "expires_at": "2000-01-01T00:00:00Z"},
    ):
        assert (await running.ask("POST", "tokens", running.session, json={"token": wishes})).status == 422
    nowhere = {"token": {"name": "x", "project_uuid": "none"}}
    assert (await running.ask("POST", "tokens", running.session, json=nowhere)).status == 404


async def test_status_pages_are_listed(running: Api) -> None:
    async with connect(running.url) as client:
        assert (await client.call("loginByToken", running.session))["ok"]
        assert (await client.call("addStatusPage", "Public", "public"))["ok"]
    (page,) = await running.get("status_pages")
    assert (page["name"], page["network_monitors"]) == ("Public", [])


# --- the public agent ------------------------------------------------------------------------------------


async def test_the_public_agent_sends_again_until_it_hears_201(running: Api) -> None:
    """Its traffic: a bare token, every round once more after a failure, the last six after a 413."""
    now = to_ms(SystemClock().now())
    names = ("cpu_used", "mem_used_b", "disk_used_b", "net_sent_b", "net_recv_b", "pkt_sent", "pkt_recv")

    def rounds(first: int, last: int) -> bytes:
        entries = [
            {"metric": name, "value": 1000 + n, "timestamp": iso(now - (20 - n) * 60_000)}
            for n in range(first, last)
            for name in names
        ]
        public = {**ATTRIBUTES, "public_ip": "unknown", "cpu_model": "unknown"}
        return json.dumps({"agent_version": "0.9.2", "attributes": public, "metrics": entries}).encode()

    async def post(body: bytes, token: str) -> Response:
        headers = {
            "Authorization": token,
            "Content-Type": "application/json",
            "User-Agent": "Go-http-client/1.1",
        }
        return await http.request("POST", f"{running.url}/api/v1/server_metrics", headers=headers, body=body)

    assert (await post(rounds(0, 1), "wrong")).status == 401
    first = await post(rounds(0, 2), running.token)
    assert (first.status, first.json()["success_count"]) == (201, 14)
    again = await post(rounds(0, 3), running.token)  # the answer was lost on the way
    assert (again.status, again.json()["success_count"]) == (201, 21)
    (server,) = await running.get("servers")
    found = await running.get(f"servers/{server['uuid']}/metrics?metrics={','.join(names)}")
    assert found["meta"]["total_count"] == 21
    too_large = await post(rounds(0, 20) + b" " * 2_000_000, running.token)
    assert too_large.status == 413
    last_six = json.loads(rounds(0, 20))
    last_six["metrics"] = last_six["metrics"][-6:]
    assert (await post(json.dumps(last_six).encode(), running.token)).status == 201
