"""Everything that people keep, over HTTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.checks import monitor_types
from kuma_lite.core.bus import Bus
from kuma_lite.core.clock import ManualClock
from kuma_lite.management.doors import EXAMPLES, ONCE
from kuma_lite.monitors.doors.live import REMEMBERED, Filter, LiveEvents
from kuma_lite.monitors.engine.roster import Roster
from kuma_lite.monitors.model import MonitorRemoved
from tests.cli.test_config_files import example
from tests.support import http
from tests.support.actors import OWNER
from tests.support.appliance import Running, add_monitor, running
from tests.support.served import PASSWORD, USER
from tests.support.sink import sink

PATHS = {
    "tag": "tags", "proxy": "proxies", "docker_host": "docker-hosts", "remote_browser": "remote-browsers",
    "notification": "notifications", "monitor": "monitors", "status_page": "status-pages",
    "maintenance": "maintenance", "api_key": "api-keys",
    "webhook": "webhooks",
}  # fmt: skip
# A field of each kind with another value.
CHANGED: dict[str, tuple[str, Any]] = {
    "tag": ("color", "#000000"), "proxy": ("port", 8080), "docker_host": ("name", "Other"),
    "remote_browser": ("name", "Other"), "notification": ("topic", "other"), "monitor": ("interval", 90),
    "status_page": ("title", "Other"), "maintenance": ("title", "Other"),
    "api_key": ("active", False), "webhook": ("name", "Other"),
}  # fmt: skip
SECRET = "very-secret"


@dataclass
class Api:
    """Somebody with a token."""

    server: Running
    token: str

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> http.Response:
        return await http.request(
            method,
            f"{self.server.url}/api/v1/{path}",
            json=body,
            headers={"Authorization": f"Bearer {self.token}", **headers},
        )

    async def made(self, path: str, body: Any) -> dict[str, Any]:
        answer = await self.ask("POST", path, body)
        assert answer.status == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    async with running(tmp_path) as server:
        async with server.logged_in():
            pass
        accounts = server.appliance._ground.accounts
        person = accounts.token_for(await accounts.log_in(USER, PASSWORD, None))
        made = await Api(server, person).ask("POST", "tokens", {"token": {"name": "t", "kind": "user"}})
        yield Api(server, made.json()["token"])


@pytest.mark.parametrize("kind", EXAMPLES)
async def test_the_way_of_a_thing(api: Api, kind: str) -> None:
    path = PATHS[kind]
    # A monitor that is checked meanwhile has another state.
    body = await api.made(path, {**EXAMPLES[kind], **({"active": False} if kind == "monitor" else {})})
    for told in ONCE.get(kind, ()):
        assert body.pop(told)
    one = f"{path}/{body['id']}"
    shown = await api.ask("GET", one)
    assert (shown.status, shown.json()) == (200, body)
    tag = shown.headers["etag"]
    assert (await api.ask("GET", one, **{"If-None-Match": tag})).status == 304
    # What was read can be sent again, and changes nothing.
    again = await api.ask("PUT", one, body)
    assert (again.status, again.json(), again.headers["etag"]) == (200, body, tag)
    field, value = CHANGED[kind]
    changed = await api.ask("PATCH", one, {field: value}, **{"If-Match": tag})
    expected = {**body, field: value}
    if kind == "api_key":  # its state follows
        expected["state"] = {**body["state"], "status": "inactive"}
    assert (changed.status, changed.json()) == (200, expected)
    for method, late in (("PATCH", {field: value}), ("PUT", body), ("DELETE", None)):
        refused = await api.ask(method, one, late, **{"If-Match": tag})
        assert (refused.status, refused.headers["content-type"]) == (412, "application/problem+json")
    wanted = json.dumps(value).strip(chr(34)).replace("#", "%23")
    listed = (await api.ask("GET", f"{path}?{field}={wanted}")).json()
    assert (listed["data"], listed["next_cursor"], listed["total"]) == ([changed.json()], None, 1)
    assert (await api.ask("GET", f"{path}?q=nobody")).json()["total"] == 0
    assert (await api.ask("DELETE", one)).status == 204
    gone = await api.ask("GET", one)
    assert (gone.status, gone.json()["title"]) == (404, "Not Found")


async def test_a_beat_makes_another_answer_and_refuses_nobody(api: Api) -> None:
    body = await api.made("monitors", {"name": "x", "type": "push", "interval": 3600})
    one = f"monitors/{body['id']}"
    tag = (await api.ask("GET", one)).headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        assert (await api.ask("GET", one, **{"If-None-Match": known})).status == 304
    await api.ask("POST", f"{one}/push", {"message": "fine"})
    fresh = await api.ask("GET", one, **{"If-None-Match": tag})
    assert (fresh.status, fresh.json()["state"]["message"]) == (200, "fine")
    assert fresh.headers["etag"] != tag
    # Nothing that anybody could overwrite was changed.
    for weight, known in enumerate(("{}", '"other", W/{}')):
        changed = await api.ask("PATCH", one, {"weight": weight}, **{"If-Match": known.format(tag)})
        assert changed.status == 200
        tag = changed.headers["etag"]
    assert (await api.ask("DELETE", one, **{"If-Match": '"other"'})).status == 412
    assert (await api.ask("DELETE", one, **{"If-Match": tag})).status == 204


@pytest.mark.parametrize(
    ("path", "body", "changes"),
    [
        ("monitors", {"name": "x", "type": "push"}, [("interval", 90), ("weight", 7), ("max_retries", 3)]),
        ("tags", {"name": "x", "color": "#000000"}, [("name", "y"), ("color", "#ffffff")]),
        ("settings", None, [("keep_data_days", 90), ("time_zone", "Europe/Berlin"), ("trust_proxy", True)]),
    ],
)
async def test_changes_at_once_all_count_or_are_refused(
    api: Api, path: str, body: Any, changes: list[tuple[str, Any]]
) -> None:
    one = f"{path}/{(await api.made(path, body))['id']}" if body else path
    for _ in range(5):
        before = (await api.ask("GET", one)).json()
        answers = await asyncio.gather(*(api.ask("PATCH", one, {name: value}) for name, value in changes))
        assert {answer.status for answer in answers} == {200}
        shown = await api.ask("GET", one)
        assert {name: shown.json()[name] for name, _ in changes} == dict(changes)
        # Back again, but only one of them saw what there is.
        tag = shown.headers["etag"]
        answers = await asyncio.gather(
            *(api.ask("PATCH", one, {name: before[name]}, **{"If-Match": tag}) for name, _ in changes)
        )
        assert sorted(answer.status for answer in answers) == [200, *[412] * (len(changes) - 1)]
        await asyncio.gather(*(api.ask("PATCH", one, {name: before[name]}) for name, _ in changes))


async def test_a_key_is_told_once(api: Api) -> None:
    made = await api.made("api-keys", {"name": "k", "scopes": ["read"]})
    reader = Api(api.server, made["key"])
    assert (await reader.ask("GET", "tags")).status == 200
    shown = (await api.ask("GET", f"api-keys/{made['id']}")).json()
    assert "key" not in shown
    assert (shown["state"]["status"], shown["state"]["expires_at"]) == ("active", None)
    assert shown["state"]["last_used_at"] is not None
    assert made["key"].partition("_")[2] not in (await api.ask("GET", "api-keys")).text
    refused = await api.ask("PATCH", f"api-keys/{made['id']}", {"scopes": ["write"]})
    assert refused.status == 422
    assert (await reader.ask("POST", "api-keys", {"name": "more"})).status == 403


async def test_copies(api: Api) -> None:
    body = await api.made("monitors", {"name": "p", "type": "push", "token": "t" * 32, "interval": 90})
    copy = await api.ask("POST", f"monitors/{body['id']}/clone", {"name": "q"})
    assert copy.status == 201, copy.text
    shown = copy.json()
    assert (shown["name"], shown["interval"], shown["id"]) == ("q", 90, body["id"] + 1)
    keeper = api.server.appliance.resources["monitor"].keeper
    tokens = {(await keeper.find(None, key)).document["pushToken"] for key in (1, 2)}  # type: ignore[arg-type]
    assert len(tokens) == 2
    hook = await api.made("notifications", EXAMPLES["notification"])
    again = await api.ask("POST", f"notifications/{hook['id']}/clone")
    assert (again.status, again.json()) == (201, {**hook, "id": hook["id"] + 1})
    assert (await api.ask("POST", "monitors/9/clone")).status == 404
    assert (await api.ask("POST", f"monitors/{body['id']}/clone", {"interval": 0})).status == 422


async def test_settings(api: Api) -> None:
    shown = (await api.ask("GET", "settings")).json()
    assert (shown["keep_data_days"], shown["secrets"], shown["cors_origins"]) == (365, [], [])
    changed = await api.ask("PATCH", "settings", {"keep_data_days": 30, "steam_api_key": SECRET})
    assert changed.status == 200, changed.text
    assert changed.json() == {**shown, "keep_data_days": 30, "secrets": ["steam_api_key"]}
    assert SECRET not in changed.text
    settings = api.server.appliance._ground.settings
    assert (settings.get("keepDataPeriodDays"), settings.get("steamAPIKey")) == (30, SECRET)
    # What was read can be sent again, and changes nothing.
    assert (await api.ask("PATCH", "settings", changed.json())).json() == changed.json()
    assert (await api.ask("PATCH", "settings", {"keep_data_days": None})).json()["keep_data_days"] == 365
    for bad, pointer in (
        ({"disableAuth": True}, "/disableAuth"),
        ({"keep_data_days": "x"}, "/keep_data_days"),
        ({"cors_origins": [1, {}]}, "/cors_origins"),
    ):
        answer = await api.ask("PATCH", "settings", bad)
        assert (answer.status, answer.json()["errors"][0]["pointer"]) == (422, pointer), answer.text
    assert (await api.ask("PATCH", "settings", {"time_zone": "Nowhere"})).status == 422
    tag = (await api.ask("GET", "settings")).headers["etag"]
    assert (await api.ask("GET", "settings", **{"If-None-Match": tag})).status == 304
    for status in (200, 412):  # the second one has not seen the change of the first
        stale = await api.ask("PATCH", "settings", {"keep_data_days": 40 + status}, **{"If-Match": tag})
        assert stale.status == status, stale.text
    assert settings.get("keepDataPeriodDays") == 240
    assert settings.get("disableAuth") is None


async def test_a_test_of_a_notification(api: Api) -> None:
    async with sink() as receiver:
        hook = {"name": "h", "type": "webhook", "address": receiver.url, "shape": "json"}
        made = await api.made("notifications", hook)
        answer = await api.ask("POST", f"notifications/{made['id']}/test")
        assert (answer.status, answer.json()) == (200, {"answer": "Sent Successfully."})
        assert b"Testing" in receiver.got[0].body
    failed = await api.ask("POST", f"notifications/{made['id']}/test")
    assert (failed.status, failed.headers["content-type"]) == (422, "application/problem+json")
    assert (await api.ask("POST", "notifications/9/test")).status == 404


async def test_chart_and_uptime_of_any_time(api: Api) -> None:
    body = await api.made("monitors", {"name": "x", "type": "push", "interval": 3600})
    one = f"monitors/{body['id']}"
    await api.ask("POST", f"{one}/push", {"ping": 12})
    for hours in (1, 200, 2000):
        newest = (await api.ask("GET", f"{one}/chart?hours={hours}")).json()[-1]
        assert (newest["up"], newest["down"], newest["average_ping"]) == (1, 0, 12)
    past = (await api.ask("GET", f"{one}/uptime?hours=24&until=2020-01-01T00:00:00Z")).json()
    assert past == {"hours": 24, "uptime": None, "average_ping": None}
    assert (await api.ask("GET", f"{one}/chart?until=soon")).json()["errors"][0]["pointer"] == "/until"


async def test_many_at_once(api: Api) -> None:
    ids = [(await api.made("monitors", {"name": n, "type": "push"}))["id"] for n in "abc"]
    paused = await api.ask("POST", "monitors/bulk", {"monitors": ids, "action": "pause"})
    assert (paused.status, paused.json()) == (200, {"changed": ids, "removed": []})
    wrong = await api.ask("POST", "monitors/bulk", {"monitors": [*ids, 99], "action": "delete"})
    assert wrong.status == 422
    gone = await api.ask("POST", "monitors/bulk", {"monitors": ids[:2], "action": "delete"})
    assert sorted(gone.json()["removed"]) == ids[:2]
    assert (await api.ask("GET", "monitors")).json()["total"] == 1


async def test_every_type_of_monitor_is_made_and_sent_again(api: Api) -> None:
    await api.made("docker-hosts", EXAMPLES["docker_host"])
    for kind in monitor_types():
        document = {"name": kind.name, "type": kind.name, "active": False, **example(kind)}
        if "docker_host" in document:
            document["docker_host"] = 1
        body = await api.made("monitors", document)
        again = await api.ask("PUT", f"monitors/{body['id']}", body)
        assert (again.status, again.json()) == (200, body)


async def test_secrets_stay_inside(api: Api) -> None:
    body = await api.made("monitors", {**EXAMPLES["monitor"], "auth_method": "basic", "basic_pass": SECRET})
    one = f"monitors/{body['id']}"
    assert body["secrets"] == ["basic_pass"]
    for method, change in (
        ("PUT", {**body, "interval": 90}),
        ("PATCH", {"interval": 100}),
        ("PATCH", {"secrets": [], "state": 1, "id": 9}),
    ):
        answer = await api.ask(method, one, change)
        assert (answer.status, answer.json()["secrets"]) == (200, ["basic_pass"])
        assert SECRET not in answer.text
    monitor = await api.server.appliance.resources["monitor"].keeper.find(None, body["id"])  # type: ignore[arg-type]
    assert monitor.document["basic_auth_pass"] == SECRET
    assert (await api.ask("PATCH", one, {"basic_pass": None})).json()["secrets"] == []
    assert (await api.ask("PUT", one, {**body, "basic_pass": "other"})).json()["secrets"] == ["basic_pass"]
    assert (await api.ask("PUT", one, {**body, "basic_pass": ""})).json()["secrets"] == []


BAD: list[tuple[str, Any, str]] = [
    ("monitors", {**EXAMPLES["monitor"], "interval": "often"}, "/interval"),
    ("monitors", {**EXAMPLES["monitor"], "intervall": 5}, "/intervall"),
    ("monitors", {"name": "x"}, "/type"),
    ("monitors", {"name": "x", "type": "none"}, "/type"),
    ("notifications", {"name": "x", "type": "none"}, "/type"),
    ("monitors", {**EXAMPLES["monitor"], "headers": "{"}, ""),
    ("monitors", {**EXAMPLES["monitor"], "notifications": [9]}, ""),
    ("proxies", {**EXAMPLES["proxy"], "port": 0}, ""),
    ("tags", [], ""),
    ("status-pages", {**EXAMPLES["status_page"], "slug": "Not fit!"}, ""),
]


@pytest.mark.parametrize(("path", "body", "pointer"), BAD)
async def test_what_does_not_fit_points_to_the_field(api: Api, path: str, body: Any, pointer: str) -> None:
    answer = await api.ask("POST", path, body)
    problem = answer.json()
    assert (answer.status, answer.headers["content-type"]) == (422, "application/problem+json"), problem
    assert problem["title"] == "Unprocessable Entity"
    assert problem["detail"]
    if pointer:
        assert [one["pointer"] for one in problem["errors"]] == [pointer]
    assert (await api.ask("GET", path)).json()["total"] == 0
    broken = await http.request(
        "POST", f"{api.server.url}/api/v1/{path}", body=b"{", headers={"Authorization": f"Bearer {api.token}"}
    )
    assert (broken.status, broken.json()["detail"]) == (422, "The body is not valid JSON.")


async def test_who_may_not_is_told(api: Api) -> None:
    await api.made("monitors", EXAMPLES["monitor"])
    machine = (await api.ask("POST", "tokens", {"token": {"name": "m"}})).json()["token"]
    for token, status in (("klu_none", 401), (machine, 403)):
        stranger = Api(api.server, token)
        for method, path in (("GET", "monitors"), ("GET", "notifications"), ("POST", "monitors/1/pause")):
            answer = await stranger.ask(method, path)
            assert (answer.status, answer.headers["content-type"]) == (status, "application/problem+json")


async def test_what_was_recorded_and_pausing(api: Api) -> None:
    body = await api.made("monitors", {"name": "x", "type": "push", "interval": 3600, "token": "t" * 32})
    one = f"monitors/{body['id']}"
    assert body["state"] == {"status": None, "checked_at": None, "message": None, "ping": None}
    pushed = await http.get(f"{api.server.url}/api/push/{'t' * 32}?status=up&msg=fine&ping=12")
    assert pushed.status == 200, pushed.text
    async with asyncio.timeout(5):
        while (await api.ask("GET", one)).json()["state"]["status"] != "up":
            await asyncio.sleep(0.05)
    (beat,) = (await api.ask("GET", f"{one}/beats?since=2020-01-01T00:00:00Z")).json()
    assert (beat["status"], beat["message"], beat["ping"], beat["important"]) == ("up", "fine", 12, True)
    assert (await api.ask("GET", f"{one}/events")).json() == [beat]
    assert (await api.ask("GET", f"{one}/beats?since=2999-01-01T00:00:00Z")).json() == []
    uptime = (await api.ask("GET", f"{one}/uptime?hours=720")).json()
    assert uptime == {"hours": 720, "uptime": 1.0, "average_ping": 12.0}
    assert (await api.ask("POST", f"{one}/pause")).status == 204
    assert (await api.ask("GET", one)).json()["state"]["status"] == "paused"
    assert (await api.ask("POST", f"{one}/resume")).status == 204
    assert (await api.ask("GET", one)).json()["state"]["status"] == "up"
    bad = await api.ask("GET", f"{one}/beats?since=yesterday")
    assert (bad.status, bad.json()["errors"][0]["pointer"]) == (422, "/since")
    for path in ("monitors/9/beats", "monitors/x/events", "monitors/9/uptime"):
        assert (await api.ask("GET", path)).status == 404


@asynccontextmanager
async def listening(
    api: Api, query: str = "", last: str | None = None
) -> AsyncIterator[asyncio.StreamReader]:
    """The text of the events, behind the head of the answer."""
    host, port = api.server.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    again = f"Last-Event-ID: {last}\r\n" if last else ""
    head = f"GET /api/v1/events{query} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {api.token}\r\n"
    writer.write(f"{head}{again}\r\n".encode())
    try:
        answer = await reader.readuntil(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 200"), answer
        assert b"text/event-stream" in answer
        yield reader
    finally:
        writer.close()


async def heard(reader: asyncio.StreamReader, until: str) -> list[tuple[str, str, Any]]:
    """Id, type and data of events up to the first of a type."""
    found: list[tuple[str, str, Any]] = []
    given: dict[str, str] = {}
    async with asyncio.timeout(10):
        while not found or found[-1][1] != until:
            name, colon, value = (await reader.readline()).decode().strip().partition(": ")
            if colon:
                given[name] = value
            elif "data" in given:
                found.append((given["id"], given["event"], json.loads(given["data"])))
                given = {}
    return found


async def test_what_happens_is_heard_and_nothing_missed(api: Api) -> None:
    token = "t" * 32
    async with listening(api) as all_of_it, listening(api, "?types=change,removed") as changes:
        body = await api.made("monitors", {"name": "x", "type": "push", "interval": 3600, "token": token})
        await http.get(f"{api.server.url}/api/push/{token}?status=up&msg=fine")
        (edited, *_, changed) = await heard(all_of_it, "change")
        assert edited[1:] == ("monitor", {"monitor": body["id"], "name": "x"})
        assert changed[2]["status"] == "up"
        assert (changed[2]["message"], changed[2]["name"]) == ("fine", "x")
        assert await heard(changes, "change") == [changed]
        await http.get(f"{api.server.url}/api/push/{token}?status=up&msg=more")
        (beat,) = await heard(all_of_it, "beat")
        assert beat[2]["message"] == "more"
        await api.ask("DELETE", f"monitors/{body['id']}")
        (removed,) = await heard(changes, "removed")
        assert removed[2] == {"monitor": body["id"]}
    async with listening(api, last=changed[0]) as again:
        assert [event[1:] for event in await heard(again, "removed")] == [beat[1:], removed[1:]]
    async with listening(api, f"?monitors={body['id'] + 1}", last="1-1") as elsewhere:
        assert [event[1] for event in await heard(elsewhere, "reset")] == ["reset"]
    for query in ("?types=none", "?monitors=x"):
        assert (await api.ask("GET", f"events{query}")).status == 422


async def test_who_reads_nothing_keeps_no_memory() -> None:
    bus, clock = Bus(), ManualClock()
    live = LiveEvents(Roster(), bus, clock)
    stream = live.stream(OWNER, Filter(), None)
    assert await anext(stream) == b"retry: 3000\n\n"
    for number in range(REMEMBERED + 10):
        bus.publish(MonitorRemoved(number, 1))
        bus.publish(MonitorRemoved(number, 2))  # of another organisation
    assert b"event: reset" in await anext(stream)
    bus.publish(MonitorRemoved(7, 1))
    assert b'{"monitor":7}' in await anext(stream)
    await live.close()
    assert [text async for text in stream] == []
    assert not live.has_room


async def test_maintenance_from_now_on(api: Api) -> None:
    monitor = (await api.made("monitors", EXAMPLES["monitor"]))["id"]
    begun = await api.made("maintenance/start", {"title": "Router", "minutes": 60, "monitors": [monitor]})
    assert begun["state"]["status"] == "under-maintenance"
    assert begun["state"]["ends_at"] > begun["state"]["begins_at"]
    shown = (await api.ask("GET", f"maintenance/{begun['id']}")).json()
    assert shown["state"] == begun["state"]
    assert (await api.ask("GET", f"monitors/{monitor}")).status == 200
    ended = await api.ask("POST", f"maintenance/{begun['id']}/end")
    assert ended.json()["state"]["status"] == "ended"
    again = await api.ask("POST", f"maintenance/{begun['id']}/end")
    assert (again.status, again.json()["detail"]) == (422, "It is not under maintenance now.")
    assert (await api.ask("POST", "maintenance/99/end")).status == 404
    forever = await api.made("maintenance/start", {"title": "Long", "minutes": None, "monitors": [monitor]})
    assert forever["state"]["ends_at"] is None
    for body in ({}, {"monitors": []}, {"monitors": ["x"]}, {"monitors": [monitor], "minutes": -1}):
        assert (await api.ask("POST", "maintenance/start", body)).status == 422, body
    assert (await api.ask("POST", "maintenance/start", {"title": "x", "monitors": [999]})).status == 422


HTTP = {"name": "x", "type": "http", "url": "http://127.0.0.1:1/", "active": False}
POINTED: list[tuple[str, Any, str]] = [
    ("monitors", {**HTTP, "url": None}, "/url"),
    ("monitors", {"name": "x", "type": "http"}, "/url"),
    ("monitors", {**HTTP, "name": " "}, "/name"),
    ("monitors", {**HTTP, "interval": 0}, "/interval"),
    ("monitors", {**HTTP, "max_retries": -1}, "/max_retries"),
    ("monitors", {**HTTP, "notifications": 1}, "/notifications"),
    ("monitors", {**HTTP, "notifications": [9]}, "/notifications"),
    ("monitors", {**HTTP, "tags": [{"tag": 9}]}, "/tags"),
    ("monitors", {**HTTP, "tags": [{"tag": 9, "valu": "x"}]}, "/tags"),
    ("monitors", {**HTTP, "parent": 9}, "/parent"),
    ("monitors", {**HTTP, "proxy_id": 9}, "/proxy_id"),
    ("monitors", {"name": "x", "type": "port", "hostname": "a", "port": 99999}, "/port"),
    ("monitors", {"name": "x", "type": "port", "hostname": "a"}, "/port"),
    ("monitors", {"name": "x", "type": "ping", "hostname": "a", "count": 101}, "/count"),
    ("proxies", {**EXAMPLES["proxy"], "port": 0}, "/port"),
    ("proxies", {**EXAMPLES["proxy"], "host": " "}, "/host"),
    ("proxies", {**EXAMPLES["proxy"], "protocol": "gopher"}, "/protocol"),
    ("tags", {"color": "#000000"}, "/name"),
    ("tags", {"name": "", "color": "#000000"}, "/name"),
    ("tags", {"name": "x" * 10_001, "color": "#000000"}, "/name"),
    ("docker-hosts", {"connection": "socket"}, "/name"),
    ("docker-hosts", {"name": "x", "connection": "socket"}, "/daemon"),
    ("docker-hosts", {**EXAMPLES["docker_host"], "name": "x" * 10_001}, "/name"),
    ("remote-browsers", {"name": "x"}, "/url"),
    ("api-keys", {"name": "x", "scopes": ["read"], "expires": "soon"}, "/expires"),
    ("api-keys", {"name": "x", "scopes": ["all"]}, "/scopes"),
    ("maintenance", {**EXAMPLES["maintenance"], "monitors": [9]}, "/monitors"),
    ("maintenance", {**EXAMPLES["maintenance"], "status_pages": [9]}, "/status_pages"),
    ("maintenance", {**EXAMPLES["maintenance"], "strategy": "cron", "cron": "x"}, ""),
    ("status-pages", {"slug": "Not fit!", "title": "x"}, "/slug"),
    ("notifications", {"name": "x", "type": "ntfy"}, "/topic"),
    ("webhooks", {**EXAMPLES["webhook"], "url": "ftp://x"}, "/url"),
]  # fmt: skip


async def test_whatever_does_not_fit_names_its_field(api: Api) -> None:
    wrong = []
    for path, body, pointer in POINTED:
        answer = await api.ask("POST", path, body)
        found = [one["pointer"] for one in answer.json().get("errors", [])]
        if answer.status != 422 or not found or (pointer and found != [pointer]):
            wrong.append((path, body, answer.status, answer.text[:300]))
    assert wrong == []
    for path in PATHS.values():
        assert (await api.ask("GET", path)).json()["total"] == 0, path


async def test_what_was_stored_otherwise_can_still_be_changed(api: Api) -> None:
    """Clients of Uptime Kuma store what they like; of that nobody is kept from changing the rest."""
    async with api.server.logged_in() as client:
        number = await add_monitor(client, name="bare", type="port", url=None, hostname="", port=99999)
    one = f"monitors/{number}"
    body = (await api.ask("GET", one)).json()
    assert (await api.ask("PATCH", one, {"interval": 90})).status == 200
    assert (await api.ask("PUT", one, {**body, "interval": 100})).status == 200
    refused = await api.ask("PATCH", one, {"port": 99998})
    assert refused.json()["errors"][0] == {
        "pointer": "/port", "detail": "Input should be less than or equal to 65535"
    }  # fmt: skip
    assert (await api.ask("PATCH", one, {"hostname": "db", "port": 5432})).status == 200
    assert (await api.ask("PATCH", one, {"hostname": None})).json()["errors"][0]["pointer"] == "/hostname"
