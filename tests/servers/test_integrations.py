"""Integrations over HTTP: what is stored of them, what is shown, and who may be first."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.servers.test_routes import Api, api
from tests.support.http import Response
from tests.support.sio import connect

SECRET_URL = "https://hooks.example.com:8443/services/secret?key=1"
HEADERS = '{"Authorization": "Bearer secret"}'
VEILED = "is the veiled form of a secret; send the secret itself"


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Api]:
    async with api(tmp_path / "data") as found:
        yield found


async def stored(running: Api) -> dict[str, Any]:
    """The only notification as clients of Uptime Kuma get it, with its secrets."""
    async with connect(running.url) as client:
        assert (await client.call("loginByToken", running.session))["ok"]
        ((entry,),) = await client.wait_for("notificationList")
        found: dict[str, Any] = json.loads(entry["config"])
        return found


async def create(running: Api, settings: dict[str, Any], token: str = "") -> Response:
    wishes = {"type": "Integrations::WebhookIntegration", "settings": settings}
    return await running.ask("POST", "integrations", token, json={"integration": wishes})


# --- secrets -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
@pytest.mark.parametrize("url", [SECRET_URL, "http://user:word@[::1]:9/hook"])
async def test_settings_may_be_sent_back_as_they_were_shown(running: Api, method: str, url: str) -> None:
    made = await create(running, {"webhook_url": url, "webhookAdditionalHeaders": HEADERS})
    path, before = f"integrations/{made.json()['uuid']}", await stored(running)
    shown = await running.get(path)
    assert shown["settings"]["webhookAdditionalHeaders"] == "***"
    answer = await running.ask(method, path, json={"integration": shown})
    assert (answer.status, answer.json()["settings"]) == (200, shown["settings"])
    assert await stored(running) == before
    assert (before["webhookURL"], before["webhookAdditionalHeaders"]) == (url, HEADERS)


async def test_what_is_new_among_veiled_settings_counts(running: Api) -> None:
    made = await create(running, {"webhook_url": SECRET_URL, "webhookAdditionalHeaders": HEADERS})
    settings = {**made.json()["settings"], "webhookContentType": "form-data", "webhookAdditionalHeaders": ""}
    path = f"integrations/{made.json()['uuid']}"
    answer = await running.ask("PATCH", path, json={"integration": {"settings": settings}})
    assert (answer.status, answer.json()["settings"]) == (200, settings)
    kept = await stored(running)
    assert (kept["webhookURL"], kept["webhookContentType"]) == (SECRET_URL, "form-data")
    assert kept["webhookAdditionalHeaders"] == ""


@pytest.mark.parametrize("veil", ["***", "https://other.example.com/...", "http://hooks.example.com/..."])
async def test_the_veil_of_another_secret_is_refused(running: Api, veil: str) -> None:
    made = await create(running, {"webhook_url": SECRET_URL})
    change = {"integration": {"settings": {"webhook_url": veil}}}
    answer = await running.ask("PATCH", f"integrations/{made.json()['uuid']}", json=change)
    assert (answer.status, answer.json()) == (422, {"errors": [f"settings.webhook_url {VEILED}"]})
    assert (await stored(running))["webhookURL"] == SECRET_URL


async def test_a_new_integration_has_no_veiled_secrets(running: Api) -> None:
    settings = {"webhookURL": "http://[::1]/...", "webhookAdditionalHeaders": "***"}
    answer = await create(running, settings)
    assert answer.status == 422
    assert answer.json()["errors"] == [f"settings.{key} {VEILED}" for key in settings]
    assert await running.get("integrations") == []
    open_text = {"webhook_url": SECRET_URL, "webhookContentType": "custom", "webhookCustomBody": "***"}
    assert (await create(running, open_text)).status == 201


# --- settings that the kind does not declare ---------------------------------------------------------------

PASSWORD = "hunter2"


async def test_unknown_settings_are_refused(running: Api) -> None:
    hook = await running.webhook(SECRET_URL)
    before = await stored(running)
    settings = {"password": PASSWORD, "smtpHost": "mail", "x" * 99: 1, "webhook_url": "http://127.0.0.1:9"}
    made = await create(running, settings)
    change = {"integration": {"settings": settings}}
    changed = await running.ask("PATCH", f"integrations/{hook}", json=change)
    sentences = [f"settings.{key} is unknown" for key in ("password", "smtpHost", "x" * 40)]
    for answer in (made, changed):
        assert (answer.status, answer.json()) == (422, {"errors": sentences})
    assert len(await running.get("integrations")) == 1
    assert await stored(running) == before


@pytest.mark.parametrize("kind", ["webhook", "pigeon"])
async def test_what_a_client_stored_besides_stays_and_is_not_shown(running: Api, kind: str) -> None:
    theirs = {
        "name": "theirs",
        "type": kind,
        "webhookURL": SECRET_URL,
        "webhookContentType": "json",
        "password": PASSWORD,
    }
    async with connect(running.url) as client:
        assert (await client.call("loginByToken", running.session))["ok"]
        assert (await client.call("addNotification", theirs, None))["ok"]
    (shown,) = await running.get("integrations")
    declared = {"webhook_url": "https://hooks.example.com/...", "webhookContentType": "json"}
    assert shown["settings"] == (declared if kind == "webhook" else {})
    assert (await stored(running)).items() >= theirs.items()
    if kind == "webhook":
        path = f"integrations/{shown['uuid']}"
        assert (await running.ask("PATCH", path, json={"integration": shown})).status == 200
        assert (await stored(running)).items() >= theirs.items()
