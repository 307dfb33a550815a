"""What belongs to one organisation is refused to another: every event, every route.

One organisation is all the program makes today; the second one, and its user, are put into the database by
the test.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apsw
import pytest

from kuma_lite.core.doors import Access
from kuma_lite.core.records import replace
from kuma_lite.web.app import App
from tests.security.examples import MONITOR, Things, calls, make_server, make_things
from tests.support import http
from tests.support.appliance import Running, running
from tests.support.doors import routes
from tests.support.sio import NO_ANSWER, Client, connect

# What the whole installation shares, as in Uptime Kuma: whoever has the right may use it.
SHARED = {
    "getSettings", "setSettings", "initServerTimezone", "getDatabaseSize", "shrinkDatabase", "getPushExample",
    "getGameList", "getPM2ProcessList", "testChrome", "checkDomain", "checkApprise", "testDockerHost",
    "testProxy",
    "testRemoteBrowser", "cloudflared_join", "cloudflared_leave", "cloudflared_start", "cloudflared_stop",
    "cloudflared_removeToken", "serverRetention", "saveServerRetention", "agentInstall", "about", "licences",
    "importState", "cancelImport", "backups", "saveBackupPlan", "makeBackup", "restoreState", "beginRestore",
    "cancelRestore", "places", "savePlace", "certificate", "retryCertificate", "healthCheck",
}  # fmt: skip
# About nothing but the caller: lists of their own things, new things, their own account.
OWN = {
    "getMonitorList", "summary", "getMaintenanceList", "maintenancePlans", "getAPIKeyList", "notifications",
    "addMaintenance", "addAPIKey", "clearStatistics", "changePassword", "disconnectOtherSocketClients",
    "twoFAStatus", "prepare2FA", "save2FA", "disable2FA", "verifyToken", "getTags", "addTag", "addStatusPage",
    "serversSummary", "serverIncidents", "tokens", "addToken", "projects", "addProject", "things",
    "maintenanceWindows", "planServers", "sessions", "endOtherSessions", "resources", "statusPages",
    "addWebhook", "planFile", "applyFile", "exportFile",
}  # fmt: skip
# Answered with ok, and with nothing in it, for what is not there; so for what is another's.
EMPTY: dict[str, Any] = {
    "getMonitorBeats": {"ok": True, "data": []},
    "monitorImportantHeartbeatListCount": {"ok": True, "count": 0},
    "monitorImportantHeartbeatListPaged": {"ok": True, "data": []},
    "clearEvents": {"ok": True},
    "clearHeartbeats": {"ok": True},
    "bars": {"ok": True, "bars": {}},
    "deliveries": {"ok": True, "total": 0, "deliveries": []},
    "getMonitorMaintenance": {"ok": True, "monitors": []},
    "getMaintenanceStatusPage": {"ok": True, "statusPages": []},
    "deleteMaintenance": {"ok": True, "msg": "successDeleted", "msgi18n": True},
    "deleteAPIKey": {"ok": True, "msg": "successDeleted", "msgi18n": True},
    "disableAPIKey": {"ok": True, "msg": "successDisabled", "msgi18n": True},
    "enableAPIKey": {"ok": True, "msg": "successEnabled", "msgi18n": True},
    "deleteTag": {"ok": True, "msg": "successDeleted", "msgi18n": True},
    "unpinIncident": {"ok": True},
    "pageServers": {"ok": True, "servers": []},
    "monitorMaintenance": {"ok": True, "plans": []},
}
SECRETS = ("secret-path", "of somebody", "proxy-word", "hook-path", "watched")
# Tables of others that a stranger may add rows to, of their own.
_NO_OWNERS = frozenset({"sqlite_sequence", "setting", "organisation"})


@dataclass
class Two:
    """A server with an owner of things, and somebody of another organisation."""

    server: Running
    owner: Client
    things: Things
    token: str  # of the stranger

    @property
    def app(self) -> App:
        assert self.server.appliance.web is not None
        app = self.server.appliance.web.app
        assert isinstance(app, App)
        return app

    async def snapshot(self) -> str:
        """Everything that is stored of the owner's organisation."""
        return json.dumps(await self.server.appliance._ground.database.read(_owned_rows), default=repr)


def _owned_rows(db: apsw.Connection) -> dict[str, Any]:
    """All rows of the first organisation, and all that hang on others or on nothing."""
    found: dict[str, Any] = {}
    tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for table in tables:
        columns = [row[1] for row in db.execute(f'PRAGMA table_info("{table}")')]
        if table in _NO_OWNERS or table.startswith(("beat_", "stat_", "server_sample", "server_block")):
            continue
        where = "WHERE organisation_id = 1" if "organisation_id" in columns else ""
        if table == "session_token":  # whoever logs in for the walk gets a row of that kind
            where = "WHERE ended = 1"
        if "project_id" in columns:
            where = "WHERE project_id IN (SELECT id FROM project WHERE organisation_id = 1)"
        # When something was last used changes by itself.
        names = ", ".join(f'"{name}"' for name in columns if name not in ("last_used", "last_seen"))
        found[table] = db.execute(f'SELECT {names} FROM "{table}" {where} ORDER BY 1').fetchall()
    return found


def _second_organisation(path: Path) -> None:
    connection = apsw.Connection(str(path))
    with connection:
        connection.execute("INSERT INTO organisation (id, name) VALUES (2, 'Others')")
        connection.execute(
            "INSERT INTO user (id, username, password, active, organisation_id)"
            " SELECT 2, 'other', password, 1, 2 FROM user"
        )
        connection.execute(
            "INSERT INTO project (uuid, name, is_root, created, organisation_id) VALUES (?, 'Root', 1, 0, 2)",
            (str(uuid.uuid4()),),
        )
    connection.close()


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Two]:
    folder = tmp_path / "data"
    async with running(folder) as server, server.logged_in() as owner, server.logged_in("/page") as page:
        things = replace(await make_things(owner), **await make_server(page, server.url))
    _second_organisation(folder / "kuma-lite.db")
    async with running(folder) as server, server.logged_in() as owner:
        accounts = server.appliance._ground.accounts
        user = await accounts.log_in("other", "Secret-1234", None)
        yield Two(server, owner, things, accounts.token_for(user))


def test_every_event_is_known(two: Two) -> None:
    """A new event must say here what it is about."""
    named = {name for dispatcher in two.app.sockets.dispatchers.values() for name in dispatcher.events}
    assert set(calls(two.things)) == named
    assert not SHARED & OWN and not (SHARED | OWN) & set(EMPTY)
    assert (SHARED | OWN | set(EMPTY)) <= named


@pytest.mark.parametrize("namespace", ["/", "/page"])
async def test_every_event_refuses_what_is_anothers(two: Two, namespace: str) -> None:
    events = two.app.sockets.dispatchers[namespace].events
    before = await two.snapshot()
    walked = 0
    async with connect(two.server.url, namespace) as stranger:
        assert await stranger.call("loginByToken", two.token) == {"ok": True}
        for name, arguments in calls(two.things).items():
            event = events.get(name)
            if event is None or event.access is Access.PUBLIC or name in SHARED | OWN:
                continue
            walked += 1
            answer = await stranger.call_in_vain(name, *arguments, timeout=20)
            if name in EMPTY:
                assert answer == EMPTY[name], name
            elif name == "getMonitorChartData":
                assert all(bucket["up"] == 0 and bucket["down"] == 0 for bucket in answer["data"]), name
            elif name == "deleteMonitor":
                assert answer["ok"] is False
            else:
                assert answer is not NO_ANSWER and answer["ok"] is False, (name, answer)
            assert await two.snapshot() == before, name
        seen = json.dumps(stranger.events)
    assert walked > 25
    assert [secret for secret in SECRETS if secret in seen] == []


@pytest.mark.parametrize("namespace", ["/", "/page"])
async def test_lists_hold_nothing_of_others(two: Two, namespace: str) -> None:
    events = two.app.sockets.dispatchers[namespace].events
    before = await two.snapshot()
    async with connect(two.server.url, namespace) as stranger:
        assert await stranger.call("loginByToken", two.token) == {"ok": True}
        for name in sorted(OWN & set(events) - {"disconnectOtherSocketClients"}):
            answer = await stranger.call(name, *calls(two.things)[name])
            seen = json.dumps(answer) + json.dumps(stranger.events)
            if name not in ("addMaintenance",):
                assert [secret for secret in SECRETS if secret in seen.replace("of somebody", "")] == [], name
        assert two.things.token not in seen and two.things.server not in seen
    assert await two.snapshot() == before


async def test_all_of_mine_is_not_all(two: Two) -> None:
    """Questions about "everything" and orders to clear "everything" end at one's own things."""
    number = await _beaten(two)
    async with connect(two.server.url, "/page") as stranger:
        assert await stranger.call("loginByToken", two.token) == {"ok": True}
        assert await stranger.call("monitorImportantHeartbeatListCount", None) == {"ok": True, "count": 0}
        assert await stranger.call("monitorImportantHeartbeatListPaged", None, 0, 25) == {
            "ok": True,
            "data": [],
        }
        assert await stranger.call("events", None, 0, 25) == {"ok": True, "total": 0, "events": []}
        assert (await stranger.call("clearStatistics"))["ok"] is True
    assert len((await two.owner.call("getMonitorBeats", number, 24))["data"]) == 1
    assert (await two.owner.call("monitorImportantHeartbeatListCount", None))["count"] == 1


async def _beaten(two: Two) -> int:
    """A monitor of the owner with one important beat."""
    added = await two.owner.call("add", {**MONITOR, "name": "pushed", "pushToken": "known"})
    assert (await http.get(f"{two.server.url}/api/push/known?msg=secret-path")).json() == {"ok": True}
    await two.owner.wait_for("heartbeat")
    return int(added["monitorID"])


async def test_nobody_publishes_the_monitors_of_others(two: Two) -> None:
    async with connect(two.server.url) as stranger:
        assert await stranger.call("loginByToken", two.token) == {"ok": True}
        name, arguments = "saveStatusPage", calls(two.things)["saveStatusPage"]
        assert (await stranger.call(name, *arguments))["ok"] is False
        assert (await stranger.call("addStatusPage", "Mine", "mine"))["ok"] is True
        theirs = [{"name": "G", "monitorList": [{"id": two.things.monitor}]}]
        page = {**arguments[1], "slug": "mine", "domainNameList": []}
        answer = await stranger.call("saveStatusPage", "mine", page, "", theirs)
        assert answer["ok"] is False
    badge = await http.get(f"{two.server.url}/api/badge/{two.things.monitor}/status")
    assert "N/A" in badge.text


async def test_nobody_hangs_things_on_those_of_others(two: Two) -> None:
    """New things that name another's group, plan, page or notification are refused."""
    async with connect(two.server.url, "/page") as stranger:
        assert await stranger.call("loginByToken", two.token) == {"ok": True}
        it, call = two.things, stranger.call
        assert (await call("add", {**MONITOR, "parent": it.monitor}))["ok"] is False
        assert (await call("add", {**MONITOR, "notificationIDList": {str(it.notification): True}}))[
            "ok"
        ] is False
        plan = (await call("addMaintenance", calls(it)["addMaintenance"][0]))["maintenanceID"]
        assert (await call("addMonitorMaintenance", plan, [{"id": it.monitor}]))["ok"] is False
        assert (await call("addMaintenanceStatusPage", plan, [{"id": it.page}]))["ok"] is False
        mine = (await call("add", {**MONITOR, "name": "mine"}))["monitorID"]
        assert (await call("addMonitorTag", it.tag, mine, "x"))["ok"] is False


async def test_routes_with_the_session_of_another(two: Two) -> None:
    """Whatever they ask for by its UUID is not there, and no list holds any of it."""
    tried = 0
    before = await two.snapshot()
    for method, path, access in await routes(two.app):
        if access is Access.PUBLIC:
            continue
        tried += 1
        key = two.things.alert if "/incidents/" in path else two.things.server
        key = two.things.token if "/tokens/" in path else two.things.project if "/projects/" in path else key
        target = two.server.url + re.sub(r"\{key:str\}", key, path).replace("{integration:str}", "1")
        if path == "/api/v1/events":
            target += "?types=none"  # or it would go on telling for ever
        answer = await http.request(
            method, target, headers={"Authorization": f"Bearer {two.token}"}, json={"minutes": 5}
        )
        assert answer.status < 500, f"{method} {path}"
        assert answer.status not in (401, 403), f"{method} {path}"
        shown = [secret for secret in SECRETS if secret in answer.text]
        assert shown == [], f"{method} {path}"
        if "{key" in path:
            assert answer.status in (404, 422), f"{method} {path}: {answer.status}"
            assert await two.snapshot() == before, f"{method} {path}"
    assert tried > 20
