"""Every kind of thing that people keep, in the whole program: made from a document and described by it."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.accounts.model import User as Account
from kuma_lite.checks import monitor_types
from kuma_lite.checks.http import HttpMonitor
from kuma_lite.core.errors import UserError
from kuma_lite.core.kept_secrets import KEEP
from kuma_lite.core.resource_documents import SECRET, Documents, fields_of
from kuma_lite.core.resources import (
    CREATE,
    DELETE,
    REPLACE,
    Document,
    Missing,
    Resources,
    User,
    values_at,
)
from kuma_lite.monitors.document.common_options import MonitorOptions
from kuma_lite.monitors.document.fields import FIELDS
from kuma_lite.monitors.resource import REFERENCES as MONITOR_REFERENCES
from kuma_lite.notifications.services.webhook import WebhookOptions
from tests.servers.reports import report
from tests.support import http
from tests.support.actors import OWNER, STRANGER, with_only, without
from tests.support.appliance import add_monitor, running
from tests.support.sio import NO_ANSWER

WORD = "very-secret"  # in everything that is a secret
# By what documents name the options of a type: key on the wire → name.
HOOK = {key: field.name for key, field in fields_of((WebhookOptions,)).items()}
HTTP = {key: field.name for key, field in fields_of((HttpMonitor.options,)).items()}

# In an order in which each names only what is there already.
GIVEN: dict[str, Document] = {
    "tag": {"name": "team", "color": "#222222"},
    "proxy": {
        "host": "127.0.0.1", "port": 1, "auth": True, "username": "p",
        "password": {SECRET: "proxies/127.0.0.1:1/password"}, "default": True,
    },
    "docker_host": {"name": "box", "connection": "tcp", "daemon": "http://127.0.0.1:1"},
    "remote_browser": {"name": "browser", "url": {SECRET: "remote_browsers/browser/url"}},
    "notification": {
        "name": "hook", "type": "webhook", "is_default": True, "active": False,
        HOOK["webhookContentType"]: "json",
        HOOK["webhookURL"]: {SECRET: f"notifications/hook/{HOOK['webhookURL']}"},
    },
    "monitor": {
        "name": "Shop", "type": "http", "url": "http://127.0.0.1:1/", "weight": 3000, "interval": 3600,
        "active": False, "notifications": ["hook"],
        HTTP["proxyId"]: "127.0.0.1:1",
        HTTP["bearer_token"]: {SECRET: f"monitors/Shop/{HTTP['bearer_token']}"},
        "tags": [{"tag": "team", "value": "blue"}, {"tag": "team", "value": None}],
    },
    "project": {"name": "side"},
    "server": {
        "alert_settings": {"threshold": {"cpu": 50}}, "notifications": ["hook"], "maintenance": [],
        "tags": ["team"],
    },
    "status_page": {
        "slug": "shop", "title": "Shop", "theme": "dark", "domains": ["shop.example.com"],
        "servers": ["box1"],
        "groups": [
            {
                "name": "All",
                "monitors": [{"monitor": "Shop", "show_url": True}],
                "components": [{"name": "Both", "rule": "share", "share": 60, "monitors": ["Shop"]}],
            }
        ],
        "auto_incident_minutes": 5,
    },
    "maintenance": {
        "title": "works", "strategy": "recurring-weekday", "weekdays": [1, 5], "timezone": "Europe/Berlin",
        "date_range": ["2026-01-01 00:00:00", None], "monitors": ["Shop"], "status_pages": ["shop"],
        "time_range": [
            {"hours": 2, "minutes": 0, "seconds": 0}, {"hours": 3, "minutes": 30, "seconds": 0},
        ],
    },
    "api_key": {"name": "metrics", "expires": "2099-01-01 00:00:00", "active": False},
    "token": {"name": "agent", "project": "side", "expires": "2099-01-01T00:00:00Z"},
    "webhook": {
        "name": "feed", "url": "http://127.0.0.1:1/", "kinds": ("beat",), "active": False,
        "secret": {"$secret": "webhooks/feed/secret"},
    },
}  # fmt: skip
# A merge patch by the keys of the wire.
CHANGES: dict[str, Document] = {
    "tag": {"color": "#333333"},
    "proxy": {"port": 2},
    "docker_host": {"dockerType": "socket", "dockerDaemon": "/run/docker.sock"},
    "remote_browser": {"name": "other"},
    "notification": {"active": True, "name": "other"},
    "monitor": {"name": "Other", "weight": 1, "active": True, "tags": [], "method": "HEAD", "proxyId": None},
    "server": {"alert_settings": {"threshold": {"cpu": None, "ram": 60}}, "notifications": [], "tags": []},
    "status_page": {"slug": "other", "showTags": True, "servers": []},
    "maintenance": {"title": "other", "weekdays": [2], "monitors": []},
    "api_key": {"active": True},
    "webhook": {"name": "other", "kinds": ("change", "removed")},
}
USERS: dict[str, set[tuple[str, str]]] = {
    "tag": {("monitor", "Shop"), ("server", "box1")},
    "proxy": {("monitor", "Shop")},
    "notification": {("monitor", "Shop"), ("server", "box1")},
    "monitor": {("status_page", "shop"), ("maintenance", "works")},
    "project": {("token", "agent")},
    "server": {("status_page", "shop")},
    "status_page": {("maintenance", "works")},
}


@dataclass
class Installed:
    """A program with one of everything."""

    resources: Resources
    things: dict[str, Any]

    async def documents(self) -> Documents:
        return await Documents.of(self.resources, OWNER)

    def id_of(self, name: str) -> Any:
        return self.resources[name].identify(self.things[name])


@pytest.fixture
async def installed(tmp_path: Path) -> AsyncIterator[Installed]:
    async with running(tmp_path / "data") as server, server.logged_in():
        found = Installed(server.appliance.resources, {})
        for name, given in GIVEN.items():
            resource, documents = found.resources[name], await found.documents()
            wire = documents.from_document(resource, given, lambda where: f"http://{WORD}/{where}")
            if CREATE in resource.can:
                found.things[name] = await resource.create(OWNER, wire)
            else:
                body = report(datetime.now(UTC).isoformat(), {"hostname": "box1"})
                await resource.keeper._servers.take_report(1, body)  # type: ignore[attr-defined]
                (made,) = await resource.list(OWNER)
                found.things[name] = await resource.replace(OWNER, resource.identify(made), wire)
        yield found


def test_every_kind_is_here(installed: Installed) -> None:
    assert [resource.name for resource in installed.resources] == list(GIVEN)
    changeable = {resource.name for resource in installed.resources if REPLACE in resource.can}
    assert changeable == set(CHANGES)
    referred = {reference.resource for one in installed.resources for reference in one.references}
    assert referred <= set(GIVEN)


@pytest.mark.parametrize("name", GIVEN)
async def test_the_way_of_a_thing(installed: Installed, name: str) -> None:
    resource, key = installed.resources[name], installed.id_of(name)
    documents = await installed.documents()
    thing = await resource.get(OWNER, key)
    described = documents.to_document(resource, thing)
    assert described == {field: value for field, value in GIVEN[name].items() if value != []}
    assert WORD not in json.dumps(described)
    assert key in [resource.identify(one) for one in await resource.list(OWNER)]
    users = await installed.resources.users_of(OWNER, name, key)
    assert {(user.kind, user.name) for user in users} == USERS.get(name, set())
    if name in CHANGES:
        before = resource.keeper.document(thing)
        changed = await resource.patch(OWNER, key, CHANGES[name])
        after = resource.keeper.document(changed)
        for field, value in CHANGES[name].items():
            assert after.get(field) == (value if field != "alert_settings" else {"threshold": {"ram": 60}})
        kept = before.keys() - CHANGES[name].keys()
        assert {field: after[field] for field in kept} == {field: before[field] for field in kept}
    if DELETE in resource.can:
        await resource.delete(OWNER, key)
        if name != "token":  # a revoked one stays in the list
            with pytest.raises(Missing):
                await resource.get(OWNER, key)
        for user in users:
            if user.kind == "token":
                continue  # it went with its project
            async with asyncio.timeout(10):
                while await names(installed, user, name, key):
                    await asyncio.sleep(0)


async def names(installed: Installed, user: User, name: str, key: Any) -> bool:
    """Whether a thing still names what is gone; servers hear of that a moment later."""
    resource = installed.resources[user.kind]
    document = resource.keeper.document(await resource.get(OWNER, user.id))
    paths = [reference.path for reference in resource.references if reference.resource == name]
    assert paths
    return any(key in values_at(document, path) for path in paths)


@pytest.mark.parametrize("name", GIVEN)
async def test_strangers(installed: Installed, name: str) -> None:
    resource, key = installed.resources[name], installed.id_of(name)
    before = resource.keeper.document(await resource.get(OWNER, key))
    assert key not in [resource.identify(one) for one in await resource.list(STRANGER)]
    deeds = [resource.get(STRANGER, key), installed.resources.users_of(STRANGER, name, key)]
    if REPLACE in resource.can:
        deeds += [resource.patch(STRANGER, key, CHANGES[name]), resource.replace(STRANGER, key, before)]
    if DELETE in resource.can:
        deeds.append(resource.delete(STRANGER, key))
    for deed in deeds:
        with pytest.raises(Missing):
            await deed
    assert resource.keeper.document(await resource.get(OWNER, key)) == before


@pytest.mark.parametrize("name", sorted(set(GIVEN) - {"server"}))
async def test_a_document_makes_a_twin(installed: Installed, name: str) -> None:
    """What was described, with its secrets, is the same again under another key."""
    resource, documents = installed.resources[name], await installed.documents()
    thing = installed.things[name]
    secrets = documents.secrets_of(resource, thing)
    assert all(WORD in secret for secret in secrets.values())
    described = documents.to_document(resource, thing)
    if name == "status_page":
        described["slug"] = "twin"
        del described["domains"]
    twin = await resource.create(OWNER, documents.from_document(resource, described, secrets.__getitem__))
    expected, found = resource.keeper.document(thing), resource.keeper.document(twin)
    for document in (expected, found):
        for field in ("slug", "domainNameList"):
            document.pop(field, None)
    assert found == expected
    keys = await resource.keys(OWNER)
    assert len(set(keys.values())) == len(keys)
    assert keys[resource.identify(twin)] != keys[installed.id_of(name)]


# A merge patch that is refused for its last part; the others are not taken over either.
BAD: list[tuple[str, Document]] = [
    ("monitor", {"tags": [{"tag": 99}]}),
    ("monitor", {"tags": [], "name": "Other", "interval": 0}),
    ("monitor", {"tags": "team"}),
    ("monitor", {"notifications": [99]}),
    ("monitor", {"notifications": "hook"}),
    ("status_page", {"servers": ["no-server"]}),
    ("status_page", {"groups": [{"name": "G", "monitors": [{"monitor": 99}]}]}),
    ("status_page", {"groups": [{"name": "G", "monitors": [5]}]}),
    ("status_page", {"groups": [5]}),
    ("status_page", {"servers": [], "title": []}),
    ("maintenance", {"monitors": [99]}),
    ("maintenance", {"monitors": [], "statusPages": [99]}),
    ("maintenance", {"monitors": [], "statusPages": [], "strategy": "sometimes"}),
    ("server", {"alert_settings": {}, "notifications": [], "maintenance": [99]}),
    ("server", {"notifications": [99]}),
    ("server", {"notifications": [], "alert_settings": {"threshold": {"cpu": 101}}}),
    ("api_key", {"name": "other"}),
    ("notification", {"type": "webhook", "webhookURL": "no address"}),
    ("proxy", {"port": 0}),
]


@pytest.mark.parametrize(("name", "change"), BAD)
async def test_what_does_not_fit_changes_nothing(installed: Installed, name: str, change: Document) -> None:
    resource, key = installed.resources[name], installed.id_of(name)
    before = resource.keeper.document(await resource.get(OWNER, key))
    count = len(await resource.list(OWNER))
    with pytest.raises(UserError):
        await resource.patch(OWNER, key, change)
    assert resource.keeper.document(await resource.get(OWNER, key)) == before
    if CREATE in resource.can and name != "api_key":
        with pytest.raises(UserError):
            await resource.create(OWNER, {**before, "slug": "new", "domainNameList": [], **change})
        assert len(await resource.list(OWNER)) == count


# --- over the wire -----------------------------------------------------------------------------------------


async def test_the_page_asks_who_uses_a_thing(tmp_path: Path) -> None:
    async with running(tmp_path) as server, server.logged_in("/page") as page:
        proxy = await page.call("addProxy", {"protocol": "http", "host": "a", "port": 1, "auth": False}, None)
        monitor = await add_monitor(page, name="Shop", proxyId=proxy["id"])
        users = [{"kind": "monitor", "id": monitor, "name": "Shop"}]
        assert await page.call("usedBy", "proxy", proxy["id"]) == {"ok": True, "users": users}
        assert await page.call("usedBy", "monitor", monitor) == {"ok": True, "users": []}
        things: list[dict[str, object]] = [{"id": proxy["id"], "name": "a:1"}]
        assert await page.call("things", "proxy") == {"ok": True, "things": things}
        other = {"protocol": "http", "host": "b", "port": 2, "auth": False, "active": True, "default": True}
        first = await page.call("addProxy", other, None)
        things.append({"id": first["id"], "name": "b:2", "default": True})
        assert await page.call("things", "proxy") == {"ok": True, "things": things}
        host = {"name": "Cellar", "dockerType": "tcp", "dockerDaemon": "tcp://127.0.0.1:1"}
        docker = await page.call("addDockerHost", host, None)
        browser = await page.call("addRemoteBrowser", {"name": "Attic", "url": "ws://127.0.0.1:1"}, None)
        for kind, made, name in (("docker_host", docker, "Cellar"), ("remote_browser", browser, "Attic")):
            assert made["ok"] is True, made
            things = [{"id": made["id"], "name": name}]
            assert await page.call("things", kind) == {"ok": True, "things": things}
        missing = {"ok": False, "msg": "The proxy does not exist."}
        assert await page.call("usedBy", "proxy", 99) == await page.call("usedBy", "proxy", None) == missing
        for kind in ("user", "", None, [], {}):
            assert await page.call("usedBy", kind, 1) == {
                "ok": False,
                "msg": "There is no such kind of thing.",
            }
        assert (await page.call("deleteProxy", proxy["id"]))["ok"] is True
        assert await page.call("usedBy", "proxy", proxy["id"]) == missing
        async with server.logged_in() as client:
            assert await client.call_in_vain("usedBy", "proxy", 1, timeout=0.3) is NO_ANSWER


async def test_the_page_lists_what_it_edits_without_secrets(tmp_path: Path) -> None:
    async with running(tmp_path) as server, server.logged_in("/page") as page:
        secret = "ws://127.0.0.1:1/?token=s3cret"
        made = await page.call("addRemoteBrowser", {"name": "Attic", "url": secret}, None)
        await add_monitor(page, name="Shop", remote_browser=made["id"], active=False)
        assert page.pushed("resourcesChanged") == [[{"kind": "remote_browser"}]]
        answer = await page.call("resources", "remote_browser")
        assert [field["name"] for field in answer["fields"]] == ["name", "url"]
        values = {"name": "Attic", "url": KEEP}
        row = {"id": made["id"], "name": "Attic", "users": 1, "values": values}
        assert answer["resources"] == [row]
        changed = {"name": "Cellar", "url": KEEP}
        assert (await page.call("addRemoteBrowser", changed, made["id"]))["ok"] is True
        tested = await page.call("testRemoteBrowser", {**changed, "id": made["id"]})
        assert tested["msg"] == "WebSocket error: connect ECONNREFUSED 127.0.0.1:1", "by its own address"
        async with server.logged_in() as client:
            ((listed,),) = client.pushed("remoteBrowserList")
            assert listed == [{"id": made["id"], "name": "Cellar", "url": secret}]
        assert (await page.call("deleteRemoteBrowser", made["id"]))["ok"] is True
        assert (await page.call("resources", "remote_browser"))["resources"] == []
        for kind in ("monitor", "notification", "user", None, []):
            refused = {"ok": False, "msg": "There is no such kind of thing."}
            assert await page.call("resources", kind) == refused


async def test_the_page_is_told_when_keys_end_and_were_used(tmp_path: Path) -> None:
    async with running(tmp_path) as server, server.logged_in("/page") as page:
        made = await page.call("addAPIKey", {"name": "k", "expires": "2099-01-01 00:00:00", "active": True})
        await page.call("addAPIKey", {"name": "old", "expires": "2001-01-01 00:00:00", "active": True})
        new, old = (await page.call("resources", "api_key"))["resources"]
        assert (new["status"], new["ends"], new["lastUsed"]) == ("active", 4070908800000, None)
        assert (old["status"], old["ends"]) == ("expired", 978307200000)
        before = time.time() * 1000
        given = "Basic " + base64.b64encode(f":{made['key']}".encode()).decode()
        assert (await http.get(f"{server.url}/metrics", headers={"Authorization": given})).status == 200
        new, _ = (await page.call("resources", "api_key"))["resources"]
        assert new["lastUsed"] >= before - 1000
        assert made["key"] not in str(new)
        await page.call("disableAPIKey", new["id"])
        assert (await page.call("resources", "api_key"))["resources"][0]["status"] == "inactive"
        assert page.pushed("resourcesChanged") == [[{"kind": "api_key"}]] * 3


@pytest.mark.parametrize("name", GIVEN)
async def test_who_may_not_see_a_thing_is_not_told_who_uses_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The door asks for the right of the kind that the question is about."""
    async with running(tmp_path) as server:
        view = server.appliance.resources[name].view
        async with server.logged_in("/page"):
            pass
        monkeypatch.setattr(Account, "actor", lambda _: without(view))
        async with server.logged_in("/page") as page:
            assert await page.call("usedBy", name, 1) == {"ok": False, "msg": "Permission denied."}
        monkeypatch.setattr(Account, "actor", lambda _: with_only(view))
        async with server.logged_in("/page") as page:
            assert (await page.call("usedBy", name, 1))["msg"].endswith("does not exist.")


def test_what_types_declare_as_references_is_known_to_the_monitors() -> None:
    """An option of a type that names another thing (`Words.refers_to`) is among those of all monitors."""
    declared = {
        (key, {"monitor_group": "monitor"}.get(refers_to, refers_to))
        for options in (MonitorOptions, *(kind.options for kind in monitor_types()))
        for key, (_, words) in options.words().items()
        if (refers_to := getattr(words, "refers_to", ""))
    }
    assert declared <= {(one.path, one.resource) for one in MONITOR_REFERENCES}
    assert {one.path for one in MONITOR_REFERENCES if "[" not in one.path} <= set(FIELDS)
