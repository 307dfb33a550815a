"""Monitors that run: what they send, and the heartbeats that result."""

import asyncio

from tests.conformance.scenario import monitor, scenario


@scenario("http_basic", order=50)
async def http_basic(s):
    """Status codes, redirects, time-outs, refused connections."""
    a = await s.admin("a")
    t = s.target.url
    await s.add(a, name="ok", url=t + "/text")
    await s.seen("/text", label="the request a monitor makes")
    await s.add(a, name="500", url=t + "/status/500")
    await s.add(a, name="404 accepted", url=t + "/status/404", accepted_statuscodes=["200-299", "404"])
    await s.add(a, name="200 not accepted", url=t + "/status/200", accepted_statuscodes=["201"])
    await s.add(a, name="nothing accepted", url=t + "/status/200", accepted_statuscodes=[])
    await s.add(a, name="redirected", url=t + "/redirect/2")
    await s.add(a, name="no redirects wanted", url=t + "/redirect/1", maxredirects=0)
    await s.add(
        a, name="302 accepted", url=t + "/redirect/1", maxredirects=0, accepted_statuscodes=["300-399"]
    )
    await s.add(a, name="too many redirects", url=t + "/redirect/5", maxredirects=2)
    await s.add(a, name="slow", url=t + "/slow/5", timeout=1)
    await s.add(a, name="refused", url="http://127.0.0.1:1/")
    i = await s.add(a, name="not a URL", url="nonsense", beat=False)
    await s.beats(a, i, 1, label="first heartbeat of not a URL", text=["beats.0.msg"])
    await s.add(a, name="upside down, up", url=t + "/status/500", upsideDown=True)
    await s.add(a, name="upside down, down", url=t + "/text", upsideDown=True)


@scenario("http_requests", order=51)
async def http_requests(s):
    """Methods, bodies, headers and authentication, as the monitored server sees them."""
    a = await s.admin("a")
    t = s.target.url
    for n, fields in enumerate(
        [
            {"name": "POST JSON", "method": "POST", "body": '{"a": [1, 2]}', "httpBodyEncoding": "json"},
            {"name": "PUT form", "method": "PUT", "body": "a=1&b=2", "httpBodyEncoding": "form"},
            {"name": "POST XML", "method": "POST", "body": "<a/>", "httpBodyEncoding": "xml"},
            {"name": "headers", "headers": '{"X-Custom": "yes", "User-Agent": "mine"}'},
            {"name": "basic", "authMethod": "basic", "basic_auth_user": "user", "basic_auth_pass": "pass"},
            {"name": "bearer", "authMethod": "bearer", "bearer_token": "abc"},
            {"name": "cache bust", "cacheBust": True},
            {"name": "HEAD", "method": "HEAD"},
            {"name": "OPTIONS", "method": "OPTIONS"},
        ]
    ):
        await s.add(a, url=f"{t}/echo{n}", accepted_statuscodes=["404"], **fields)
        await s.seen(f"/echo{n}", label="request of " + fields["name"])
    await s.add(a, name="broken JSON body", method="POST", url=t + "/text", body="{nope")
    await s.add(
        a,
        name="secret",
        url=t + "/secret",
        authMethod="basic",
        basic_auth_user="user",
        basic_auth_pass="pass",
    )
    await s.add(
        a,
        name="secret, wrong password",
        url=t + "/secret",
        authMethod="basic",
        basic_auth_user="user",
        basic_auth_pass="no",
    )
    await s.add(
        a,
        name="oauth",
        url=t + "/oauth",
        authMethod="oauth2-cc",
        oauth_token_url=t + "/token",
        oauth_client_id="id",
        oauth_client_secret="sec",
        oauth_scopes="a b",
        accepted_statuscodes=["404"],
        oauth_auth_method="client_secret_basic",
    )
    await s.seen("/oauth", label="request with the token obtained")


@scenario("http_content", order=52)
async def http_content(s):
    """Keywords and JSON queries; saved responses."""
    a = await s.admin("a")
    t = s.target.url
    kw = {"type": "keyword", "url": t + "/text"}
    await s.add(a, name="keyword found", keyword="Kuma", **kw)
    await s.add(a, name="keyword not found", keyword="kuma is down", **kw)
    await s.add(a, name="inverted, found", keyword="fine", invertKeyword=True, **kw)
    await s.add(a, name="inverted, not found", keyword="absent", invertKeyword=True, **kw)
    await s.add(a, name="keyword in JSON", type="keyword", keyword='"count":42', url=t + "/json")
    jq = {"type": "json-query", "url": t + "/json"}
    await s.add(a, name="json equal", jsonPath="count", jsonPathOperator="==", expectedValue="42", **jq)
    await s.add(a, name="json not equal", jsonPath="count", jsonPathOperator="!=", expectedValue="42", **jq)
    await s.add(a, name="json greater", jsonPath="count", jsonPathOperator=">", expectedValue="41", **jq)
    await s.add(
        a, name="json contains", jsonPath="nested.name", jsonPathOperator="contains", expectedValue="um", **jq
    )
    await s.add(
        a, name="json list element", jsonPath="nested.list[1]", jsonPathOperator="==", expectedValue="2", **jq
    )
    await s.add(
        a, name="json sum", jsonPath="$sum(nested.list)", jsonPathOperator="==", expectedValue="6", **jq
    )
    await s.add(a, name="json missing", jsonPath="nowhere", jsonPathOperator="==", expectedValue="1", **jq)
    await s.add(
        a,
        name="json not JSON",
        type="json-query",
        url=t + "/long/1",
        jsonPath="$",
        jsonPathOperator="==",
        expectedValue="abcdefghij",
    )
    i = await s.add(a, name="response saved", url=t + "/json", saveResponse=True, saveErrorResponse=True)
    await s.call(a, "getMonitorBeats", i, 24, label="a saved response in the list")
    await s.add(a, name="response truncated", url=t + "/long/300", saveResponse=True, responseMaxLength=20)
    await s.add(a, name="error response saved", url=t + "/status/500", saveErrorResponse=True)
    await s.add(a, name="error response not saved", url=t + "/status/500", saveErrorResponse=False)


@scenario("http_retries", order=53)
async def http_retries(s):
    """UP, then retries as PENDING, DOWN, and UP again; important beats; resending."""
    a = await s.admin("a")
    t = s.target
    n = (
        await s.call(
            a,
            "addNotification",
            {
                "name": "hook",
                "type": "webhook",
                "webhookURL": t.url + "/hook/retries",
                "webhookContentType": "json",
                "isDefault": False,
                "applyExisting": False,
            },
            None,
        )
    )["id"]
    i = await s.add(
        a,
        name="flipping",
        url=t.url + "/flip/web",
        interval=1,
        retryInterval=1,
        maxretries=2,
        resendInterval=2,
        notificationIDList={str(n): True},
        beat=False,
    )
    await s.beats(a, i, 2, label="up, twice")
    t.set("web", 500)
    while True:
        await asyncio.sleep(0.05)
        if any(e == "heartbeat" and b[0].get("status") == 2 for e, b in a.beats) or len(a.beats) > 60:
            break
    # line up with the first pending beat, whatever number of UP beats came before
    pos = next((k for k, (e, b) in enumerate(a.beats) if e == "heartbeat" and b[0].get("status") == 2), 0)
    a.beat_cursor[i] = pos
    await s.beats(a, i, 5, label="pending, pending, down, down, down", stats=False)
    await s.seen("/hook/retries", 2, label="notified of DOWN, and once more when still down", unordered=False)
    t.set("web", 200)
    while not any(e == "heartbeat" and b[0].get("status") == 1 for e, b in a.beats[a.beat_cursor[i] :]):
        await asyncio.sleep(0.05)
        if len(a.beats) > 150:
            break
    pos = next(
        (
            k
            for k, (e, b) in enumerate(a.beats)
            if k >= a.beat_cursor[i] and e == "heartbeat" and b[0].get("status") == 1
        ),
        0,
    )
    a.beat_cursor[i] = pos
    await s.beats(a, i, 2, label="up again", stats=False)
    await s.call(a, "pauseMonitor", i)
    await s.call(a, "monitorImportantHeartbeatListPaged", i, 0, 10, label="important: first up, down, up")
    hooks = [e for _, e in t.log if e["path"] == "/hook/retries"]
    await s.note("the last notification says UP", [hooks[-1]["body"] if hooks else None], as_event="request")


@scenario("http_maintenance_push", order=54)
async def http_maintenance_push(s):
    """A change of state pushes the maintenance list."""
    a = await s.admin("a")
    i = await s.hidden_add(a, name="m", type="manual", manual_status=1)
    await s.forget_beats(a, i)
    await s.call(
        a,
        "editMonitor",
        monitor(id=i, name="m", type="manual", manual_status=0),
        label="goes down",
        also=["maintenanceList"],
    )
    await s.beats(a, i, 1, label="down, important")
    await s.call(
        a, "editMonitor", monitor(id=i, name="m", type="manual", manual_status=0), label="stays down"
    )
    await s.beats(a, i, 1, label="down, not important")


@scenario("other_types", order=55)
async def other_types(s):
    """Types that can be checked without the outside world."""
    a = await s.admin("a")
    t = s.target
    await s.add(a, name="port open", type="port", hostname="127.0.0.1", port=t.tcp_port)
    await s.add(a, name="port closed", type="port", hostname="127.0.0.1", port=1)
    await s.add(a, name="manual up", type="manual", manual_status=1)
    await s.add(a, name="manual down", type="manual", manual_status=0)
    await s.add(a, name="manual pending", type="manual", manual_status=2)
    await s.add(a, name="manual unset", type="manual")
    dns = {"type": "dns", "dns_resolve_server": "127.0.0.1", "port": t.dns_port}
    await s.add(a, name="dns A", hostname="host.example.test", dns_resolve_type="A", **dns)
    await s.add(a, name="dns AAAA", hostname="host.example.test", dns_resolve_type="AAAA", **dns)
    await s.add(a, name="dns TXT", hostname="text.example.test", dns_resolve_type="TXT", **dns)
    await s.add(a, name="dns MX", hostname="mail.example.test", dns_resolve_type="MX", **dns)
    await s.add(a, name="dns unknown name", hostname="nowhere.example.test", dns_resolve_type="A", **dns)

    def cond(op, v):
        return [{"type": "expression", "andOr": "and", "variable": "record", "operator": op, "value": v}]

    await s.add(
        a,
        name="dns condition met",
        hostname="host.example.test",
        dns_resolve_type="A",
        conditions=cond("equals", "192.0.2.11"),
        **dns,
    )
    await s.add(
        a,
        name="dns condition not met",
        hostname="host.example.test",
        dns_resolve_type="A",
        conditions=cond("contains", "198."),
        **dns,
    )
    await s.add(a, name="websocket", type="websocket-upgrade", url=t.ws_url + "/ws")
    await s.add(
        a,
        name="websocket accepted",
        type="websocket-upgrade",
        url=t.ws_url + "/ws",
        accepted_statuscodes=["1000"],
    )
    await s.add(a, name="websocket refused", type="websocket-upgrade", url=t.ws_url + "/status/404")
    await s.add(a, name="redis", type="redis", databaseConnectionString=f"redis://127.0.0.1:{t.redis_port}")
    await s.add(
        a, name="rabbitmq", type="rabbitmq", rabbitmqNodes=[t.url], rabbitmqUsername="u", rabbitmqPassword="p"
    )
    d = (await s.call(a, "addDockerHost", {"name": "d", "dockerType": "tcp", "dockerDaemon": t.url}, None))[
        "id"
    ]
    for name in ("running", "healthy", "sick", "exited", "absent"):
        await s.add(a, name="docker " + name, type="docker", docker_container=name, docker_host=d)
    await s.add(a, name="unknown type", type="no-such-type")
    await s.add(a, name="empty group", type="group")


@scenario("http_tls", order=58)
async def http_tls(s):
    """A self-signed certificate: refused, ignored, shown; the certificate badge."""
    a = await s.admin("a")
    t = s.target.tls_url
    await s.add(a, name="self-signed", url=t + "/text")
    i = await s.add(a, name="ignored", url=t + "/text", ignoreTls=True)
    await s.call(a, "resumeMonitor", i, label="check again: the certificate is known")
    await s.beats(a, i, 1, label="certInfo is among the statistics")
    b = await s.connect("b")
    await s.call(b, "loginByToken", s.session.token, label="log in: certInfo is pushed", also=["certInfo"])
    await s.drop(b)
    await s.quietly(a, "addStatusPage", "C", "cert")
    await s.quietly(
        a,
        "saveStatusPage",
        "cert",
        {
            "slug": "cert",
            "title": "C",
            "domainNameList": [],
            "theme": "auto",
            "analyticsType": None,
            "autoRefreshInterval": 300,
            "showCertificateExpiry": True,
        },
        "",
        [{"name": "g", "monitorList": [{"id": i}]}],
    )
    await s.http("GET", f"/api/badge/{i}/cert-exp", label="badge: a bad certificate")
    await s.http("GET", "/api/status-page/cert", label="the page with the certificate's days")
    await s.session.login_budget()
