"""Settings, tools, and everything else a client may send."""

import asyncio
import json

import aiohttp

from tests.conformance.scenario import PASSWORD, USER, scenario


@scenario("settings", order=130)
async def settings(s):
    """Reading and writing; what is pushed because of it."""
    a = await s.admin("a")
    await s.call(a, "getSettings")
    await s.call(
        a,
        "setSettings",
        {
            "searchEngineIndex": True,
            "primaryBaseURL": "https://kuma.example",
            "keepDataPeriodDays": 30,
            "tlsExpiryNotifyDays": [3, 5],
            "checkUpdate": False,
            "entryPage": "dashboard",
        },
        "",
    )
    await s.call(a, "getSettings", label="what was written")
    await s.call(a, "setSettings", {"whatever": {"deep": [1, None, "x"]}}, "", label="unknown keys are kept")
    await s.call(a, "getSettings", label="unknown keys come back", drop=["ack.0.data.entryPage"])
    await s.call(
        a,
        "setSettings",
        {"entryPage": "dashboard", "serverTimezone": "America/New_York"},
        "",
        label="another time zone",
        any=["events.*.args.0.serverTimezoneOffset"],
    )
    c = await s.connect(
        "c", label="a new client is told the time zone", any=["events.*.args.0.serverTimezoneOffset"]
    )
    await s.drop(c)
    await s.call(
        a,
        "setSettings",
        {"entryPage": "dashboard", "serverTimezone": "Mars/Olympus"},
        "",
        label="an unknown time zone",
    )
    await s.call(
        a, "setSettings", {"entryPage": "dashboard", "serverTimezone": "Asia/Kolkata"}, "", label="half hours"
    )
    await s.call(
        a,
        "setSettings",
        {"entryPage": "dashboard", "serverTimezone": "UTC", "whatever": None},
        "",
        label="UTC again",
    )
    await s.call(a, "setSettings", {"jwtSecret": "mine"}, "", label="a key that is not a general setting")
    b = await s.connect("b")
    await s.call(b, "loginByToken", s.session.token, label="tokens are still good")
    await s.drop(b)
    await s.call(a, "setSettings", None, "", label="null")
    await s.call(a, "setSettings", {}, "", label="nothing")
    await s.call(a, "setSettings", {"entryPage": "dashboard"}, None, label="without a password")
    await s.call(a, "setSettings", [], "", label="a list")
    await s.mute(a, "setSettings", {"entryPage": "dashboard"}, label="one argument only: no answer")
    await s.call(a, "getSettings", label="in the end")


@scenario("timezone_client", order=131)
async def timezone_client(s):
    """initServerTimezone sets the time zone."""
    a = await s.admin("a")
    await s.send(a, "initServerTimezone", "Asia/Tokyo")
    await s.call(a, "getSettings", label="taken over", drop=["ack.0.data.whatever"])
    await s.send(a, "initServerTimezone", "Nowhere/Land", label="an unknown one is ignored")
    await s.send(a, "initServerTimezone", "UTC", label="UTC")


@scenario("tools", order=132)
async def tools(s):
    """Helpers of the monitor form, the database, and what a bare server lacks."""
    a = await s.admin("a")
    await s.call(a, "getDatabaseSize")
    await s.call(a, "shrinkDatabase")
    await s.call(
        a,
        "getGameList",
        shape=["ack.0.gameList"],
        redact=["ack.0.gameList"],
        drop=["ack.0.gameList.1.options", "ack.0.gameList.1.extra"],
    )
    for lang in (
        "curl",
        "python",
        "bash-curl",
        "javascript-fetch",
        "typescript-fetch",
        "go",
        "php",
        "powershell",
        "csharp",
        "java",
        "docker",
    ):
        await s.call(
            a,
            "getPushExample",
            lang,
            label="push example: " + lang,
            text=["ack.0.code"],
            redact=["ack.0.code"],
        )
    for lang in ("cobol", "../../package", "UPPER", "", None, 5):
        await s.call(a, "getPushExample", lang, label=f"push example: {lang!r}")
    await s.call(a, "checkApprise", any=["ack.0"])
    await s.call(a, "testChrome", "", text=["ack.0.msg"], any=["ack.0.ok"])
    await s.call(a, "testChrome", "/no/such/browser", label="testChrome: no such file", text=["ack.0.msg"])
    await s.call(a, "getPM2ProcessList", text=["ack.0.msg"])
    r = await s.call(a, "getWebpushVapidPublicKey", text=["ack.0.msg"])
    again = await s.quietly(a, "getWebpushVapidPublicKey")
    await s.note(
        "the key stays the same and has 87 characters", [r["msg"] == again["msg"], len(r["msg"] or "")]
    )
    for partial in (
        {"type": "http", "url": "https://www.example.com/x"},
        {"type": "http", "url": "https://a.co.uk"},
        {"type": "http", "url": "https://localhost"},
        {"type": "http", "url": "http://127.0.0.1:80"},
        {"type": "http", "url": ""},
        {"type": "http"},
        {"type": "port", "hostname": "example.org"},
        {"type": "ping", "hostname": "my.host.example.net"},
        {"type": "push"},
        {"type": "group"},
        {"type": "dns", "hostname": "example.internal"},
        {"type": "grpc-keyword", "grpcUrl": "example.io:1"},
        {},
        {"type": "http", "url": "https://user.github.io"},
    ):
        await s.call(a, "checkDomain", partial, label=f"checkDomain {partial}")
    await s.call(a, "checkDomain", None, label="checkDomain null")


@scenario("cloudflared", order=133)
async def cloudflared(s):
    """The tunnel's events, on a server without the program."""
    a = await s.admin("a")
    await s.send(a, "cloudflared_join", any=["events.*.args.0"])
    await s.send(a, "cloudflared_leave")
    await s.call(a, "cloudflared_stop", "wrong", label="stop: wrong password")
    await s.send(a, "cloudflared_removeToken")
    await s.send(a, "cloudflared_join", label="the token is empty now", any=["events.*.args.0"])
    await s.send(a, "cloudflared_leave", label="leave again")


@scenario("disconnect_others", order=134)
async def disconnect_others(s):
    """disconnectOtherSocketClients."""
    a = await s.admin("a")
    await s.admin("b")
    await s.connect("guest")
    await s.send(a, "disconnectOtherSocketClients")
    await s.call(a, "getTags", label="the sender stays")


@scenario("malformed", order=135)
async def malformed(s):
    """Wrong types and missing arguments; what crashes quietly, what answers."""
    a = await s.admin("a")
    for event, *args in [
        ("getMonitor", None),
        ("getMonitor", "x"),
        ("getMonitor", {}),
        ("getMonitor", [1]),
        ("getMonitor", 99999),
        ("editMonitor", None),
        ("editMonitor", {}),
        ("deleteMonitor", None, False),
        ("deleteMonitor", "x", False),
        ("addTag", "x"),
        ("editTag", None),
        ("deleteTag", None),
        ("addMonitorTag", None, None, None),
        ("deleteNotification", None),
        ("deleteNotification", 99999),
        ("deleteProxy", None),
        ("deleteProxy", 99999),
        ("addProxy", None, None),
        ("addProxy", {}, None),
        ("addDockerHost", None, None),
        ("deleteDockerHost", 99999),
        ("addRemoteBrowser", None, None),
        ("deleteRemoteBrowser", 99999),
        ("testDockerHost", None),
        ("testRemoteBrowser", None),
        ("changePassword", {}),
        ("changePassword", "x"),
        ("verifyToken", None, None),
        ("getMonitorBeats", None, 24),
        ("getMonitorBeats", "x", "y"),
        ("getMonitorChartData", "x", 24),
        ("getMonitorChartData", 1, "x"),
        ("getMonitorChartData", 1, 100000),
        ("monitorImportantHeartbeatListPaged", 1, -1, -1),
        ("monitorImportantHeartbeatListCount", "x"),
        ("pauseMonitor", {}),
        ("resumeMonitor", "x"),
        ("clearEvents", None),
        ("clearHeartbeats", None),
        ("getStatusPage", None),
        ("getStatusPage", 5),
        ("deleteStatusPage", None),
        ("saveStatusPage", None, None, None, None),
        ("postIncident", None, None),
        ("unpinIncident", None),
        ("getIncidentHistory", None, None),
        ("disableAPIKey", None),
        ("deleteAPIKey", "x"),
        ("getPushExample", {}),
        ("twoFAStatus",),
    ]:
        await s.call(a, event, *args, label=f"{event} {list(args)}", quiet=0.15, ignore=["heartbeatList"])
    for event, *args in [
        ("getTags", "extra"),
        ("getMonitor", 1, 2, 3),
        ("getSettings", {"a": 1}),
        ("addTag",),
        ("needSetup", 1),
        ("getMonitorList", 1),
    ]:
        await s.mute(
            a, event, *args, label=f"{event} {list(args)}: the acknowledgement is not where it is looked for"
        )
    for event, *args in [("getTags",), ("getMonitor", 1), ("logout",), ("needSetup",), ("getSettings",)]:
        await s.send(a, event, *args, label=event + " without acknowledgement")
    b = await s.connect("b", label="the server is still there")
    await s.call(b, "loginByToken", s.session.token, label="and working")


@scenario("transport", order=136)
async def transport(s):
    """Engine.IO handshake, polling, WebSocket and its origin check."""

    async def raw(method, path, headers=None, data=None):
        async with (
            aiohttp.ClientSession() as http,
            http.request(method, s.session.url + path, headers=headers, data=data) as r,
        ):
            allowed = r.headers.get("access-control-allow-origin")
            return r.status, r.headers.get("content-type"), allowed, await r.text()

    status, ct, cors, text = await raw("GET", "/socket.io/?EIO=4&transport=polling")
    opened = json.loads(text[1:]) if text[:1] == "0" else {}
    sid = opened.pop("sid", None)
    await s.note(
        "open packet",
        {
            "status": status,
            "type": ct,
            "cors": cors,
            "packet": opened,
            "sid": "a string" if isinstance(sid, str) else None,
        },
    )
    status, ct, cors, text = await raw("POST", f"/socket.io/?EIO=4&transport=polling&sid={sid}", data="40")
    await s.note("namespace connect, posted", [status, ct, text])
    await asyncio.sleep(0.3)
    status, ct, cors, text = await raw("GET", f"/socket.io/?EIO=4&transport=polling&sid={sid}")
    packets = list(text.split("\x1e"))
    kinds = sorted(p.split("[")[0].split("{")[0] + ("" if "[" not in p else p.split('"')[1]) for p in packets)
    await s.note("polled", {"status": status, "kinds": kinds})
    for label, path, headers in [
        ("unknown session", "/socket.io/?EIO=4&transport=polling&sid=nosuchsession", None),
        ("unknown transport", "/socket.io/?EIO=4&transport=carrier-pigeon", None),
        ("no transport", "/socket.io/?EIO=4", None),
        (
            "a foreign origin may poll",
            "/socket.io/?EIO=4&transport=polling",
            {"Origin": "https://evil.example"},
        ),
    ]:
        status, ct, cors, text = await raw("GET", path, headers)
        await s.note(label, [status, ct, cors, json.loads(text) if text[:1] == "{" else text[:1]])
    own = s.session.url
    for label, origin in (
        ("no origin", None),
        ("own origin", own),
        ("foreign origin", "https://evil.example"),
        ("origin that is no URL", "nonsense"),
        ("null origin", "null"),
    ):
        async with aiohttp.ClientSession() as http:
            try:
                async with http.ws_connect(
                    own.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket",
                    headers={"Origin": origin} if origin else {},
                ) as ws:
                    first = await ws.receive_str(timeout=5)
                    opened = json.loads(first[1:])
                    opened.pop("sid", None)
                    result = ["accepted", first[:1], opened]
            except aiohttp.WSServerHandshakeError as e:
                result = ["refused", e.status]
        await s.note("websocket, " + label, result)
    c = await s.connect("poller", label="Socket.IO over polling", transports=("polling",))
    await s.call(c, "needSetup", label="an event over polling")
    await s.session.login_budget()
    await s.call(
        c,
        "login",
        {"username": USER, "password": PASSWORD, "token": ""},
        free=True,
        label="log in over polling",
    )
