"""What visitors get, and what they do not, from the real program."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from tests.status_pages.appliance import Running
from tests.support.http import request

KINDS = [
    "status",
    "uptime",
    "uptime/7d",
    "ping",
    "ping/24",
    "avg-response",
    "avg-response/12",
    "cert-exp",
    "response",
]


@pytest.fixture
async def shop(server: Running) -> Running:
    """A page with one monitor of three; the others are nobody's business."""
    public = await server.add_push_monitor("public", url="https://inside.example/secret-path")
    unlisted = await server.add_push_monitor("unlisted")
    assert (public, unlisted) == (1, 2)
    await server.push("public", "ping=100&msg=inner-message")
    await server.push("unlisted", "ping=100")
    await server.add_page("shop", public, title="Shop")
    return server


async def test_every_public_address_hides_what_is_not_public(shop: Running) -> None:
    """One question decides for all of them (GHSA-c7hf-c5p5-5g6h)."""
    for kind in KINDS:
        private = await shop.get(f"/api/badge/2/{kind}")
        unknown = await shop.get(f"/api/badge/99/{kind}")
        assert (private.status, private.body) == (200, unknown.body), kind
        assert "N/A" in private.text
        assert (await shop.get(f"/api/badge/1/{kind}")).body != unknown.body
    everything = ""
    for path in (
        "/status/shop",
        "/status/shop/rss",
        "/api/status-page/shop",
        "/api/status-page/heartbeat/shop",
    ):
        answer = await shop.get(path)
        assert answer.status == 200
        everything += answer.text
    assert "public" in everything
    for secret in ("unlisted", "secret-path", "inner-message", "pushToken"):
        assert secret not in everything


async def test_a_group_taken_away_takes_its_monitors_along(shop: Running) -> None:
    assert "Up" in (await shop.get("/api/badge/1/status")).text
    await shop.save_page("shop", [])
    assert "N/A" in (await shop.get("/api/badge/1/status")).text


async def test_badges_can_be_embedded_anywhere_and_nothing_else_can(shop: Running) -> None:
    badge = await shop.get("/api/badge/1/status", Origin="https://elsewhere.example")
    assert badge.headers["access-control-allow-origin"] == "*"
    refused = await shop.get("/api/badge/abc/status")
    assert (refused.status, refused.json()) == (403, {"status": "fail", "msg": "Invalid monitor ID"})
    assert refused.headers["access-control-allow-origin"] == "*"
    for path in ("/api/status-page/shop", "/api/status-page/shop/badge", "/status/shop", "/api/entry-page"):
        answer = await shop.get(path, Origin="https://elsewhere.example")
        assert "access-control-allow-origin" not in answer.headers, path


async def test_answers_are_kept_and_renewed(shop: Running) -> None:
    path = "/api/badge/1/status"
    first = await shop.get(path)
    again = await shop.get(path)
    assert first.headers["cache-control"] == "no-cache"
    assert "cache-control" not in again.headers
    assert again.headers["etag"] == first.headers["etag"]
    known = await shop.get(path, If_None_Match=first.headers["etag"])
    assert (known.status, known.body, known.headers["access-control-allow-origin"]) == (304, b"", "*")
    bypass = await shop.get(path, x_apicache_bypass="true")
    assert bypass.headers["cache-control"] == "no-cache"
    await shop.push("public", "status=down")
    assert "Down" in (await shop.get(path)).text


async def test_refusals_are_kept_too(server: Running) -> None:
    assert (await server.get("/status/later")).status == 404
    await server.ok("addStatusPage", "Later", "later")
    assert (await server.get("/status/later")).status == 404
    assert (await server.get("/status/later?fresh")).status == 200
    assert (await server.get("/status/later", x_apicache_bypass="1")).status == 200


async def test_methods(shop: Running) -> None:
    for path in ("/api/badge/1/status", "/api/status-page/shop", "/status/shop", "/status"):
        options = await request("OPTIONS", shop.url + path)
        assert (options.status, options.text) == (200, "GET,HEAD")
        assert "access-control-allow-origin" not in options.headers
        assert (await request("POST", shop.url + path)).status == 404
        head = await request("HEAD", shop.url + path)
        assert head.body == b"" and head.status in (200, 404)


async def test_addresses_of_no_kind_are_the_programs_page(shop: Running) -> None:
    unknown = (await shop.get("/no/such/page")).body
    for path in (
        "/api/badge/1/nonsense",
        "/api/badge/1/status/24",
        "/api/badge/1",
        "/api/badge/1/uptime/24/7",
        "/api/status-page/shop/nonsense",
        "/api/status-page/heartbeat/shop/x",
        "/status/shop/x",
    ):
        answer = await shop.get(path)
        assert (answer.status, answer.body) == (200, unknown), path


async def test_the_page(shop: Running) -> None:
    page = await shop.get("/status/SHOP")
    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "<title>Shop</title>" in page.text and "All Systems Operational" in page.text
    policy = page.headers["content-security-policy"]
    assert "script-src 'self';" in policy and "unsafe-inline" not in policy
    assert page.headers["x-frame-options"] == "SAMEORIGIN"
    assert "style=" not in page.text and "<style" not in page.text
    for address in re.findall(r'<link rel="stylesheet" href="([^"]+)"', page.text):
        style = await shop.get(address)
        assert style.headers["content-type"] == "text/css; charset=utf-8"


async def test_custom_looks_have_an_address_of_their_own(shop: Running) -> None:
    css = "p { color: red }</style><script>alert(1)</script>"
    await shop.save_page("shop", [], customCSS=css)
    page = await shop.get("/status/shop")
    assert "/api/status-page/shop/custom.css" in page.text
    assert "<script>alert" not in page.text
    style = await shop.get("/api/status-page/shop/custom.css")
    assert (style.text, style.headers["content-type"]) == (css, "text/css; charset=utf-8")


async def test_counting_programs_are_named_in_the_policy(shop: Running) -> None:
    await shop.save_page("shop", [], analyticsType="google", analyticsId='G-1"</script>')
    page = await shop.get("/status/shop")
    assert "script-src 'self' https://www.googletagmanager.com" in page.headers["content-security-policy"]
    script = await shop.get("/api/status-page/shop/analytics.js")
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert 'gtag("config", "G-1\\"</script>")' in script.text


async def test_a_page_at_its_own_host(shop: Running) -> None:
    await shop.save_page("shop", [], domainNameList=["status.example"])
    page = await shop.get("/", Host="status.example:8080")
    assert page.status == 200 and "<title>Shop</title>" in page.text
    assert "script-src 'self';" in page.headers["content-security-policy"]
    assert (await shop.get("/")).status == 302
    assert (await shop.get("/", X_Forwarded_Host="status.example")).status == 302
    await shop.ok("setSettings", {"trustProxy": True}, "")
    assert (await shop.get("/", X_Forwarded_Host="status.example")).status == 200


async def test_the_entry_page_follows_each_host_of_a_page(shop: Running) -> None:
    await shop.save_page("shop", [], domainNameList=["status.example", "up.example"])
    for host in ("status.example", "UP.example:8080"):
        matched = {"type": "statusPageMatchedDomain", "statusPageSlug": "shop"}
        assert (await shop.get("/api/entry-page", Host=host)).json() == matched, host
        assert "<title>Shop</title>" in (await shop.get("/", Host=host)).text, host
    assert (await shop.get("/api/entry-page", Host="other.example")).json()["type"] == "entryPage"


async def test_nobody_puts_an_address_into_the_feed_of_others(shop: Running) -> None:
    """The feed names the host it was asked at, and is kept: but for that host alone."""
    for host in ("evil.example", "evil.example</link>", "a b"):
        await shop.get("/status/shop/rss", Host=host)
    feed = await shop.get("/status/shop/rss")
    assert feed.headers["content-type"] == "application/rss+xml; charset=utf-8"
    assert ElementTree.fromstring(feed.body).findtext("channel/link") == f"{shop.url}/status/shop"


async def test_uploads_hold_nothing_but_pictures(shop: Running) -> None:
    (shop.folder / "upload").mkdir(exist_ok=True)
    (shop.folder / "upload" / "other.html").write_text("<script>alert(1)</script>")
    for path in (
        "other.html",
        "../kuma-lite.db",
        "..%2fkuma-lite.db",
        "%2e%2e/kuma-lite.db",
        "logo1.png%00",
        "",
    ):
        answer = await shop.get(f"/upload/{path}")
        assert b"SQLite" not in answer.body and b"alert" not in answer.body, path
        assert answer.status == 404 or path == ""


@pytest.mark.parametrize(
    "query",
    ["value=1e308", "value=-1e308", "value=" + "9" * 400, "style=flat%00", "label=%F0%28%8C", "cursor=%ff"],
)
async def test_hostile_parameters(shop: Running, query: str) -> None:
    for path in [f"/api/badge/1/{kind}" for kind in KINDS]:
        assert (await shop.get(f"{path}?{query}")).status in (200, 403)
    for path in ("/api/status-page/shop/badge", "/api/status-page/shop/incident-history"):
        assert (await shop.get(f"{path}?{query}")).status in (200, 403)
    assert (await shop.get(f"/api/badge/{'9' * 400}/status?{query}")).status in (200, 403)


async def test_heartbeats(shop: Running) -> None:
    document = await shop.json("/api/status-page/heartbeat/shop")
    ((beat,),) = document["heartbeatList"].values()
    assert (beat["status"], beat["msg"], beat["ping"]) == (1, "", 100)
    assert document["uptimeList"] == {"1_24": 1}


async def test_tags_and_addresses_only_where_wanted(shop: Running) -> None:
    tag = (await shop.ok("addTag", {"name": "team", "color": "#222222"}))["tag"]["id"]
    await shop.ok("addMonitorTag", tag, 1, "blue")
    (monitor,) = (await shop.json("/api/status-page/shop"))["publicGroupList"][0]["monitorList"]
    assert monitor == {"id": 1, "name": "public", "sendUrl": 0, "type": "push"}
    members = [{"id": 1, "sendUrl": True}, {"id": 1, "sendUrl": True, "url": "https://shown.example"}]
    groups = [{"name": "G", "monitorList": members}]
    await shop.save_page("shop", groups, showTags=True, showCertificateExpiry=True)
    first, second = (await shop.json("/api/status-page/shop"))["publicGroupList"][0]["monitorList"]
    assert (first["url"], second["url"]) == ("https://inside.example/secret-path", "https://shown.example")
    assert (first["certExpiryDaysRemaining"], first["validCert"]) == ("", False)
    (shown,) = first["tags"]
    assert (shown["tag_id"], shown["value"], shown["name"], shown["monitor_id"]) == (tag, "blue", "team", 1)
