"""What belongs to one user is refused to another: every event, every route.

One account is all the program makes today; the second one is put into the database by the test.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apsw
import pytest

from kuma_lite.core.doors import Access
from kuma_lite.web.app import App
from tests.security.examples import MONITOR, Things, calls, make_things
from tests.support import http
from tests.support.appliance import Running, running
from tests.support.doors import routes
from tests.support.sio import NO_ANSWER, Client, connect

# What the whole installation shares, as in Uptime Kuma: whoever may log in may use it.
SHARED = {
    # settings, and what this machine can tell or do
    "getSettings", "setSettings", "initServerTimezone", "getDatabaseSize", "shrinkDatabase", "getPushExample",
    "getGameList", "getPM2ProcessList", "testChrome", "checkDomain", "checkApprise", "testDockerHost",
    "testRemoteBrowser", "cloudflared_join", "cloudflared_leave", "cloudflared_start", "cloudflared_stop",
    "cloudflared_removeToken",
    # tags (putting one on a monitor is not shared)
    "getTags", "addTag", "editTag", "deleteTag",
    # status pages (showing a monitor on one is not shared)
    "addStatusPage", "getStatusPage", "deleteStatusPage", "postIncident", "unpinIncident", "editIncident",
    "deleteIncident", "resolveIncident",
    # servers, their projects and tokens
    "serversSummary", "serverSparks", "server", "serverMetrics", "saveServerAlerts", "deleteServer",
    "setServerNotification", "setServerMaintenance", "serverRetention", "saveServerRetention", "tokens",
    "pageServers", "setPageServers", "serverPages", "setServerPage", "addToken", "revokeToken", "projects",
    "addProject", "deleteProject",
    "serverIncidents", "acknowledgeIncident", "snoozeIncident", "agentInstall",
}  # fmt: skip
# About nothing but the caller: lists of their own things, new things, their own account.
OWN = {
    "getMonitorList", "summary", "getMaintenanceList", "maintenancePlans", "getAPIKeyList", "notifications",
    "addMaintenance", "addAPIKey", "clearStatistics", "changePassword", "disconnectOtherSocketClients",
    "twoFAStatus", "prepare2FA", "save2FA", "disable2FA", "verifyToken",
}  # fmt: skip
# Answered with ok, and with nothing in it, for what is not there; so for what is another's.
EMPTY: dict[str, Any] = {
    "getMonitorBeats": {"ok": True, "data": []},
    "monitorImportantHeartbeatListCount": {"ok": True, "count": 0},
    "monitorImportantHeartbeatListPaged": {"ok": True, "data": []},
    "clearEvents": {"ok": True},
    "clearHeartbeats": {"ok": True},
    "bars": {"ok": True, "bars": {}},
    "getMonitorMaintenance": {"ok": True, "monitors": []},
    "getMaintenanceStatusPage": {"ok": True, "statusPages": []},
    "deleteMaintenance": {"ok": True, "msg": "successDeleted", "msgi18n": True},
    "deleteAPIKey": {"ok": True, "msg": "successDeleted", "msgi18n": True},
    "disableAPIKey": {"ok": True, "msg": "successDisabled", "msgi18n": True},
    "enableAPIKey": {"ok": True, "msg": "successEnabled", "msgi18n": True},
}
SECRETS = ("secret-path", "of somebody", "proxy-word", "hook-path", "watched")


@dataclass
class Two:
    """A server with an owner of things, and somebody else."""

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
        """Everything the owner has, as the owner's clients get it at log-in."""
        return json.dumps(await self.server.appliance._ground.database.read(_owned_rows), default=repr)


def _owned_rows(db: apsw.Connection) -> dict[str, Any]:
    """All rows that hang on the first user."""
    found: dict[str, Any] = {}
    tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for table in tables:
        columns = [row[1] for row in db.execute(f'PRAGMA table_info("{table}")')]
        if "user_id" in columns:
            found[table] = db.execute(f'SELECT * FROM "{table}" WHERE user_id = 1 ORDER BY 1').fetchall()
        elif table.startswith(("monitor_", "maintenance_")):
            found[table] = db.execute(f'SELECT * FROM "{table}" ORDER BY 1, 2').fetchall()
    return found


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Two]:
    async with running(tmp_path / "data") as server, server.logged_in() as owner:
        things = await make_things(owner)
        ground = server.appliance._ground

        def second(db: apsw.Connection) -> None:
            db.execute(
                "INSERT INTO user (id, username, password, active) SELECT 2, 'other', password, 1 FROM user"
            )

        await ground.database.write(second)
        user = await ground.accounts.log_in("other", "Secret-1234", None)
        yield Two(server, owner, things, ground.accounts.token_for(user))


def test_every_event_is_known(two: Two) -> None:
    """A new event must say here what it is about."""
    named = {name for dispatcher in two.app.sockets.dispatchers.values() for name in dispatcher.events}
    assert set(calls(two.things)) == named
    assert not SHARED & OWN and not (SHARED | OWN) & set(EMPTY)
    assert (SHARED | OWN | set(EMPTY)) <= named


@pytest.mark.parametrize("namespace", ["/", "/page"])
async def test_every_event_refuses_what_is_another_users(two: Two, namespace: str) -> None:
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
    async with connect(two.server.url, namespace) as stranger:
        assert await stranger.call("loginByToken", two.token) == {"ok": True}
        for name in sorted(OWN & set(events) - {"disconnectOtherSocketClients"}):
            answer = await stranger.call(name, *calls(two.things)[name])
            seen = json.dumps(answer) + json.dumps(stranger.events)
            if name not in ("addMaintenance",):
                assert [secret for secret in SECRETS if secret in seen.replace("of somebody", "")] == [], name


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
    badge = await http.get(f"{two.server.url}/api/badge/{two.things.monitor}/status")
    assert "N/A" in badge.text


async def test_routes_with_the_session_of_another(two: Two) -> None:
    """Nothing of a user's own stands below the API today: no answer may show any of it."""
    tried = 0
    for method, path, access in await routes(two.app):
        if access is Access.PUBLIC:
            continue
        tried += 1
        target = two.server.url + path.replace("{key:str}", "1").replace("{integration:str}", "1")
        answer = await http.request(method, target, headers={"Authorization": f"Bearer {two.token}"})
        assert answer.status < 500, f"{method} {path}"
        assert answer.status != 401, f"{method} {path}"
        shown = [secret for secret in SECRETS if secret in answer.text]
        assert shown == [], f"{method} {path}"
    assert tried > 20
