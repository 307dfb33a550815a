"""Heartbeats that are pushed, and what is stored of all."""

import asyncio

from tests.conformance.scenario import scenario


@scenario("push_monitor", order=56)
async def push_monitor(s):
    """/api/push/: every method and parameter, unknown tokens, and silence."""
    a = await s.admin("a")
    i = await s.add(a, name="pushed", type="push", pushToken="tokenTOKEN1234567890", interval=3600)
    tok = "/api/push/tokenTOKEN1234567890"
    await s.http("GET", tok, label="GET without parameters")
    await s.beats(a, i, 1, keep=["ping"])
    await s.http("GET", tok + "?status=up&msg=OK&ping=", label="the usual form")
    await s.beats(a, i, 1, keep=["ping"])
    await s.http("POST", tok + "?status=down&msg=broken%20pipe&ping=12.5", label="POST, down")
    await s.beats(a, i, 1, label="down, with a ping", keep=["ping"])
    await s.http("PUT", tok + "?status=anything&ping=abc", label="PUT: a status that is not up is down")
    await s.beats(a, i, 1, label="still down", keep=["ping"])
    await s.http("DELETE", tok + "?ping=99999", label="DELETE: up")
    await s.beats(a, i, 1, label="up, ping kept", keep=["ping"])
    await s.http("HEAD", tok, label="HEAD")
    await s.beats(a, i, 1, label="HEAD counts, too", keep=["ping"])
    await s.http(
        "POST", tok, json_body={"status": "down", "msg": "in the body"}, label="a JSON body is not looked at"
    )
    await s.beats(a, i, 1, label="up", keep=["ping"])
    await s.http(
        "POST",
        tok,
        body="{broken",
        headers={"Content-Type": "application/json"},
        label="a broken JSON body",
        any=["response.text", "response.html", "response.json", "response.headers"],
    )
    await s.http("GET", tok + "?ping=-1", label="ping negative")
    await s.http("GET", tok + "?ping=100000000001", label="ping too big")
    await s.http("GET", tok + "?ping=1e3", label="ping as 1e3")
    await s.beats(a, i, 1, label="ping 1000", keep=["ping"])
    await s.http("GET", tok + "?msg=" + "x" * 300, label="a long message")
    await s.beats(a, i, 1, label="kept whole", keep=["ping"])
    await s.http("GET", tok + "?status=up&status=down", label="status given twice")
    await s.beats(a, i, 1, label="twice is not up", keep=["ping"])
    await s.http("GET", "/api/push/unknown", label="unknown token")
    await s.http("GET", "/api/push/", label="no token")
    await s.call(a, "pauseMonitor", i)
    await s.http("GET", tok, label="a paused monitor")
    await s.call(a, "getMonitorBeats", i, 1, label="all beats in the database", keep=["ping"])


@scenario("push_retries", order=57)
async def push_retries(s):
    """A push monitor with retries: pending before down; upside down; silence."""
    a = await s.admin("a")
    n = (
        await s.call(
            a,
            "addNotification",
            {
                "name": "hook",
                "type": "webhook",
                "webhookContentType": "json",
                "webhookURL": s.target.url + "/hook/p",
                "isDefault": False,
            },
            None,
        )
    )["id"]
    i = await s.add(
        a,
        name="retrying",
        type="push",
        pushToken="retry0000000000000000",
        interval=3600,
        maxretries=2,
        resendInterval=2,
        notificationIDList={str(n): True},
    )
    tok = "/api/push/retry0000000000000000"
    for k, q in enumerate(
        [
            "?status=down&msg=first",
            "?msg=good",
            "?status=down",
            "?status=down",
            "?status=down",
            "?status=down",
            "?status=down",
            "?status=down",
            "?msg=back",
            "?msg=stays",
        ]
    ):
        await s.http("GET", tok + q, label=f"push {k + 1}: {q}")
        await s.beats(a, i, 1, label=f"beat {k + 1}")
    await s.seen("/hook/p", 3, label="DOWN, still down, UP")
    await s.call(a, "monitorImportantHeartbeatListPaged", i, 0, 20, label="important beats")
    u = await s.add(
        a, name="upside", type="push", pushToken="upside000000000000000", interval=3600, upsideDown=True
    )
    await s.http("GET", "/api/push/upside000000000000000?status=up", label="upside down: up is down")
    await s.beats(a, u, 1, label="down")
    await s.http("GET", "/api/push/upside000000000000000?status=down", label="upside down: down is up")
    await s.beats(a, u, 1, label="up")
    q = await s.add(
        a,
        name="silent",
        type="push",
        pushToken="silent000000000000000",
        interval=2,
        maxretries=1,
        retryInterval=1,
    )
    await s.beats(a, q, 2, label="nobody pushes: pending, then down", timeout=15)
    await s.http("GET", "/api/push/silent000000000000000", label="a push at last")
    for _ in range(200):
        if any(
            e == "heartbeat" and b[0].get("monitorID") == q and b[0].get("status") == 1 for e, b in a.beats
        ):
            break
        await asyncio.sleep(0.02)
    await s.quietly(a, "pauseMonitor", q)
    await s.call(a, "monitorImportantHeartbeatListPaged", q, 0, 20, label="important: down, up")


@scenario("heartbeat_queries", order=60)
async def heartbeat_queries(s):
    """Lists, counts, chart data, and clearing them."""
    a = await s.admin("a")
    i = await s.hidden_add(a, name="p", type="push", pushToken="query0000000000000000")
    j = await s.hidden_add(a, name="q", type="push", pushToken="other0000000000000000")
    await s.minute_room(30)
    for q in (
        "?ping=10",
        "?ping=30&msg=two",
        "?status=down&msg=three",
        "?status=down&msg=four",
        "?ping=20&msg=five",
    ):
        await s.http("GET", "/api/push/query0000000000000000" + q, label="push " + q, events=False)
        await asyncio.sleep(0.02)
    await s.http(
        "GET", "/api/push/other0000000000000000?msg=another", label="push to the other", events=False
    )
    keep = {"keep": ["ping", "avgPing", "minPing", "maxPing", "uptime"]}
    await s.call(a, "getMonitorBeats", i, 24, **keep)
    await s.call(a, "getMonitorBeats", i, "1", label="getMonitorBeats: period as a string", **keep)
    await s.call(a, "getMonitorBeats", i, 0, label="getMonitorBeats: period 0", any=["ack.0.data"])
    await s.call(a, "getMonitorBeats", i, None, label="getMonitorBeats: no period")
    await s.call(a, "getMonitorBeats", 99999, 24, label="getMonitorBeats: unknown monitor")
    await s.call(a, "getMonitorChartData", i, 24, label="chart of a day", **keep)
    await s.call(a, "getMonitorChartData", i, 48, label="chart of two days: by the hour", **keep)
    await s.call(a, "getMonitorChartData", i, 8760, label="chart of a year: by the day", **keep)
    await s.call(a, "getMonitorChartData", i, None, label="chart: no period")
    await s.call(a, "getMonitorChartData", 99999, 24, label="chart: unknown monitor")
    await s.call(a, "getMonitorChartData", None, 24, label="chart: no monitor")
    await s.call(a, "monitorImportantHeartbeatListCount", i)
    await s.call(a, "monitorImportantHeartbeatListCount", None, label="count: all monitors")
    await s.call(a, "monitorImportantHeartbeatListCount", 99999, label="count: unknown monitor")
    await s.call(a, "monitorImportantHeartbeatListPaged", i, 0, 25, **keep)
    await s.call(a, "monitorImportantHeartbeatListPaged", i, 1, 1, label="paged: the second only", **keep)
    await s.call(a, "monitorImportantHeartbeatListPaged", None, 0, 2, label="paged: all monitors", **keep)
    await s.call(a, "monitorImportantHeartbeatListPaged", i, 100, 5, label="paged: beyond the end")
    await s.call(a, "monitorImportantHeartbeatListPaged", i, None, None, label="paged: nulls")
    b = await s.connect("b")
    await s.call(
        b,
        "loginByToken",
        s.session.token,
        label="log in: heartbeats of both monitors",
        also=["heartbeatList", "avgPing", "uptime"],
        **keep,
    )
    await s.drop(b)
    await s.call(a, "clearEvents", i)
    await s.call(a, "monitorImportantHeartbeatListCount", i, label="no important ones left")
    await s.call(a, "getMonitorBeats", i, 24, label="messages are gone, beats are not", **keep)
    await s.call(a, "clearHeartbeats", i, also=["heartbeatList"])
    await s.call(a, "getMonitorBeats", i, 24, label="no beats left")
    await s.call(a, "getMonitorChartData", i, 24, label="no chart left")
    await s.call(a, "getMonitorBeats", j, 24, label="the other is untouched", **keep)
    await s.call(a, "clearStatistics")
    await s.call(a, "getMonitorBeats", j, 24, label="now it is empty, too")
    await s.call(a, "clearEvents", 99999, label="clearEvents: unknown monitor")
    await s.call(
        a, "clearHeartbeats", 99999, label="clearHeartbeats: unknown monitor", also=["heartbeatList"]
    )


@scenario("clear_running", order=61)
async def clear_running(s):
    """Clearing restarts a running monitor."""
    a = await s.admin("a")
    i = await s.add(a, name="r", type="manual", manual_status=1)
    await s.call(a, "clearHeartbeats", i, ignore=["heartbeatList"])
    await s.beats(a, i, 1, label="a first beat again")
    await s.call(a, "clearStatistics", ignore=["heartbeatList"])
    await s.beats(a, i, 1, label="and again")
