"""Every right × every event and route: whoever lacks the one a door names is refused; it is enough."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.accounts.model import User
from kuma_lite.core.access import OWNER_RIGHTS, Actor, Forbidden, Right
from kuma_lite.core.doors import Access, Event
from kuma_lite.core.records import replace
from kuma_lite.web.app import App
from kuma_lite.web.guard import needs_of
from tests.security.examples import Things, calls, make_server, make_things
from tests.security.test_owners import _owned_rows
from tests.support import http
from tests.support.appliance import Running, running
from tests.support.sio import NO_ANSWER, connect

# What only an owner may do: the machine itself, and nothing that somebody forgot to name a right for.
OWNERS_ONLY = {
    "about", "licences", "prepareBackup", "importState", "beginImport", "startImport", "adoptImport",
    "cancelImport", "backups", "saveBackupPlan", "makeBackup", "deleteBackup",
    "downloadBackup", "restoreBackup", "backupsAt", "restoreState", "beginRestore", "startRestore",
    "restoreFrom", "cancelRestore", "places", "savePlace", "testPlace", "deletePlace",
    "healthCheck", "supportArchive",
    "getDatabaseSize", "shrinkDatabase", "getPM2ProcessList", "testChrome", "cloudflared_join",
    "cloudflared_leave", "cloudflared_start", "cloudflared_stop", "cloudflared_removeToken",
    "exportPageSubscribers", "certificate", "retryCertificate", "planFile", "applyFile", "exportFile",
}  # fmt: skip
OF_EVERY_KIND = {"planFile", "applyFile", "exportFile"}
# What a log-in is pushed for each right.
LISTS: dict[Right, tuple[str, ...]] = {
    Right.MONITORS_VIEW: ("monitorList", "monitorTypeList", "heartbeatList", "avgPing", "uptime"),
    Right.NOTIFICATIONS_VIEW: ("notificationList",),
    Right.MAINTENANCE_VIEW: ("maintenanceList",),
    Right.STATUS_PAGES_VIEW: ("statusPageList",),
    Right.PROXIES_VIEW: ("proxyList",),
    Right.DOCKER_HOSTS_VIEW: ("dockerHostList",),
    Right.REMOTE_BROWSERS_VIEW: ("remoteBrowserList",),
    Right.API_KEYS_VIEW: ("apiKeyList",),
}
OWNERS_ONLY_ROUTES = {
    "/api/v1/figures", "/api/v1/figures/reset", "/api/v1/import", "/api/v1/restore", "/api/v1/config",
    "/api/v1/config/plan", "/api/v1/config/apply", "/api/v1/config/schema",
    "/api/v1/status_pages/{key:str}/subscribers/export",
}  # fmt: skip


@dataclass
class Installed:
    """A server with one of everything, whose next log-ins have the rights that a test gives them."""

    server: Running
    things: Things
    rights: frozenset[Right] = OWNER_RIGHTS
    _token: str = ""

    @property
    def app(self) -> App:
        assert self.server.appliance.web is not None
        app = self.server.appliance.web.app
        assert isinstance(app, App)
        return app

    async def token(self) -> str:
        """Of the one who has these rights; they are looked up with each request."""
        if not self._token:
            accounts = self.server.appliance._ground.accounts
            self._token = accounts.token_for(await accounts.log_in("admin", "Secret-1234", None))
        return self._token

    async def snapshot(self) -> str:
        return json.dumps(await self.server.appliance._ground.database.read(_owned_rows), default=repr)


@pytest.fixture
async def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Installed]:
    async with running(tmp_path / "data") as server:
        async with server.logged_in() as owner, server.logged_in("/page") as page:
            things = replace(await make_things(owner), **await make_server(page, server.url))
        found = Installed(server, things)

        def actor(user: User) -> Actor:
            return Actor(user.organisation, found.rights, user.id, user.username)

        monkeypatch.setattr(User, "actor", actor)
        yield found


def _events(app: App, namespace: str) -> Iterator[Event]:
    for event in app.sockets.dispatchers[namespace].events.values():
        if event.access is not Access.PUBLIC:
            yield event


def _needed(installed: Installed, event: Event) -> Right:
    return event.right_for(calls(installed.things)[event.name])


async def _routes(app: App) -> list[tuple[str, str, Right]]:
    return [
        (str(method), route.path, needs_of(handler.opt))
        for route in (await app.rest.app()).routes
        for handler in getattr(route, "route_handlers", ())
        if handler.opt.get("access") is not Access.PUBLIC
        for method in handler.http_methods - {"OPTIONS"}
    ]


async def test_every_door_names_its_right(installed: Installed) -> None:
    """Whatever names none is for owners, on purpose and on this list."""
    unnamed = {
        event.name for event in _events(installed.app, "/page") if _needed(installed, event) is Right.OWNER
    }
    assert unnamed == OWNERS_ONLY
    assert {path for _, path, needs in await _routes(installed.app) if needs is Right.OWNER} == (
        OWNERS_ONLY_ROUTES
    )


async def test_every_right_opens_something(installed: Installed) -> None:
    used = {_needed(installed, event) for event in _events(installed.app, "/page")}
    used |= {needs for _, _, needs in await _routes(installed.app)}
    assert used | set(LISTS) == set(Right)


@pytest.mark.parametrize("right", Right)
async def test_a_log_in_gets_the_lists_it_may_see(installed: Installed, right: Right) -> None:
    """And none of the others; where to say so is not with the events."""
    installed.rights = frozenset({right, Right.ACCOUNT})
    async with connect(installed.server.url) as client:
        assert await client.call("loginByToken", await installed.token()) == {"ok": True}
        assert await client.call("twoFAStatus") == {"ok": True, "status": False}
        pushed = {name for name, *_ in client.events} - {"info", "loginRequired", "initServerTimezone"}
    assert pushed == set(LISTS.get(right, ()))


@pytest.mark.parametrize("namespace", ["/", "/page"])
async def test_all_other_rights_do_not_open_an_event(installed: Installed, namespace: str) -> None:
    before, walked = await installed.snapshot(), 0
    refused = Forbidden(Actor(1, frozenset(), 1))
    for right in Right:
        installed.rights = OWNER_RIGHTS - {right}
        async with connect(installed.server.url, namespace) as client:
            assert await client.call("loginByToken", await installed.token()) == {"ok": True}
            for event in _events(installed.app, namespace):
                if _needed(installed, event) is not right:
                    continue
                walked += 1
                answer = await client.call_in_vain(
                    event.name, *calls(installed.things)[event.name], timeout=0.3 if not event.answers else 20
                )
                expected: Any = event.on_error(refused) if event.answers else NO_ANSWER
                if namespace == "/page" and isinstance(answer, dict):
                    assert answer.pop("sentence", None) in (None, refused.translatable()), event.name
                assert answer == expected, event.name
            assert await installed.snapshot() == before, right
    assert walked == len(list(_events(installed.app, namespace)))


@pytest.mark.parametrize("namespace", ["/", "/page"])
async def test_the_right_that_an_event_names_is_enough(installed: Installed, namespace: str) -> None:
    """Nothing behind the door asks for another one; what it does may fail for other reasons."""
    last = {"disconnectOtherSocketClients", "deleteMonitor", "deleteStatusPage", "deleteServer"}
    for right in Right:
        installed.rights = frozenset({right})
        events = [event for event in _events(installed.app, namespace) if _needed(installed, event) is right]
        for event in sorted(events, key=lambda event: event.name in last or event.name.startswith("delete")):
            # A configuration holds things of every kind.
            installed.rights = OWNER_RIGHTS if event.name in OF_EVERY_KIND else frozenset({right})
            async with connect(installed.server.url, namespace) as client:
                assert await client.call("loginByToken", await installed.token()) == {"ok": True}
                answer = await client.call_in_vain(
                    event.name, *calls(installed.things)[event.name], timeout=0.3 if not event.answers else 20
                )
                if event.answers:
                    assert answer is not NO_ANSWER, event.name
                    assert "Permission denied" not in json.dumps(answer), (event.name, answer)


async def test_without_rights_a_log_in_is_told_nothing(installed: Installed) -> None:
    installed.rights = frozenset({Right.ACCOUNT})
    for namespace in ("/", "/page"):
        async with connect(installed.server.url, namespace) as client:
            assert await client.call("loginByToken", await installed.token()) == {"ok": True}
            assert await client.call("twoFAStatus") == {"ok": True, "status": False}
            assert {name for name, *_ in client.events} <= {"info", "loginRequired", "hello", "rights"}


async def test_routes(installed: Installed) -> None:
    walked = 0
    before = await installed.snapshot()
    for method, path, needs in await _routes(installed.app):
        walked += 1
        key = installed.things.alert if "/incidents/" in path else installed.things.server
        target = installed.server.url + re.sub(r"\{key:str\}", key, path).replace("{integration:str}", "1")
        headers = {"Authorization": f"Bearer {await installed.token()}"}
        installed.rights = OWNER_RIGHTS - {needs}
        answer = await http.request(method, target, headers=headers, json={"minutes": 5})
        told = answer.json().get("detail", answer.json().get("error"))
        assert (answer.status, told) == (403, "Permission denied."), f"{method} {path}"
        assert await installed.snapshot() == before, f"{method} {path}"
    installed.rights = OWNER_RIGHTS
    # Those that remove come last: what is gone cannot be asked for.
    for method, path, needs in sorted(await _routes(installed.app), key=lambda found: found[0] == "DELETE"):
        key = installed.things.alert if "/incidents/" in path else installed.things.server
        target = installed.server.url + re.sub(r"\{key:str\}", key, path).replace("{integration:str}", "1")
        if path == "/api/v1/events":
            target += "?types=none"  # or it would go on telling for ever
        # A configuration holds things of every kind.
        whole = path.startswith("/api/v1/config")
        installed.rights = OWNER_RIGHTS if whole else frozenset({needs})
        headers = {"Authorization": f"Bearer {await installed.token()}"}
        answer = await http.request(method, target, headers=headers, json={"minutes": 5})
        assert answer.status not in (401, 403) and answer.status < 500, f"{method} {path}: {answer.text}"
    assert walked > 20
