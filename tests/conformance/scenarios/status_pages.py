"""Status pages, incidents, and the public REST endpoints about them."""

import asyncio

from tests.conformance.scenario import scenario

PNG = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJ"
    "RU5ErkJggg=="
)


def config(slug="page", **fields):
    c = {
        "slug": slug,
        "title": "My page",
        "description": "Some *text*",
        "icon": "/icon.svg",
        "autoRefreshInterval": 300,
        "theme": "auto",
        "published": True,
        "showTags": False,
        "domainNameList": [],
        "customCSS": "body {}",
        "footerText": "foot",
        "showPoweredBy": True,
        "rssTitle": "",
        "showOnlyLastHeartbeat": False,
        "showCertificateExpiry": False,
        "analyticsId": "",
        "analyticsScriptUrl": "",
        "analyticsType": None,
    }
    c.update(fields)
    return c


@scenario("status_page_crud", order=110)
async def status_page_crud(s):
    """Add, get, save, rename, delete."""
    a = await s.admin("a")
    await s.call(a, "addStatusPage", "My page", "page")
    await s.call(a, "addStatusPage", "Again", "page", label="the slug is taken")
    await s.call(a, "addStatusPage", " Blanks ", " UPPER-Case ", label="trimmed and lower-cased")
    await s.call(a, "addStatusPage", "", "x", label="no title")
    await s.call(a, "addStatusPage", "x", "", label="no slug")
    await s.call(a, "addStatusPage", None, None, label="nulls")
    for slug in ("a b", "a--b", "-a", "ä", "a/b", "a_b"):
        await s.call(a, "addStatusPage", "x", slug, label="slug " + slug)
    await s.call(a, "addStatusPage", "x", 5, label="slug of a wrong type")
    await s.call(a, "getStatusPage", "page")
    await s.call(a, "getStatusPage", "nowhere", label="get an unknown one")
    i = await s.hidden_add(a, name="one", url="https://one.example", active=False)
    j = await s.hidden_add(a, name="two", type="port", hostname="h", port=1, active=False)
    r = await s.call(
        a,
        "saveStatusPage",
        "page",
        config(showTags=True, showCertificateExpiry=True),
        "/icon.svg",
        [
            {"name": "First", "monitorList": [{"id": i, "sendUrl": True}, {"id": j}]},
            {"name": "Second", "monitorList": [{"id": i, "url": "https://shown.example", "sendUrl": True}]},
        ],
    )
    await s.http("GET", "/api/status-page/page")
    groups = r.get("publicGroupList") or [{}, {}]
    groups = [dict(g) for g in groups]
    await s.call(
        a,
        "saveStatusPage",
        "page",
        config(),
        "/icon.svg",
        [{**groups[1], "name": "Renamed"}, {"name": "Third", "monitorList": []}],
        label="save: one group kept, one dropped, one new",
    )
    await s.http("GET", "/api/status-page/page", label="after regrouping")
    await s.call(a, "saveStatusPage", "page", config(), PNG, [], label="save with a logo")
    await s.call(a, "getStatusPage", "page", label="the logo's address")
    await s.call(
        a,
        "saveStatusPage",
        "page",
        config(),
        "data:image/jpeg;base64,AAAA",
        [],
        label="a logo that is no PNG",
    )
    await s.call(
        a, "saveStatusPage", "page", config(analyticsType="spyware"), "", [], label="unknown analytics"
    )
    await s.call(
        a,
        "saveStatusPage",
        "page",
        config(analyticsType="umami", analyticsId="id", analyticsScriptUrl="https://u.example/s.js"),
        "",
        [],
        label="analytics",
    )
    await s.call(a, "saveStatusPage", "page", config(domainNameList="x"), "", [], label="domains not a list")
    await s.call(
        a, "saveStatusPage", "page", config(domainNameList=[5]), "", [], label="a domain that is no string"
    )
    await s.call(a, "saveStatusPage", "nowhere", config(), "", [], label="save an unknown one")
    await s.call(a, "saveStatusPage", "page", config("bad slug"), "", [], label="save under a bad slug")
    await s.call(
        a,
        "saveStatusPage",
        "page",
        config("renamed", domainNameList=["status.example", " "]),
        "",
        [],
        label="rename, with a domain",
    )
    await s.call(a, "getStatusPage", "renamed", label="under its new name")
    await s.http("GET", "/api/status-page/page", label="the old name is gone")
    await s.http("GET", "/api/entry-page", headers={"Host": "status.example"}, label="entry page by domain")
    await s.http("GET", "/api/status-page/RENAMED", label="slugs are lower-cased in addresses")
    b = await s.connect("b")
    await s.call(b, "loginByToken", s.session.token, label="log in: the list of pages")
    await s.drop(b)
    await s.call(a, "deleteStatusPage", "renamed")
    await s.call(a, "deleteStatusPage", "renamed", label="delete it again")
    await s.call(a, "deleteStatusPage", "upper-case")


@scenario("status_page_public", order=111)
async def status_page_public(s):
    """The REST endpoints of a page that shows monitors in several states."""
    a = await s.admin("a")
    t = (await s.quietly(a, "addTag", {"name": "tag", "color": "#222222"}))["tag"]["id"]
    up = await s.hidden_add(a, name="up", type="push", pushToken="pageup000000000000000")
    down = await s.hidden_add(a, name="down", type="push", pushToken="pagedown0000000000000")
    none = await s.hidden_add(a, name="never", type="push", pushToken="pagenone0000000000000")
    await s.quietly(a, "addMonitorTag", t, up, "v")
    await s.quietly(a, "addStatusPage", "Public", "public")
    await s.http("GET", "/api/status-page/public/badge?x=0", label="badge of an empty page")
    await s.quietly(
        a,
        "saveStatusPage",
        "public",
        config("public", title="Public & <page>", showTags=True),
        "/icon.svg",
        [
            {"name": "G", "monitorList": [{"id": up, "sendUrl": True}, {"id": none}]},
            {"name": "H", "monitorList": [{"id": down}]},
        ],
    )
    await s.http("GET", "/api/status-page/public/badge?x=1", label="badge without heartbeats")
    await s.http("GET", "/api/push/pageup000000000000000?ping=10", label="push up", events=False)
    await s.http("GET", "/api/status-page/public/badge?x=2", label="badge: up")
    await s.http(
        "GET", "/api/push/pagedown0000000000000?status=down&msg=secret", label="push down", events=False
    )
    await s.http("GET", "/api/status-page/public/badge?x=3", label="badge: degraded")
    await s.http("GET", "/api/push/pageup000000000000000?status=down", label="push down, too", events=False)
    await s.http("GET", "/api/status-page/public/badge?x=4", label="badge: down")
    await s.http(
        "GET",
        "/api/status-page/public/badge?x=5&label=All&downColor=blue&style=flat-square",
        label="badge: label, colour, style",
    )
    await s.http("GET", "/api/push/pageup000000000000000?ping=20", label="push up again", events=False)
    await s.http(
        "GET", "/api/status-page/public/badge?x=6&partialColor=%23123456", label="badge: partial colour"
    )
    await s.http("GET", "/api/status-page/nowhere/badge", label="badge of an unknown page")
    await s.http("GET", "/api/status-page/public", label="everything about the page")
    await s.http("GET", "/api/status-page/heartbeat/public", label="heartbeats", keep=["ping", "uptime"])
    await s.http("GET", "/api/status-page/heartbeat/nowhere", label="heartbeats of an unknown page")
    await s.http("GET", "/api/status-page/nowhere", label="an unknown page")
    await s.http("GET", "/api/status-page/public/manifest.json")
    await s.http("GET", "/api/status-page/nowhere/manifest.json", label="manifest of an unknown page")
    await s.http("GET", "/api/status-page/public/incident-history", label="no incidents")
    await s.http("GET", "/api/status-page/nowhere/incident-history", label="incidents of an unknown page")
    await s.http("GET", "/status/public", label="the page: title, social tags, preloaded data")
    await s.http("GET", "/status/PUBLIC", label="capitals in the address")
    await s.http("GET", "/status/nowhere", label="an unknown page's HTML")
    await s.http("GET", "/status/public/rss", label="RSS")
    await s.http("GET", "/status/nowhere/rss", label="RSS of an unknown page")
    await s.http("GET", "/status", label="the default page, absent")
    await s.http("GET", "/status-page", label="the default page's old address, absent")
    await s.quietly(a, "addStatusPage", "Default", "default")
    await s.http("GET", "/status", label="the default page")
    await s.http("POST", "/api/status-page/public", label="POST is not routed")


@scenario("incidents", order=112)
async def incidents(s):
    """Post, edit, resolve, unpin, delete; history with and without log-in."""
    a = await s.admin("a")
    await s.quietly(a, "addStatusPage", "Incidents", "inc")
    new = {"title": "Down", "content": "We *know*", "style": "danger"}
    await s.call(a, "getIncidentHistory", "inc", None, label="empty history")
    one = (await s.call(a, "postIncident", "inc", new))["incident"]["id"]
    await s.http("GET", "/api/status-page/inc?x=1", label="the page shows it")
    await s.call(
        a, "postIncident", "inc", {**new, "id": one, "title": "Down again"}, label="post with an id: edit"
    )
    await s.call(a, "postIncident", "nowhere", new, label="post on an unknown page")
    await s.call(a, "postIncident", "inc", {}, label="post without fields")
    await s.call(a, "postIncident", "inc", None, label="post null")
    await asyncio.sleep(1.1)
    two = (
        await s.call(
            a, "postIncident", "inc", {**new, "title": "Second", "style": "info"}, label="post a second"
        )
    )["incident"]["id"]
    await s.http("GET", "/api/status-page/inc?x=2", label="the page shows both")
    await s.call(
        a,
        "editIncident",
        "inc",
        one,
        {"title": "Edited", "content": "text", "style": "warning", "pin": False},
    )
    await s.call(
        a,
        "editIncident",
        "inc",
        two,
        {"title": "Odd", "content": "text", "style": "pink"},
        label="an unknown style becomes warning",
    )
    await s.call(a, "editIncident", "inc", two, {"title": " ", "content": "text"}, label="edit: no title")
    await s.call(a, "editIncident", "inc", two, {"title": "t", "content": ""}, label="edit: no content")
    await s.call(a, "editIncident", "inc", 99999, new, label="edit an unknown one")
    await s.call(a, "editIncident", "nowhere", one, new, label="edit on an unknown page")
    await s.call(a, "resolveIncident", "inc", two)
    await s.call(a, "resolveIncident", "inc", 99999, label="resolve an unknown one")
    await s.call(a, "resolveIncident", "nowhere", two, label="resolve on an unknown page")
    await s.call(a, "getIncidentHistory", "inc", None, label="history, logged in")
    await s.http("GET", "/api/status-page/inc/incident-history?x=1", label="history by REST")
    c = await s.connect("guest")
    await s.call(c, "getIncidentHistory", "inc", None, label="history, not logged in")
    await s.call(a, "postIncident", "inc", {**new, "title": "Third"}, label="post a third")
    await s.call(a, "unpinIncident", "inc")
    await s.http("GET", "/api/status-page/inc?x=3", label="the page shows none")
    await s.call(a, "unpinIncident", "nowhere", label="unpin on an unknown page")
    await s.call(a, "deleteIncident", "inc", two)
    await s.call(a, "deleteIncident", "inc", two, label="delete it again")
    await s.call(a, "deleteIncident", "nowhere", one, label="delete on an unknown page")
    await s.call(a, "getIncidentHistory", "inc", None, label="what is left")
    await s.call(a, "getIncidentHistory", "nowhere", None, label="history of an unknown page")
    await s.http("GET", "/status/inc/rss", label="RSS with incidents")


@scenario("entry_page", order=113)
async def entry_page(s):
    """The entry page follows the settings, and a renamed or deleted page."""
    a = await s.admin("a")
    await s.http("GET", "/", label="/ leads to the dashboard")
    await s.quietly(a, "addStatusPage", "Entry", "entry")
    await s.call(a, "setSettings", {"entryPage": "statusPage-entry"}, "")
    await s.http("GET", "/api/entry-page", label="a status page")
    await s.http("GET", "/", label="/ leads to the status page")
    await s.call(
        a,
        "saveStatusPage",
        "entry",
        config("moved", domainNameList=["dom.example"]),
        "",
        [],
        label="rename it",
    )
    await s.http("GET", "/api/entry-page", label="it follows")
    await s.http("GET", "/", headers={"Host": "dom.example"}, label="/ at the page's own domain")
    await s.http(
        "GET", "/api/entry-page", headers={"Host": "dom.example:1234"}, label="the port does not matter"
    )
    await s.http(
        "GET", "/api/entry-page", headers={"X-Forwarded-Host": "dom.example"}, label="a proxy is not trusted"
    )
    await s.call(a, "setSettings", {"entryPage": "statusPage-moved", "trustProxy": True}, "")
    await s.http(
        "GET", "/api/entry-page", headers={"X-Forwarded-Host": "dom.example"}, label="a trusted proxy"
    )
    await s.call(a, "deleteStatusPage", "moved")
    await s.http("GET", "/api/entry-page", label="back to the dashboard")
    await s.call(a, "getSettings", label="the setting, too")
