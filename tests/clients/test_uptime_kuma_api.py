"""The PyPI client `uptime-kuma-api-v2` against our server: it must notice nothing.

It keeps the monitor list of its log-in and hears of nothing that Uptime Kuma 2.5 pushes since then, so a
monitor that was added is listed (and can be deleted) in the next session, there as here.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.support.served import PASSWORD, USER, Server, Target, serving

uptime_kuma_api = pytest.importorskip("uptime_kuma_api")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("api") / "data") as running:
        yield running


@contextmanager
def session(server: Server, token: str | None = None) -> Iterator[Any]:
    with uptime_kuma_api.UptimeKumaApi(server.url, timeout=20) as client:
        if token is not None:
            client.login_by_token(token)
        else:
            client.login(USER, PASSWORD)
        yield client


@pytest.fixture(scope="module")
def token(server: Server) -> str:
    with uptime_kuma_api.UptimeKumaApi(server.url, timeout=20) as client:
        if client.need_setup():
            client.setup(USER, PASSWORD)
        found: str = client.login(USER, PASSWORD)["token"]
        return found


@pytest.fixture
def api(server: Server, token: str) -> Iterator[Any]:
    with session(server, token) as client:
        yield client


@pytest.fixture(scope="module")
def target() -> Iterator[Target]:
    made = Target()
    yield made
    made.stop()


def first_beats(api: Any, monitor_id: int, seconds: float = 20) -> list[dict[str, Any]]:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        beats: list[dict[str, Any]] = api.get_monitor_beats(monitor_id, 1)
        if beats:
            return beats
        time.sleep(0.1)
    raise AssertionError("no beat")


def test_a_monitor_from_adding_to_deleting(server: Server, token: str, api: Any, target: Target) -> None:
    added = api.add_monitor(type=uptime_kuma_api.MonitorType.HTTP, name="web", url=target.url, interval=20)
    assert added["msg"] == "successAdded"
    monitor_id = added["monitorID"]

    (beat, *_) = first_beats(api, monitor_id)
    assert beat["status"] == 1
    assert beat["msg"] == "200 - OK"
    assert target.requests[-1][:2] == ("GET", "/")

    with session(server, token) as later:
        go_on_with(later, monitor_id, target)


def go_on_with(api: Any, monitor_id: int, target: Target) -> None:
    monitor = api.get_monitor(monitor_id)
    assert (monitor["name"], monitor["url"], monitor["active"]) == ("web", target.url, True)
    assert [item["id"] for item in api.get_monitors()] == [monitor_id]

    api.edit_monitor(monitor_id, name="renamed", interval=30)
    assert api.get_monitor(monitor_id)["name"] == "renamed"
    assert api.pause_monitor(monitor_id)["msg"] == "successPaused"
    assert api.get_monitor(monitor_id)["active"] is False
    assert api.resume_monitor(monitor_id)["msg"] == "successResumed"
    assert api.get_monitor_status(monitor_id) == uptime_kuma_api.MonitorStatus.UP
    assert api.uptime()[monitor_id][24] == 1

    assert api.delete_monitor(monitor_id)["msg"] == "successDeleted"
    with pytest.raises(uptime_kuma_api.UptimeKumaException):
        api.get_monitor(monitor_id)


@pytest.mark.parametrize(
    "fields",
    [
        {"type": "keyword", "keyword": "ok"},
        {"type": "ping", "hostname": "127.0.0.1"},
        {"type": "push"},
        {"type": "group"},
        {"type": "json-query", "jsonPath": "$", "expectedValue": "ok"},
    ],
    ids=lambda fields: fields["type"],
)
def test_other_types_can_be_added_and_read_back(api: Any, target: Target, fields: dict[str, Any]) -> None:
    kind = uptime_kuma_api.MonitorType(fields["type"])
    rest = {key: value for key, value in fields.items() if key != "type"}
    if fields["type"] in ("keyword", "json-query"):
        rest["url"] = target.url
    monitor_id = api.add_monitor(type=kind, name=fields["type"], **rest)["monitorID"]
    monitor = api.get_monitor(monitor_id)
    assert monitor["type"] == kind
    for key, value in rest.items():
        assert monitor[key] == value


def test_notifications(api: Any, target: Target) -> None:
    kind = uptime_kuma_api.NotificationType.WEBHOOK
    fields = {"webhookURL": f"{target.url}/hook", "webhookContentType": "json"}
    assert api.test_notification(name="hook", type=kind, **fields)["msg"] == "Sent Successfully."
    assert ("POST", "/hook") in [request[:2] for request in target.requests]  # monitors ask it as well
    added = api.add_notification(name="hook", type=kind, isDefault=True, **fields)
    (listed,) = api.get_notifications()
    assert (listed["id"], listed["name"], listed["isDefault"]) == (added["id"], "hook", True)
    api.edit_notification(added["id"], name="renamed")
    assert api.get_notification(added["id"])["name"] == "renamed"
    api.delete_notification(added["id"])
    assert api.get_notifications() == []


def test_what_the_server_says_of_itself(api: Any) -> None:
    assert api.info()["version"] == "2.5.3"
    assert api.get_settings()["serverTimezone"]


def test_wrong_credentials(server: Server) -> None:
    wrong = pytest.raises(uptime_kuma_api.UptimeKumaException, match="authIncorrectCreds")
    with uptime_kuma_api.UptimeKumaApi(server.url, timeout=20) as client, wrong:
        client.login(USER, "wrong")
