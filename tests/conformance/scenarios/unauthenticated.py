"""Every event that needs a logged-in user, without one."""

from tests.conformance.scenario import monitor, scenario

CALLS = [
    ("prepare2FA", "x"),
    ("save2FA", "x"),
    ("disable2FA", "x"),
    ("verifyToken", "1", "x"),
    ("twoFAStatus",),
    ("add", monitor()),
    ("editMonitor", {**monitor(), "id": 1}),
    ("getMonitorList",),
    ("getMonitor", 1),
    ("checkDomain", {"type": "http", "url": "https://example.com"}),
    ("getMonitorBeats", 1, 24),
    ("resumeMonitor", 1),
    ("pauseMonitor", 1),
    ("deleteMonitor", 1, False),
    ("getTags",),
    ("addTag", {"name": "a", "color": "#fff"}),
    ("editTag", {"id": 1, "name": "a", "color": "#fff"}),
    ("deleteTag", 1),
    ("addMonitorTag", 1, 1, ""),
    ("editMonitorTag", 1, 1, ""),
    ("deleteMonitorTag", 1, 1, ""),
    ("monitorImportantHeartbeatListCount", None),
    ("monitorImportantHeartbeatListPaged", None, 0, 10),
    ("changePassword", {"currentPassword": "a", "newPassword": "b"}),
    ("getSettings",),
    ("setSettings", {"searchEngineIndex": True}, ""),
    ("addNotification", {"name": "n", "type": "webhook"}, None),
    ("deleteNotification", 1),
    ("testNotification", {"name": "n", "type": "webhook"}),
    ("checkApprise",),
    ("clearEvents", 1),
    ("clearHeartbeats", 1),
    ("clearStatistics",),
    ("addProxy", {"protocol": "http", "host": "h", "port": 1}, None),
    ("deleteProxy", 1),
    ("addDockerHost", {"name": "d", "dockerType": "tcp", "dockerDaemon": "x"}, None),
    ("deleteDockerHost", 1),
    ("testDockerHost", {"name": "d", "dockerType": "tcp", "dockerDaemon": "x"}),
    ("addRemoteBrowser", {"name": "r", "url": "ws://x"}, None),
    ("deleteRemoteBrowser", 1),
    ("testRemoteBrowser", {"name": "r", "url": "ws://x"}),
    ("addAPIKey", {"name": "k", "expires": None, "active": True}),
    ("getAPIKeyList",),
    ("deleteAPIKey", 1),
    ("disableAPIKey", 1),
    ("enableAPIKey", 1),
    ("addMaintenance", {"title": "m", "strategy": "manual"}),
    ("editMaintenance", {"id": 1}),
    ("addMonitorMaintenance", 1, []),
    ("addMaintenanceStatusPage", 1, []),
    ("getMaintenance", 1),
    ("getMaintenanceList",),
    ("getMonitorMaintenance", 1),
    ("getMaintenanceStatusPage", 1),
    ("deleteMaintenance", 1),
    ("pauseMaintenance", 1),
    ("resumeMaintenance", 1),
    ("addStatusPage", "t", "s"),
    ("getStatusPage", "s"),
    ("saveStatusPage", "s", {}, "", []),
    ("deleteStatusPage", "s"),
    ("postIncident", "s", {}),
    ("editIncident", "s", 1, {}),
    ("resolveIncident", "s", 1),
    ("deleteIncident", "s", 1),
    ("unpinIncident", "s"),
    ("getDatabaseSize",),
    ("shrinkDatabase",),
    ("getGameList",),
    ("getPM2ProcessList",),
    ("testChrome", ""),
    ("getPushExample", "curl"),
    ("getMonitorChartData", 1, 24),
    ("cloudflared_stop", "x"),
]


@scenario("unauthenticated", order=30)
async def unauthenticated(s):
    """Refused with the same message, whatever it is."""
    c = await s.connect("guest")
    for event, *args in CALLS:
        await s.call(c, event, *args, quiet=0.08)
    for event, *args in [
        ("initServerTimezone", "Asia/Tokyo"),
        ("disconnectOtherSocketClients",),
        ("cloudflared_join",),
        ("cloudflared_leave",),
        ("cloudflared_start", "t"),
        ("cloudflared_removeToken",),
    ]:
        await s.send(c, event, *args, label=event + " (silently refused)", quiet=0.15)
    await s.call(c, "needSetup", label="public: needSetup")
    await s.call(c, "getIncidentHistory", "nowhere", None, label="public: getIncidentHistory")
    await s.call(c, "getWebpushVapidPublicKey", label="public: getWebpushVapidPublicKey", text=["ack.0.msg"])
    await s.mute(c, "noSuchEvent", {"a": 1}, label="an unknown event is not answered")
