"""Badges, metrics and the small endpoints."""

from tests.conformance.scenario import PASSWORD, USER, scenario


@scenario("badges", order=120)
async def badges(s):
    """Every badge with its parameters; for public, private and unknown monitors."""
    a = await s.admin("a")
    pub = await s.hidden_add(a, name="public", type="push", pushToken="badge0000000000000000")
    priv = await s.hidden_add(a, name="private", type="push", pushToken="badge1111111111111111")
    mute = await s.hidden_add(a, name="no beats", type="push", pushToken="badge2222222222222222")
    await s.quietly(a, "addStatusPage", "B", "b")
    await s.quietly(
        a,
        "saveStatusPage",
        "b",
        {
            "slug": "b",
            "title": "B",
            "domainNameList": [],
            "analyticsType": None,
            "autoRefreshInterval": 300,
            "theme": "auto",
            "showTags": False,
            "published": True,
        },
        "",
        [{"name": "g", "monitorList": [{"id": pub}, {"id": mute}]}],
    )
    for q in ("?ping=100", "?ping=50.5", "?status=down"):
        await s.http("GET", "/api/push/badge0000000000000000" + q, label="push " + q, events=False)
    await s.http("GET", "/api/push/badge1111111111111111", label="push to the private one", events=False)
    u = f"/api/badge/{pub}/"

    async def get(path, label=None):
        await s.http("GET", u + path, label=label or path)

    for path in [
        "status",
        "status?label=Shop&downLabel=weg&downColor=purple",
        "status?style=for-the-badge",
        "status?style=plastic",
        "status?style=flat-square",
        "status?style=social",
        "status?style=nonsense",
        "status?value=1",
        "status?value=1&upLabel=fine&upColor=%23abcdef",
        "status?value=2&pendingLabel=hm&pendingColor=yellow",
        "status?value=3",
        "status?value=9",
        "status?value=x",
        "status?label=",
        "status?label=%3Cb%3E&upLabel=%26",
        "uptime",
        "uptime/24",
        "uptime/720",
        "uptime/24h",
        "uptime/30d",
        "uptime/1y",
        "uptime/1w",
        "uptime/1M",
        "uptime/60m",
        "uptime/5x",
        "uptime/abc",
        "uptime/721h",
        "uptime/1000000",
        "uptime?value=0.5",
        "uptime?value=1",
        "uptime?value=0.123456",
        "uptime?value=0",
        "uptime?label=L&labelPrefix=%3E&labelSuffix=%3C&prefix=P&suffix=S&color=red&labelColor=blue",
        "uptime/48?labelSuffix=hours",
        "ping",
        "ping/24",
        "ping/720",
        "ping/7d",
        "ping?value=12.7",
        "ping/x",
        "ping/1?suffix=&prefix=~",
        "ping?label=L&labelPrefix=a&labelSuffix=b&color=%23ff0000&labelColor=black&style=flat-square",
        "avg-response",
        "avg-response/24",
        "avg-response/9999",
        "avg-response?value=3&label=Q",
        "avg-response/abc",
        "avg-response?prefix=about%20&suffix=%20ms",
        "response",
        "response?value=77",
        "response?label=R&color=pink",
        "cert-exp",
        "cert-exp?date=1",
        "cert-exp?value=3",
        "nonsense",
    ]:
        await get(path)
    await s.http("GET", "/api/push/badge0000000000000000?ping=42", label="push ?ping=42", events=False)
    await get("response?fresh=1", "response, now that there is a ping")
    await get("status?fresh=1", "status: up")
    for ident, what in (
        (priv, "private"),
        (99999, "unknown"),
        ("abc", "not a number"),
        (mute, "no beats"),
        (f"{pub}x", "number and letters"),
    ):
        for kind in ("status", "uptime", "ping", "avg-response", "cert-exp", "response"):
            await s.http("GET", f"/api/badge/{ident}/{kind}", label=f"{what}: {kind}")
    await s.http("OPTIONS", u + "status", label="OPTIONS")
    await s.http("POST", u + "status", label="POST")


@scenario("rest_misc", order=121)
async def rest_misc(s):
    """The small endpoints, headers, and what is not there."""
    a = await s.admin("a")
    await s.http("GET", "/robots.txt")
    await s.call(a, "setSettings", {"searchEngineIndex": True}, "")
    await s.http("GET", "/robots.txt", label="robots.txt, indexing allowed")
    await s.http("GET", "/.well-known/change-password")
    await s.http("GET", "/setup-database-info")
    await s.http(
        "GET", "/api/entry-page", headers={"Origin": "https://elsewhere.example"}, label="CORS is not allowed"
    )
    await s.http(
        "OPTIONS",
        "/api/entry-page",
        headers={"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET"},
        label="preflight",
    )
    await s.http("GET", "/", label="/")
    await s.http("HEAD", "/", label="HEAD /")
    await s.http("GET", "/dashboard", label="the application's page")
    await s.http("GET", "/add", label="any path of the application")
    await s.http("GET", "/setup", label="/setup")
    await s.http("GET", "/api/nothing", label="an unknown path below /api is the application, too")
    await s.http("GET", "/no/such/page", label="an unknown path")
    await s.http(
        "POST", "/no/such/page", label="POST to an unknown path", any=["response.text", "response.html"]
    )
    await s.http(
        "POST", "/api/entry-page", label="POST to a GET endpoint", any=["response.text", "response.html"]
    )
    await s.http("GET", "/upload/none.png", label="a missing upload")
    await s.http("GET", "/screenshots/none.png", label="a missing screenshot")
    await s.http(
        "GET",
        "/manifest.json",
        label="the application's manifest",
        any=["response.json", "response.headers"],
        redact=["response.json"],
    )
    await s.http("GET", "/icon.svg", label="the icon", any=["response.svg", "response.text"])
    await s.http("GET", "/metrics", label="metrics without credentials")


@scenario("metrics", order=122)
async def metrics(s):
    """/metrics behind basic authentication: families, labels, values."""
    a = await s.admin("a")
    i = await s.hidden_add(
        a, name='quo"te\\ name', type="manual", manual_status=1, url="http://h.example/p?q=1"
    )
    j = await s.hidden_add(a, name="down", type="port", hostname="127.0.0.1", port=1)
    k = await s.hidden_add(a, name="pushed", type="push", pushToken="metric000000000000000")
    await s.http("GET", "/api/push/metric000000000000000?ping=12", label="push", events=False)
    await s.http("GET", "/metrics", label="no credentials")
    await s.session.login_budget()
    await s.http("GET", "/metrics", auth=(USER, "wrong"), label="wrong password")
    await s.http("GET", "/metrics", auth=(USER, PASSWORD), label="all metrics of monitors")
    await s.call(a, "pauseMonitor", i)
    await s.http("GET", "/metrics", auth=(USER, PASSWORD), label="a paused monitor has none")
    await s.call(a, "deleteMonitor", j, False)
    await s.http("GET", "/metrics", auth=(USER, PASSWORD), label="nor has a deleted one")
    await s.call(a, "deleteMonitor", k, False)
    await s.http("GET", "/metrics", auth=(USER, ""), label="empty password")
    await s.http("GET", "/metrics", headers={"Authorization": "Bearer x"}, label="bearer")


@scenario("api_keys", order=950)
async def api_keys(s):
    """Keys: add, list, disable, enable, delete; from the first one on /metrics wants a key."""
    a = await s.admin("a")
    await s.call(a, "getAPIKeyList", label="none")
    r = await s.call(a, "addAPIKey", {"name": "good", "expires": "2099-01-01 00:00:00", "active": True})
    key, n = r["key"], r["keyID"]
    key = key if isinstance(key, str) else "uk0_x"
    await s.http("GET", "/metrics", label="no credentials")
    await s.http("GET", "/metrics", auth=(USER, PASSWORD), label="a password no longer does")
    await s.http("GET", "/metrics", auth=("", key), label="the key as password", drop=["response.metrics"])
    await s.http(
        "GET", "/metrics", auth=("whoever", key), label="with any user name", drop=["response.metrics"]
    )
    await s.http("GET", "/metrics", auth=(key, ""), label="the key as user name")
    await s.http(
        "GET", "/metrics", headers={"Authorization": "Bearer " + key}, label="the key as bearer token"
    )
    await s.http("GET", "/metrics", auth=("", key[:-1]), label="a key cut short")
    await s.http("GET", "/metrics", auth=("", "uk99999_abc"), label="an unknown key")
    await s.http("GET", "/metrics", auth=("", "nonsense"), label="no key at all")
    await s.call(a, "disableAPIKey", n)
    await s.http("GET", "/metrics", auth=("", key), label="disabled")
    await s.call(a, "enableAPIKey", n)
    await s.http("GET", "/metrics", auth=("", key), label="enabled", drop=["response.metrics"])
    old = await s.call(
        a, "addAPIKey", {"name": "old", "expires": "2001-01-01 00:00:00", "active": True}, label="expired"
    )
    await s.http("GET", "/metrics", auth=("", str(old["key"])), label="an expired key")
    await s.call(a, "addAPIKey", {"name": "never", "expires": None, "active": True}, label="never expires")
    await s.call(a, "addAPIKey", {"name": "off", "expires": None, "active": False}, label="born disabled")
    await s.call(a, "addAPIKey", {}, label="no field")
    await s.call(a, "addAPIKey", None, label="null")
    await s.call(a, "getAPIKeyList")
    await s.call(a, "deleteAPIKey", n)
    await s.http("GET", "/metrics", auth=("", key), label="deleted")
    for event in ("deleteAPIKey", "disableAPIKey", "enableAPIKey"):
        await s.call(a, event, 99999, label=event + ": unknown id")
    await s.call(a, "getSettings", label="the switch is not among the settings", drop=["ack.0.data.whatever"])
