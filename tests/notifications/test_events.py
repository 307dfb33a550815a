from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from kuma_lite.core.access import Actor, Right
from kuma_lite.core.bus import Bus
from kuma_lite.core.clock import ManualClock
from kuma_lite.core.database import Database
from kuma_lite.core.doors import COMPATIBLE, PAGE, Access, Doors, Event
from kuma_lite.core.errors import UserError
from kuma_lite.core.kept_secrets import KEEP
from kuma_lite.notifications.service import Notifications
from kuma_lite.notifications.services import apprise
from tests.notifications.sinks import HttpSink
from tests.notifications.test_dispatcher import put, until
from tests.support.actors import COLLEAGUE, OWNER, VIEWER, Connection, Pushes

HOOK = {"name": "hook", "type": "webhook", "webhookURL": "http://h/x", "webhookContentType": "json"}


@pytest.fixture
def doors(notifications: Notifications) -> Doors:
    return notifications.doors()


@pytest.fixture
def call(doors: Doors) -> Callable[..., Any]:
    """`await call("event", *arguments)` as the owner, `page=True` on our own namespace."""
    events: dict[str, Event] = {event.name: event for event in doors.events}

    async def ask(name: str, *arguments: Any, page: bool = False, actor: Actor | None = OWNER) -> Any:
        event = events[name]
        namespace = PAGE if page else COMPATIBLE
        assert namespace in event.namespaces
        try:
            return await event.handler(Connection(actor, namespace), *arguments)
        except UserError as error:
            return event.on_error(error)

    return ask


def lists(pushes: Pushes) -> list[Any]:
    return [argument for _, namespace, event, argument in pushes.pushed if event == "notificationList"]


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
    assert {told[:3] for told in pushes.pushed} == {
        (OWNER, COMPATIBLE, "notificationList"),
        (OWNER, PAGE, "notificationsChanged"),
    }


async def test_log_in_pushes_the_list(call: Callable[..., Any], doors: Doors, pushes: Pushes) -> None:
    await call("addNotification", HOOK, None)
    pushes.pushed.clear()
    assert doors.on_login is not None
    await doors.on_login(Connection())
    assert [entry["config"] for entry in lists(pushes)[0]] == [
        '{"name":"hook","type":"webhook","webhookURL":"http://h/x","webhookContentType":"json",'
        '"applyExisting":false}'
    ]
    assert doors.namespace == COMPATIBLE


async def test_log_in_tells_nobody_else(call: Callable[..., Any], doors: Doors, pushes: Pushes) -> None:
    await call("addNotification", HOOK, None)
    pushes.pushed.clear()
    pushes.listening.append((COLLEAGUE, COMPATIBLE))
    assert doors.on_login is not None and doors.needs is Right.NOTIFICATIONS_VIEW
    await doors.on_login(Connection())
    assert [actor for actor, *_ in pushes.pushed] == [OWNER]


async def test_who_may_only_look_is_shown_no_secret(
    call: Callable[..., Any], doors: Doors, pushes: Pushes
) -> None:
    form = {**HOOK, "webhookAdditionalHeaders": '{"Authorization": "hunter2"}', "ntfypassword": "leftover"}
    pushes.listening.append((VIEWER, COMPATIBLE))
    number = (await call("addNotification", form, None))["id"]
    await call("addNotification", {**form, "type": "no such service"}, None)
    last = {actor: told for actor, _, event, told in pushes.pushed if event == "notificationList"}
    assert [json.loads(entry["config"]) for entry in last[OWNER]] == [
        {**form, "applyExisting": False},
        {**form, "type": "no such service", "applyExisting": False},
    ]
    assert [json.loads(entry["config"]) for entry in last[VIEWER]] == [
        {"name": "hook", "type": "webhook", "webhookContentType": "json", "applyExisting": False},
        {"name": "hook", "type": "no such service", "applyExisting": False},
    ]
    for with_secrets, without in zip(last[OWNER], last[VIEWER], strict=True):
        assert {**with_secrets, "config": None} == {**without, "config": None}
    pushes.pushed.clear()
    assert doors.on_login is not None
    await doors.on_login(Connection(VIEWER))
    assert lists(pushes) == [last[VIEWER]]
    overview = await call("notifications", page=True, actor=VIEWER)
    own_form = await call("notification", number, page=True, actor=VIEWER)
    for secret in ("hunter2", "leftover", "http://h/x"):
        assert secret not in repr(overview) + repr(own_form)


async def test_who_may_only_look_changes_nothing(call: Callable[..., Any], pushes: Pushes) -> None:
    number = (await call("addNotification", HOOK, None))["id"]
    pushes.pushed.clear()
    refused = {"ok": False, "msg": "Permission denied."}
    assert await call("addNotification", HOOK, None, actor=VIEWER) == refused
    assert await call("deleteNotification", number, actor=VIEWER) == refused
    assert pushes.pushed == []


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
                event.name, *[HOOK, None][: event.arguments], actor=None, page=namespace == PAGE
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
    pushes.pushed.clear()
    if not listening:
        pushes.listening.clear()
    await put(database, clock, "a", number)
    await notifications.start()
    await sink.wait_for(1)
    await until(lambda: not notifications.dispatcher._workers)
    await asyncio.sleep(0)
    assert pushes.pushed == ([(OWNER, PAGE, "notificationsChanged", {})] if listening else [])


@pytest.mark.parametrize("installed", [True, False])
def test_what_is_not_installed_is_said(
    doors: Doors, monkeypatch: pytest.MonkeyPatch, installed: bool
) -> None:
    monkeypatch.setattr(apprise, "is_installed", lambda: installed)
    with TestClient(Litestar(doors.routes())) as client:
        services = client.get("/api/v1/notification-services").json()["services"]
    missing = {service["name"]: service["missing"] for service in services if "missing" in service}
    assert missing == ({} if installed else {"apprise": apprise.MISSING})


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
    assert "documentation" not in webhook
    telegram = next(service for service in services if service["name"] == "telegram")
    assert telegram["documentation"] == "https://core.telegram.org/bots/api#sendmessage"
    assert "missing" not in telegram
    named = schema["components"]["schemas"]
    field = next(value for key, value in named.items() if key.endswith("_Field") or key == "Field")
    assert {"name", "label", "kind", "section", "default"} <= set(field["required"])
    assert "help" not in field["required"]
    assert all(route.opt["access"] in (Access.USER, Access.PROJECT) for route in doors.routes())
