"""Integrations over HTTP: what is stored of them, what is shown, and who may be first."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.cli.token import create as create_token
from kuma_lite.core.access import Actor
from kuma_lite.core.clock import SystemClock
from kuma_lite.core.database import Database
from kuma_lite.core.errors import UserError
from kuma_lite.core.limits import DATABASE_FILE
from kuma_lite.core.records import replace
from kuma_lite.notifications import store
from kuma_lite.notifications.service import NOT_FOUND as NO_NOTIFICATION
from kuma_lite.rest.errors import NotFound
from kuma_lite.servers.api.integration_store import Channel, Integrations
from tests.servers.api.test_servers import Api, api
from tests.servers.conftest import Fleet
from tests.support.actors import OWNER, STRANGER
from tests.support.appliance import running as appliance_in
from tests.support.http import Response
from tests.support.sio import connect

SECRET_URL = "https://hooks.example.com:8443/services/secret?key=1"
HEADERS = '{"Authorization": "Bearer secret"}'
MASKED = "is the masked form of a secret; send the secret itself"


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


async def test_a_token_may_make_one_before_there_is_an_account(tmp_path: Path) -> None:
    async with appliance_in(tmp_path):
        pass  # only the database is made
    path, clock = tmp_path / DATABASE_FILE, SystemClock()
    token = await asyncio.to_thread(create_token, path, "machine", None, None, clock)
    async with appliance_in(tmp_path) as server:
        found = Api(server.url, "", token, server.appliance)
        made = await create(found, {"webhook_url": SECRET_URL})
        assert made.status == 201, made.text
        assert [entry["uuid"] for entry in await found.get("integrations")] == [made.json()["uuid"]]
        async with server.logged_in() as client:
            ((entry,),) = client.pushed("notificationList")[-1:]
            assert entry[0]["userId"] == 1, "of the account that was made afterwards"


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


async def test_what_is_new_among_masked_settings_counts(running: Api) -> None:
    made = await create(running, {"webhook_url": SECRET_URL, "webhookAdditionalHeaders": HEADERS})
    settings = {**made.json()["settings"], "webhookContentType": "form-data", "webhookAdditionalHeaders": ""}
    path = f"integrations/{made.json()['uuid']}"
    answer = await running.ask("PATCH", path, json={"integration": {"settings": settings}})
    assert (answer.status, answer.json()["settings"]) == (200, settings)
    kept = await stored(running)
    assert (kept["webhookURL"], kept["webhookContentType"]) == (SECRET_URL, "form-data")
    assert kept["webhookAdditionalHeaders"] == ""


@pytest.mark.parametrize("mask", ["***", "https://other.example.com/...", "http://hooks.example.com/..."])
async def test_the_mask_of_another_secret_is_refused(running: Api, mask: str) -> None:
    made = await create(running, {"webhook_url": SECRET_URL})
    change = {"integration": {"settings": {"webhook_url": mask}}}
    answer = await running.ask("PATCH", f"integrations/{made.json()['uuid']}", json=change)
    assert (answer.status, answer.json()) == (422, {"errors": [f"settings.webhook_url {MASKED}"]})
    assert (await stored(running))["webhookURL"] == SECRET_URL


async def test_a_new_integration_has_no_masked_secrets(running: Api) -> None:
    settings = {"webhookURL": "http://[::1]/...", "webhookAdditionalHeaders": "***"}
    answer = await create(running, settings)
    assert answer.status == 422
    assert answer.json()["errors"] == [f"settings.{key} {MASKED}" for key in settings]
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


# --- at the same time --------------------------------------------------------------------------------------


class Table:
    """Notifications in their table; `meanwhile` is how many more looks go by before all of them vanish."""

    def __init__(self, database: Database) -> None:
        self.meanwhile = -1
        self._database = database

    async def types(self) -> list[str]:
        return ["webhook"]

    def declared(self, kind: str) -> dict[str, bool]:
        return {"webhookURL": True, "httpMethod": False, "webhookContentType": False}

    async def all(self, organisation: int) -> list[Channel]:
        query = "SELECT id, name, type, config FROM notification WHERE organisation_id = ?"
        rows: Any = await self._database.read(lambda db: db.execute(query, (organisation,)).fetchall())
        if self.meanwhile == 0:
            await self._database.write(lambda db: db.execute("DELETE FROM notification"))
        self.meanwhile -= 1
        return [Channel(number, name, kind, json.loads(text)) for number, name, kind, text in rows]

    async def save(self, actor: Actor, form: Mapping[str, Any], channel_id: int | None) -> int:
        if channel_id is None:
            return await self._database.write(lambda db: store.add(db, form, actor.organisation, 1))
        if await self._is_gone(actor, channel_id):
            raise UserError(NO_NOTIFICATION)
        await self._database.write(lambda db: store.change(db, channel_id, form, 0))
        return channel_id

    async def remove(self, actor: Actor, channel_id: int) -> None:
        if await self._is_gone(actor, channel_id):
            raise UserError(NO_NOTIFICATION)
        await self._database.write(lambda db: store.delete(db, channel_id))

    async def _is_gone(self, actor: Actor, channel_id: int) -> bool:
        found = await self._database.read(lambda db: store.find(db, channel_id, actor.organisation))
        return found is None


@pytest.fixture
def table(fleet: Fleet) -> Table:
    return Table(fleet.database)


WISHES = {"type": "Integrations::WebhookIntegration", "settings": {"webhook_url": SECRET_URL}}


async def test_what_vanishes_during_a_look_was_never_there(fleet: Fleet, table: Table) -> None:
    integrations = Integrations(table, fleet.database, fleet.clock)
    for is_named in (False, True):
        number = await table.save(OWNER, {"name": "of the page", "type": "webhook"}, None)
        if is_named:
            assert len(await integrations.list(fleet.owner)) == 1
        table.meanwhile = 0
        assert await integrations.list(fleet.owner) == []
        assert await integrations.of(OWNER.organisation, {number}) == []


async def test_a_new_integration_that_vanishes_is_not_found(fleet: Fleet, table: Table) -> None:
    table.meanwhile = 0
    with pytest.raises(NotFound):
        await Integrations(table, fleet.database, fleet.clock).create(fleet.owner, WISHES)


@pytest.mark.parametrize("looks", [0, 1])
async def test_a_change_of_what_vanishes_is_not_found(fleet: Fleet, table: Table, looks: int) -> None:
    integrations = Integrations(table, fleet.database, fleet.clock)
    made = await integrations.create(fleet.owner, WISHES)
    table.meanwhile = looks
    with pytest.raises(NotFound):
        await integrations.patch(fleet.owner, made["uuid"], {"name": "other"})
    with pytest.raises(NotFound):
        await integrations.delete(fleet.owner, made["uuid"])


async def test_others_have_no_such_integration(fleet: Fleet, table: Table) -> None:
    """Neither another organisation, even in a project of that number, nor another project."""
    integrations = Integrations(table, fleet.database, fleet.clock)
    made = await integrations.create(fleet.owner, WISHES)
    other = await fleet.servers.projects.add(OWNER, "Other")
    for actor in (replace(STRANGER, project_id=fleet.root), replace(OWNER, project_id=other.id)):
        assert await integrations.list(actor) == []
        with pytest.raises(NotFound):
            await integrations.patch(actor, made["uuid"], {"name": "other"})
        with pytest.raises(NotFound):
            await integrations.delete(actor, made["uuid"])
    assert [one["uuid"] for one in await integrations.list(fleet.owner)] == [made["uuid"]]


async def test_only_the_first_of_two_removals_finds_it(fleet: Fleet, table: Table) -> None:
    integrations = Integrations(table, fleet.database, fleet.clock)
    made = await integrations.create(fleet.owner, WISHES)
    removals = [integrations.delete(fleet.owner, made["uuid"]) for _ in range(3)]
    found = await asyncio.gather(*removals, return_exceptions=True)
    assert [type(one) for one in found] == [type(None), NotFound, NotFound]


async def test_two_changes_at_once_both_count(fleet: Fleet, table: Table) -> None:
    integrations = Integrations(table, fleet.database, fleet.clock)
    made = await integrations.create(fleet.owner, WISHES)
    changes: list[dict[str, Any]] = [{"name": "other"}, {"settings": {"webhookContentType": "form-data"}}]
    await asyncio.gather(*(integrations.patch(fleet.owner, made["uuid"], change) for change in changes))
    (found,) = await integrations.list(fleet.owner)
    assert (found["name"], found["settings"]["webhookContentType"]) == ("other", "form-data")


async def test_whoever_comes_too_late_gets_404(running: Api) -> None:
    path = f"servers/{await running.server()}/integrations"
    for _ in range(5):
        hook = await running.webhook()
        attach = {"json": {"integration_id": hook}}
        orders: list[tuple[str, str, dict[str, Any]]] = [("POST", path, attach) for _ in range(5)]
        orders[1:1] = orders[4:4] = [("DELETE", f"integrations/{hook}", {})]
        answers = await asyncio.gather(
            *(running.ask(method, place, **options) for method, place, options in orders)
        )
        removed = sorted(
            answer.status for order, answer in zip(orders, answers, strict=True) if order[0] == "DELETE"
        )
        assert removed == [204, 404]
        for order, answer in zip(orders, answers, strict=True):
            assert order[0] == "DELETE" or answer.status in (201, 404), answer.text
        assert (await running.ask("POST", path, json={"integration_id": hook})).status == 404


# --- of a project that goes --------------------------------------------------------------------------------


async def test_a_project_with_integrations_cannot_be_removed(running: Api) -> None:
    other = await running.other_project()
    project = (await running.get("projects", token=running.session))[1]["uuid"]
    made = await create(running, {"webhook_url": SECRET_URL}, other)
    sentence = "The project still has integrations, the notifications made with its tokens."
    answer = await running.ask("DELETE", f"projects/{project}", running.session)
    assert (answer.status, answer.json()) == (422, {"errors": [sentence]})
    async with connect(running.url, "/page") as client:
        assert (await client.call("loginByToken", running.session))["ok"]
        assert (await client.call("deleteProject", project))["msg"] == sentence
    assert len(await running.get("integrations", token=other)) == 1
    assert (await running.ask("DELETE", f"integrations/{made.json()['uuid']}", other)).status == 204
    assert (await running.ask("DELETE", f"projects/{project}", running.session)).status == 204
    assert (await running.ask("DELETE", f"projects/{project}", running.session)).status == 404
    assert await running.get("integrations") == []


async def test_only_the_first_of_two_removals_finds_the_project(fleet: Fleet) -> None:
    projects = fleet.servers.projects
    other = await projects.add(OWNER, "Other")
    found = await asyncio.gather(*(projects.remove(other) for _ in range(2)), return_exceptions=True)
    assert [getattr(one, "status", None) for one in found] == [None, 404]


async def test_the_first_project_gets_nothing_that_was_made_for_one_that_went(
    fleet: Fleet, table: Table
) -> None:
    integrations = Integrations(table, fleet.database, fleet.clock)
    other = await fleet.servers.projects.add(OWNER, "Other")
    await fleet.servers.projects.remove(other)
    looks = [integrations.list(fleet.owner) for _ in range(3)]  # one may find it before it has a name
    found = await asyncio.gather(
        integrations.create(replace(OWNER, project_id=other.id), WISHES), *looks, return_exceptions=True
    )
    assert isinstance(found[0], NotFound)
    assert await table.all(OWNER.organisation) == await integrations.list(fleet.owner) == []
