"""A meaningful call of every event of the whole program, made of the ids of things that exist.

The ownership walk and the fuzzer both start here; a test fails when an event is missing.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tests.servers.reports import BUSY, report
from tests.support import http
from tests.support.sio import Client

PNG = "data:image/png;base64," + base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"\x00" * 20).decode()
MONITOR: dict[str, Any] = {
    "type": "push", "name": "watched", "interval": 3600, "retryInterval": 3600, "maxretries": 0,
    "accepted_statuscodes": ["200-299"], "notificationIDList": {}, "description": "of somebody",
    "url": "http://127.0.0.1:1/secret-path", "headers": '{"x": "y"}', "timeout": 5, "conditions": [],
    "kafkaProducerBrokers": [], "kafkaProducerSaslOptions": {"mechanism": "None"}, "rabbitmqNodes": [],
}  # fmt: skip
PLAN: dict[str, Any] = {
    "title": "works", "description": "of somebody", "strategy": "recurring-weekday", "active": True,
    "intervalDay": 1, "dateRange": ["2026-01-01 00:00:00", None], "weekdays": [1, 5], "daysOfMonth": [1],
    "timeRange": [{"hours": 2, "minutes": 0}, {"hours": 3, "minutes": 0}], "timezoneOption": "UTC",
    "cron": "30 3 * * *", "durationMinutes": 60,
}  # fmt: skip
PROXY = {"protocol": "http", "host": "127.0.0.1", "port": 1, "auth": True, "username": "p",
         "password": "proxy-word", "active": True, "default": False, "applyExisting": False}  # fmt: skip
DOCKER = {"name": "docker", "dockerType": "tcp", "dockerDaemon": "http://127.0.0.1:1"}
BROWSER = {"name": "browser", "url": "ws://127.0.0.1:1/"}
KEY = {"name": "key", "expires": "2099-01-01 00:00:00", "active": 1}
WEBHOOK = {
    "name": "hook", "type": "webhook", "webhookURL": "http://127.0.0.1:1/hook-path", "isDefault": False,
    "applyExisting": False, "webhookContentType": "json",
}  # fmt: skip
PAGE = {
    "slug": "shop", "title": "Shop", "description": None, "theme": "auto", "autoRefreshInterval": 300,
    "customCSS": "p { color: red }", "footerText": "foot", "analyticsType": None, "domainNameList": ["a.b"],
    "showTags": True,
}  # fmt: skip
INCIDENT = {"title": "trouble", "content": "**all**", "style": "danger"}
HOOK = {"name": "hook", "url": "http://127.0.0.1:1/", "kinds": ["removed"], "active": True}
FILE = 'tags: {from a file: {color: "#4B5563"}}'
WRONG_PASSWORD = "not-The-one-1"


@dataclass(frozen=True)
class Things:
    """Ids of what a user has."""

    monitor: int = 1
    plan: int = 1
    tag: int = 1
    proxy: int = 1
    docker: int = 1
    browser: int = 1
    key: int = 1
    notification: int = 1
    slug: str = "shop"
    incident: int = 1
    page: int = 1
    server: str = "no-server"
    alert: str = "no-incident"
    token: str = "no-token"
    project: str = "no-project"
    webhook: int = 1


async def make_things(client: Client) -> Things:
    """One of everything, made by the user of a client."""

    async def ok(event: str, *arguments: Any) -> Any:
        answer = await client.call(event, *arguments)
        assert answer["ok"] is True, (event, answer)
        return answer

    monitor = (await ok("add", MONITOR))["monitorID"]
    tag = (await ok("addTag", {"name": "team", "color": "#222222"}))["tag"]["id"]
    await ok("addMonitorTag", tag, monitor, "blue")
    plan = (await ok("addMaintenance", PLAN))["maintenanceID"]
    await ok("addMonitorMaintenance", plan, [{"id": monitor}])
    await ok("addStatusPage", "Shop", "shop")
    await ok("saveStatusPage", "shop", PAGE, "", [{"name": "G", "monitorList": []}])
    incident = (await ok("postIncident", "shop", INCIDENT))["incident"]["id"]
    return Things(
        monitor=monitor,
        plan=plan,
        tag=tag,
        proxy=(await ok("addProxy", PROXY, None))["id"],
        docker=(await ok("addDockerHost", DOCKER, None))["id"],
        browser=(await ok("addRemoteBrowser", BROWSER, None))["id"],
        key=(await ok("addAPIKey", KEY))["keyID"],
        notification=(await ok("addNotification", WEBHOOK, None))["id"],
        incident=incident,
    )


async def make_server(page: Client, url: str) -> dict[str, str]:
    """A server with an alert, a token and a project, made by the user of a client of the page's namespace."""
    made = await page.call("addToken", {"name": "agent"})
    project = await page.call("addProject", "side")
    assert (await page.call("addWebhook", HOOK))["ok"] is True

    async def reports(metrics: float) -> None:
        body = report(datetime.now(UTC).isoformat(), {"hostname": "secret-path"}, cpu_used=metrics)
        headers = {"Authorization": f"Bearer {made['secret']}"}
        answer = await http.request("POST", f"{url}/api/v1/server_metrics", headers=headers, body=body)
        assert answer.status == 201, answer.text

    await reports(BUSY)
    (row,) = (await page.call("serversSummary"))["rows"]
    wishes = {"threshold": {"cpu": 1}, "grace_period": {"cpu": 0}}
    assert (await page.call("saveServerAlerts", row[0], wishes))["ok"] is True
    await reports(BUSY)
    (alert,) = (await page.call("serverIncidents", {}))["incidents"]
    return {
        "server": str(row[0]),
        "alert": str(alert["uuid"]),
        "token": str(made["token"]["uuid"]),
        "project": str(project["project"]["uuid"]),
    }


def calls(it: Things) -> dict[str, list[Any]]:
    """Event → arguments that concern these things. Passwords in them are wrong, so the user stays."""
    return {**_monitor_calls(it), **_other_calls(it), **_page_calls(it)}


def _monitor_calls(it: Things) -> dict[str, list[Any]]:
    number = it.monitor
    return {
        "add": [{**MONITOR, "parent": number, "notificationIDList": {str(it.notification): True}}],
        "editMonitor": [{**MONITOR, "id": number, "name": "taken over", "proxyId": it.proxy}],
        "getMonitorList": [],
        "getMonitor": [number],
        "pauseMonitor": [number],
        "resumeMonitor": [number],
        "deleteMonitor": [number, False],
        "getMonitorBeats": [number, 24],
        "getMonitorChartData": [number, 24],
        "monitorImportantHeartbeatListCount": [number],
        "monitorImportantHeartbeatListPaged": [number, 0, 25],
        "clearEvents": [number],
        "clearHeartbeats": [number],
        "clearStatistics": [],
        "summary": [],
        "bars": [[number], 50],
        "monitor": [number],
        "events": [number, 0, 25],
        "monitorHistory": [number, 90],
        "monitorOutages": [number, 5],
        "responseTimes": [number, 24],
        "savedAnswers": [number],
        "testMonitor": [{**MONITOR, "id": number, "type": "port", "hostname": "127.0.0.1", "port": 1}],
        "getTags": [],
        "addTag": [{"name": "new", "color": "#123456"}],
        "editTag": [{"id": it.tag, "name": "team", "color": "#123456"}],
        "deleteTag": [it.tag],
        "addMonitorTag": [it.tag, number, "red"],
        "editMonitorTag": [it.tag, number, "green"],
        "deleteMonitorTag": [it.tag, number, "blue"],
        "setMonitorTags": [number, [[it.tag, "blue"]]],
        "tagMonitors": [it.tag, "blue", [number], []],
        "bulkMonitors": [[number], {"action": "interval", "seconds": 60}],
        "maintainMonitors": [[number], {"plan": it.plan}],
        "addMaintenance": [PLAN],
        "editMaintenance": [{**PLAN, "id": it.plan, "title": "taken over"}],
        "addMonitorMaintenance": [it.plan, [{"id": number}]],
        "addMaintenanceStatusPage": [it.plan, [{"id": it.page}]],
        "getMaintenance": [it.plan],
        "getMaintenanceList": [],
        "getMonitorMaintenance": [it.plan],
        "getMaintenanceStatusPage": [it.plan],
        "deleteMaintenance": [it.plan],
        "pauseMaintenance": [it.plan],
        "resumeMaintenance": [it.plan],
    }


def _other_calls(it: Things) -> dict[str, list[Any]]:
    return {
        "needSetup": [],
        "setup": ["second", "a-Good-Word-1"],
        "login": [{"username": "admin", "password": WRONG_PASSWORD, "token": ""}],
        "loginByToken": ["eyJhbGciOiJIUzI1NiJ9.eyJ1c2VybmFtZSI6ImFkbWluIn0.AAAA"],
        "logout": [],
        "changePassword": [{"currentPassword": WRONG_PASSWORD, "newPassword": "a-Good-Word-2"}],
        "disconnectOtherSocketClients": [],
        "sessions": [],
        "endSession": ["no-session"],
        "endOtherSessions": [],
        "twoFAStatus": [],
        "prepare2FA": [WRONG_PASSWORD],
        "save2FA": [WRONG_PASSWORD],
        "disable2FA": [WRONG_PASSWORD],
        "verifyToken": ["123456", WRONG_PASSWORD],
        "getSettings": [],
        "setSettings": [{"keepDataPeriodDays": 180, "checkUpdate": False, "entryPage": "dashboard",
                         "serverTimezone": "UTC", "trustProxy": False, "disableAuth": False,
                         "primaryBaseURL": "http://127.0.0.1"}, WRONG_PASSWORD],
        "initServerTimezone": ["UTC"],
        "addProxy": [PROXY, it.proxy],
        "deleteProxy": [it.proxy],
        "addDockerHost": [DOCKER, it.docker],
        "deleteDockerHost": [it.docker],
        "testProxy": [{**PROXY, "testUrl": "http://127.0.0.1:1/"}],
        "testDockerHost": [DOCKER],
        "addRemoteBrowser": [BROWSER, it.browser],
        "deleteRemoteBrowser": [it.browser],
        "testRemoteBrowser": [BROWSER],
        "addAPIKey": [KEY],
        "getAPIKeyList": [],
        "deleteAPIKey": [it.key],
        "disableAPIKey": [it.key],
        "enableAPIKey": [it.key],
        "cloudflared_join": [],
        "cloudflared_leave": [],
        "cloudflared_start": ["eyJhIjoiYiJ9"],
        "cloudflared_stop": [WRONG_PASSWORD],
        "cloudflared_removeToken": [],
        "getDatabaseSize": [],
        "shrinkDatabase": [],
        "about": [],
        "licences": [],
        "prepareBackup": [WRONG_PASSWORD],
        "backups": [],
        "saveBackupPlan": [{"every": ""}],
        "makeBackup": [],
        "deleteBackup": ["no-such-backup"],
        "downloadBackup": ["no-such-backup", WRONG_PASSWORD],
        "restoreBackup": ["no-such-backup", "", WRONG_PASSWORD],
        "certificate": [],
        "retryCertificate": [],
        "backupsAt": ["no-such-place"],
        "restoreState": [],
        "beginRestore": [1_000, "x.tar.zst"],
        "startRestore": ["no-upload", "", WRONG_PASSWORD],
        "restoreFrom": ["no-such-place", "no-such-backup", "", WRONG_PASSWORD],
        "cancelRestore": [],
        "places": [],
        "savePlace": [{"name": "Disk", "kind": "folder", "folder": "/dev/null/backups"}],
        "testPlace": [{"name": "Disk", "kind": "folder", "folder": "/dev/null/backups"}],
        "deletePlace": ["no-such-place"],
        "healthCheck": [],
        "supportArchive": [WRONG_PASSWORD],
        "importState": [],
        "beginImport": [1_000],
        "startImport": ["no-upload"],
        "adoptImport": [],
        "cancelImport": [],
        "getPushExample": ["python"],
        "getGameList": [],
        "getPM2ProcessList": [],
        "testChrome": ["/no/such/browser"],
        "checkDomain": [{"type": "http", "url": "https://www.example.com/"}],
        "getWebpushVapidPublicKey": [],
        "addNotification": [WEBHOOK, it.notification],
        "deleteNotification": [it.notification],
        "testNotification": [{**WEBHOOK, "id": it.notification}],
        "previewTemplate": [{**WEBHOOK, "messageStyle": "detailed"}, it.monitor],
        "checkApprise": [],
        "notifications": [],
        "notification": [it.notification],
        "deliveries": [{"monitor": it.monitor, "notification": it.notification, "service": "webhook",
                        "outcome": "waiting", "offset": 0, "count": 25}],
        "sendAgain": [1],
        "deleteDelivery": [1],
    }  # fmt: skip


def _page_calls(it: Things) -> dict[str, list[Any]]:
    shown = [{"name": "G", "monitorList": [{"id": it.monitor, "sendUrl": True, "url": None}]}]
    draft = {"config": {**PAGE, "slug": it.slug}, "logo": PNG, "groups": shown, "servers": None}
    return {
        "addWebhook": [HOOK],
        "saveWebhook": [{**HOOK, "name": "taken over"}, it.webhook],
        "testWebhook": [it.webhook],
        "deleteWebhook": [it.webhook],
        "addStatusPage": ["Another", "another"],
        "getStatusPage": [it.slug],
        "saveStatusPage": [it.slug, {**PAGE, "slug": it.slug}, PNG, shown],
        "statusPages": [],
        "statusPage": [it.slug],
        "previewStatusPage": [it.slug, {**draft, "incident": INCIDENT}],
        "putStatusPage": [it.slug, draft, None],
        "cloneStatusPage": [it.slug, "Copy", "copy"],
        "statusPageVersions": [it.slug],
        "statusPageVersion": [it.slug, 1],
        "componentStates": [it.slug],
        "setComponentState": [it.slug, 1, {"state": "down", "text": "by hand", "until": None}],
        "statusPageAccess": [it.slug],
        "setStatusPageAccess": [it.slug, {"protected": True, "password": "page-password"}],
        "addStatusPageLink": [it.slug, "for the board"],
        "deleteStatusPageLink": [it.slug, 1],
        "deleteStatusPage": [it.slug],
        "postIncident": [it.slug, INCIDENT],
        "unpinIncident": [it.slug],
        "getIncidentHistory": [it.slug, None],
        "editIncident": [it.slug, it.incident, INCIDENT],
        "deleteIncident": [it.slug, it.incident],
        "resolveIncident": [it.slug, it.incident],
        "pageSubscribers": [it.slug],
        "savePageSubscribers": [it.slug, {"kinds": ["webhook"], "address": "https://status.example.com"}],
        "deletePageSubscriber": [it.slug, 1],
        "exportPageSubscribers": [it.slug],
        "incidentTimelines": [it.slug],
        "beginIncident": [it.slug, {**INCIDENT, "state": "investigating"}],
        "addIncidentUpdate": [it.slug, it.incident, {"state": "identified", "content": "Cause *found*"}],
        "editIncidentUpdate": [it.slug, it.incident, 1, {"content": "Cause *found*"}],
        "deleteIncidentUpdate": [it.slug, it.incident, 1],
        "setIncidentMonitors": [it.slug, it.incident, []],
        "serversSummary": [],
        "serverSparks": [[it.server]],
        "server": [it.server],
        "serverMetrics": [it.server, {"since": 0, "until": 1, "points": 10, "metrics": ["cpu"]}],
        "saveServersAlerts": [[it.server], {"threshold": {"cpu": 90}}],
        "changeServerTags": [[it.server], [], []],
        "saveServerAlerts": [it.server, {"threshold": {"cpu": 90}}],
        "deleteServer": [it.server],
        "setServerNotification": [it.server, it.notification, True],
        "setServerMaintenance": [it.server, [it.plan]],
        "serverRetention": [],
        "saveServerRetention": [{"minutes": 7}],
        "tokens": [],
        "addToken": [{"name": "agent", "kind": "project", "expiresInDays": 1, "project": None}],
        "revokeToken": [it.token],
        "projects": [],
        "addProject": ["side"],
        "deleteProject": [it.project],
        "serverIncidents": [{"offset": 0, "count": 25, "status": None, "server": None}],
        "acknowledgeIncident": [it.alert],
        "snoozeIncident": [it.alert, 60],
        "agentInstall": ["http://127.0.0.1"],
        "things": ["proxy"],
        "resources": ["proxy"],
        "usedBy": ["monitor", it.monitor],
        "managedBy": ["monitor", it.monitor],
        "planFile": [{"name": "kuma.yaml", "text": FILE}],
        "applyFile": [{"name": "kuma.yaml", "text": FILE}],
        "exportFile": [],
        "pageServers": [it.page],
        "setPageServers": [it.page, []],
        "serverPages": [it.server],
        "setServerPage": [it.server, it.page, True],
        "maintenancePlans": [],
        "maintenancePlan": [it.plan],
        "maintenanceWindows": [],
        "monitorMaintenance": [it.monitor],
        "previewMaintenance": [{**PLAN, "id": it.plan}],
        "endMaintenance": [it.plan],
        "planServers": [],
        "setPlanServers": [it.plan, []],
    }
