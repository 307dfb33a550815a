from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from kuma_lite.core.bus import Bus
from kuma_lite.core.clock import ManualClock
from kuma_lite.core.database import Database
from kuma_lite.core.doors import COMPATIBLE, PAGE, Access, Doors, Event
from kuma_lite.core.errors import UserError
from kuma_lite.notifications.masking import KEEP
from kuma_lite.notifications.service import Notifications
from kuma_lite.notifications.services import apprise
from tests.notifications.peers import Connection, Pushes
from tests.notifications.sinks import HttpSink
from tests.notifications.test_dispatcher import put, until

HOOK = {"name": "hook", "type": "webhook", "webhookURL": "http://h/x", "webhookContentType": "json"}


@pytest.fixture
def doors(notifications: Notifications) -> Doors:
    return notifications.doors()


@pytest.fixture
def call(doors: Doors) -> Callable[..., Any]:
    """`await call("event", *arguments)` as user 1, `page=True` on our own namespace."""
    events: dict[str, Event] = {event.name: event for event in doors.events}

    async def ask(name: str, *arguments: Any, page: bool = False, user: int | None = 1) -> Any:
        event = events[name]
        namespace = PAGE if page else COMPATIBLE
        assert namespace in event.namespaces
        try:
            return await event.handler(Connection(user, namespace), *arguments)
        except UserError as error:
            return event.on_error(error)

    return ask


def lists(pushes: Pushes) -> list[Any]:
    return [argument for _, namespace, event, argument in pushes.sent if event == "notificationList"]


async def test_adding_editing_and_deleting(call: Callable[..., Any], pushes: Pushes) -> None:
    added = await call("addNotification", HOOK, None)
    number = added["id"]
    assert added == {"ok": True, "msg": "Saved.", "msgi18n": True, "id": number}
    assert [entry["name"] for entry in lists(pushes)[-1]] == ["hook"]
    edited = await call("addNotification", {**HOOK, "name": "renamed"}, number)
    assert edited["id"] == number
    assert [entry["name"] for entry in lists(pushes)[-1]] == ["renamed"]
    deleted = {"ok": True, "msg": "successDeleted", "msgi18n": True}
    assert await call("deleteNotification", number) == deleted
    assert lists(pushes)[-1] == []
    assert await call("deleteNotification", number) == {"ok": False, "msg": "notification not found"}
    assert await call("addNotification", HOOK, 99999) == {"ok": False, "msg": "notification not found"}
    assert len(lists(pushes)) == 3, "what fails pushes nothing"


async def test_changes_reach_both_namespaces(call: Callable[..., Any], pushes: Pushes) -> None:
    await call("addNotification", HOOK, None)
    await asyncio.sleep(0)
    assert {(user, namespace, event) for user, namespace, event, _ in pushes.sent} == {
        (1, COMPATIBLE, "notificationList"),
        (1, PAGE, "notificationsChanged"),
    }


async def test_log_in_pushes_the_list(call: Callable[..., Any], doors: Doors, pushes: Pushes) -> None:
    await call("addNotification", HOOK, None)
    pushes.sent.clear()
    assert doors.on_login is not None
    await doors.on_login(Connection())
    assert [entry["config"] for entry in lists(pushes)[0]] == [
        '{"name":"hook","type":"webhook","webhookURL":"http://h/x","webhookContentType":"json",'
        '"applyExisting":false}'
    ]
    assert doors.namespace == COMPATIBLE


async def test_the_test_button(call: Callable[..., Any], sink: HttpSink) -> None:
    form = {**HOOK, "webhookURL": sink.url}
    assert await call("testNotification", form) == {"ok": True, "msg": "Sent Successfully."}
    refused = await call("testNotification", {**form, "webhookAdditionalHeaders": "{nope"})
    assert refused == {"ok": False, "msg": "Additional Headers is not a valid JSON"}


async def test_check_apprise_is_a_plain_boolean(
    call: Callable[..., Any], doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    for installed in (True, False):
        monkeypatch.setattr(apprise, "is_installed", lambda found=installed: found)
        assert await call("checkApprise") is installed
    event = next(event for event in doors.events if event.name == "checkApprise")
    assert event.access is Access.USER
    assert event.on_error(UserError("You are not logged in.")) is False


async def test_the_page_gets_no_secret(call: Callable[..., Any]) -> None:
    number = (await call("addNotification", HOOK, None, page=True))["id"]
    overview = await call("notifications", page=True)
    assert overview["ok"]
    assert overview["notifications"][0]["name"] == "hook"
    form = (await call("notification", number, page=True))["notification"]
    assert form["webhookURL"] == KEEP
    assert "http://h/x" not in repr(overview) + repr(form)
    refused = await call("addNotification", {**form, "webhookContentType": ""}, number, page=True)
    assert refused == {"ok": False, "msg": "Request Body is required.", "field": "webhookContentType"}
    assert (await call("addNotification", {**form, "name": "x"}, number, page=True))["ok"]


async def test_nobody_without_a_session(call: Callable[..., Any], doors: Doors) -> None:
    for event in doors.events:
        assert event.access is Access.USER
        if event.name != "checkApprise":
            namespace = PAGE if COMPATIBLE not in event.namespaces else COMPATIBLE
            answer = await call(
                event.name, *[HOOK, None][: event.arguments], user=None, page=namespace == PAGE
            )
            assert answer == {"ok": False, "msg": "You are not logged in."}


@pytest.mark.parametrize("listening", [True, False])
async def test_the_page_hears_of_deliveries(
    call: Callable[..., Any],
    notifications: Notifications,
    database: Database,
    clock: ManualClock,
    bus: Bus,
    pushes: Pushes,
    sink: HttpSink,
    listening: bool,
) -> None:
    number = (await call("addNotification", {**HOOK, "webhookURL": sink.url}, None))["id"]
    await asyncio.sleep(0)
    pushes.sent.clear()
    pushes.listening = listening
    await put(database, clock, "a", number)
    await notifications.start()
    await sink.wait_for(1)
    await until(lambda: not notifications.dispatcher._workers)
    await asyncio.sleep(0)
    assert pushes.sent == ([(1, PAGE, "notificationsChanged", {})] if listening else [])


def test_the_declarations_over_http(doors: Doors, notifications: Notifications) -> None:
    with TestClient(Litestar(doors.routes())) as client:
        services = client.get("/api/v1/notification-services").json()["services"]
        schema = client.get("/schema/openapi.json").json()
    assert {service["name"] for service in services} == {kind.name for kind in notifications.services}
    assert {"apprise", "discord", "smtp", "ntfy", "telegram"} < {service["name"] for service in services}
    labels = [service["label"].lower() for service in services]
    assert labels == sorted(labels)
    webhook = next(service for service in services if service["name"] == "webhook")
    assert (webhook["label"], webhook["groups"]) == ("Webhook", ["universal"])
    assert webhook["fields"][0]["name"] == "webhookURL"
    assert webhook["fields"][0]["secret"] is True
    assert webhook["fields"][2]["shownWhen"] == {"option": "httpMethod", "values": ["post"]}
    assert "shownWhen" not in webhook["fields"][0]
    named = schema["components"]["schemas"]
    field = next(value for key, value in named.items() if key.endswith("_Field") or key == "Field")
    assert {"name", "label", "kind", "section", "default"} <= set(field["required"])
    assert "help" not in field["required"]
    assert all(route.opt["access"] is Access.USER for route in doors.routes())
