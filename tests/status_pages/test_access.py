"""A protected page from outside: nothing of it by any address, until the password or a link is given."""

from __future__ import annotations

import asyncio
import random
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from kuma_lite.status_pages.protection import unlocking
from tests.status_pages.appliance import LOGO, PNG, Running
from tests.support.http import Response, request
from tests.support.sio import connect

PASSWORD = "open-Sesame-1"
# Everything that stands on the page and nowhere else.
MARKS = ("Hidden title", "hidden-words", "hidden-foot", "hidden-css", "hidden-monitor", "hidden-group",
         "hidden-incident", "hidden-text", "hidden-plan", "hidden.example", "hidden-feed", "hidden-analytics",
         "hidden-tag")  # fmt: skip
BELOW = ["", "/rss", "/atom", "/feed.json", "/maintenance.ics", "/history", "/card", "/badge.js",
         "/picture.png", "/live"]  # fmt: skip
OF_JSON = ["", "/manifest.json", "/incident-history", "/badge", "/custom.css", "/analytics.js"]
MISSING = "no-such-page"
LOCKED = ("/status/{}", "/status/{}?hours", "/status/{}/history")


def addresses() -> list[str]:
    return [
        *(f"/status/{{}}{part}" for part in BELOW),
        *(f"/api/status-page/{{}}{part}" for part in OF_JSON),
        "/api/status-page/heartbeat/{}",
        "/STATUS/{}/RSS",
        "/Api/Status-Page/{}",
        "/status/{}?hours",
        "/status/{}/unlock",
        "/status/{}/nonsense",
    ]


def comparable(answer: Response, slug: str) -> tuple[Any, ...]:
    """Everything that a stranger sees of it, but for the name that they have typed."""
    kept = {key: value for key, value in answer.headers.items() if key not in ("date", "cache-control")}
    return answer.status, answer.body.replace(slug.encode(), b"*"), kept


@pytest.fixture
async def shop(server: Running) -> Running:
    monitor = await server.add_push_monitor("hidden-monitor", url="https://hidden.example")
    other = await server.add_push_monitor("open-monitor")
    assert (monitor, other) == (1, 2)
    await server.push("hidden-monitor", "status=down&ping=41")
    tag = (await server.ok("addTag", {"name": "hidden-tag", "color": "#222222"}))["tag"]["id"]
    await server.ok("addMonitorTag", tag, 1, "")
    await server.add_page("open", other)
    await server.ok("addStatusPage", "Hidden title", "shop")
    await server.save_page(
        "shop",
        [{"name": "hidden-group", "monitorList": [{"id": 1, "sendUrl": True, "showPing": True}]}],
        LOGO, title="Hidden title", description="hidden-words", footerText="hidden-foot", showTags=True,
        customCSS=".hidden-css {}", rssTitle="hidden-feed", analyticsType="google",
        analyticsId="hidden-analytics", domainNameList=["hidden.example"],
    )  # fmt: skip
    await server.ok(
        "postIncident", "shop", {"title": "hidden-incident", "content": "hidden-text", "style": "danger"}
    )
    plan = {
        "title": "hidden-plan", "description": "", "strategy": "manual", "active": True, "intervalDay": 1,
        "dateRange": [None], "timeRange": [], "weekdays": [], "daysOfMonth": [], "timezoneOption": "UTC",
        "cron": "", "durationMinutes": 60,
    }  # fmt: skip
    number = (await server.ok("addMaintenance", plan))["maintenanceID"]
    await server.ok("addMaintenanceStatusPage", number, [{"id": 2}])
    return server


async def as_editor(server: Running, event: str, *arguments: Any) -> Any:
    async with connect(server.url, namespace="/page") as page:
        await page.call("login", {"username": "admin", "password": "Secret-1234"})
        return await page.call(event, *arguments)


async def protect(server: Running, password: str | None = PASSWORD) -> None:
    wishes = {"protected": True, "password": password}
    answer = await as_editor(server, "setStatusPageAccess", "shop", wishes)
    assert answer["ok"] and answer["protected"], answer


async def unlock(server: Running, password: str = PASSWORD, **headers: str) -> Response:
    body = urlencode({"password": password}).encode()
    named = {"Content-Type": "application/x-www-form-urlencoded", **headers}
    return await request("POST", f"{server.url}/status/shop/unlock", headers=named, body=body)


def cookie_of(answer: Response) -> str:
    found = re.search(r"kuma-page-[0-9]+=[^;]+", answer.headers["set-cookie"])
    assert found, answer.headers
    return found[0]


async def seen(server: Running, path: str, **headers: str) -> Response:
    """One answer; of a stream its beginning."""
    if not path.split("?")[0].lower().endswith("/live"):
        return await server.get(path, **headers)
    return await asyncio.wait_for(request("HEAD", server.url + path, headers=headers), 5)


async def test_the_marks_are_there_as_long_as_everybody_may_see_them(shop: Running) -> None:
    """Or the walk below could not fail."""
    answers = [await seen(shop, path.format("shop")) for path in addresses()]
    said = "".join(answer.body.decode("utf-8", "replace") for answer in answers)
    assert [mark for mark in MARKS if mark not in said] == []


async def test_a_private_page_never_leaks_by_any_route(shop: Running) -> None:
    for path in addresses():  # what is kept for everybody must not outlive the protection
        await seen(shop, path.format("shop"))
    tags = {path: (await seen(shop, path.format("shop"))).headers.get("etag", "") for path in addresses()}
    await protect(shop)
    inside = cookie_of(await unlock(shop))
    dice = random.Random(13)
    false = inside.rsplit(".", 1)[0] + "." + "0" * 64
    headers: list[dict[str, str]] = [
        {}, {"Cookie": false}, {"Cookie": inside.replace("page-2", "page-1")}, {"Cookie": "kuma-page-2="},
        {"X-APICache-Bypass": "1"}, {"Accept-Encoding": "identity"}, {"Host": "other.example"},
    ]  # fmt: skip
    queries = ["", "key=", "key=guessed", "hours&key=x", "cursor=%ff", "editor=x"]
    for _turn in range(300):
        path = dice.choice(addresses())
        if dice.random() < 0.3:  # as those who may see it
            assert (await seen(shop, path.format("shop"), Cookie=inside)).status in (200, 204, 404), path
        query, named = dice.choice(queries), dict(dice.choice(headers))
        if dice.random() < 0.3 and tags[path]:
            named["If-None-Match"] = tags[path]
        whole = path + (("&" if "?" in path else "?") + query if query else "")
        private = await seen(shop, whole.format("shop"), **named)
        missing = await seen(shop, whole.format(MISSING), **named)
        said = private.body.decode("utf-8", "replace") + repr(private.headers)
        assert [mark for mark in MARKS if mark in said] == [], whole
        if path in LOCKED:
            assert private.status == 403 and private.headers["cache-control"] == "no-store", whole
        else:
            assert comparable(private, "shop") == comparable(missing, MISSING), whole


async def test_badges_pictures_sockets_and_hosts_are_protected_alike(shop: Running) -> None:
    assert (await shop.get("/upload/logo2.png")).body == PNG
    await protect(shop)
    for kind in ("status", "uptime", "ping", "avg-response", "cert-exp", "response"):
        hidden, unknown = await shop.get(f"/api/badge/1/{kind}"), await shop.get(f"/api/badge/99/{kind}")
        assert (hidden.status, hidden.body) == (unknown.status, unknown.body), kind
    assert "Up" not in (await shop.get("/api/badge/1/status")).text
    hidden, unknown = await shop.get("/upload/logo2.png"), await shop.get("/upload/logo9.png")
    assert comparable(hidden, "2") == comparable(unknown, "9")
    at_host = await shop.get("/", Host="hidden.example")
    assert at_host.status == 403 and "Hidden title" not in at_host.text
    async with connect(shop.url) as stranger:
        refused = await stranger.call("getIncidentHistory", "shop", None)
        assert refused == await stranger.call("getIncidentHistory", MISSING, None)
    assert (await shop.client.call("getIncidentHistory", "shop", None))["total"] == 1
    row = next(row for row in (await as_editor(shop, "statusPages"))["pages"] if row["slug"] == "shop")
    assert row["protected"] and (await shop.get(row["icon"])).body == PNG


async def test_the_form_lets_in_and_its_cookie_ends_with_the_password(shop: Running) -> None:
    await protect(shop)
    form = await shop.get("/status/shop")
    assert '<form method="post" action="/status/shop/unlock">' in form.text and "<script" not in form.text
    assert "form-action 'self'" in form.headers["content-security-policy"]
    wrong = await unlock(shop, "open-sesame-1")
    assert (wrong.status, "set-cookie" in wrong.headers) == (403, False)
    right = await unlock(shop)
    assert (right.status, right.headers["location"]) == (303, "/status/shop")
    assert {"HttpOnly", "SameSite=Lax"} <= set(right.headers["set-cookie"].split("; "))
    cookie = cookie_of(right)
    for path in (
        "/status/shop",
        "/status/shop/rss",
        "/api/status-page/shop",
        "/api/status-page/shop/manifest.json",
    ):
        answer = await shop.get(path, Cookie=cookie)
        assert answer.status == 200 and "idden" in answer.text, path
        assert answer.headers["cache-control"] == "private, no-cache", path
        assert "cookie" in answer.headers["vary"] and "access-control-allow-origin" not in answer.headers, (
            path
        )
        known = await shop.get(path, Cookie=cookie, If_None_Match=answer.headers["etag"])
        assert known.status == 304, path
    assert (
        'manifest.json" crossorigin="use-credentials"' in (await shop.get("/status/shop", Cookie=cookie)).text
    )
    await protect(shop, "another-Word-2")
    assert (await shop.get("/status/shop", Cookie=cookie)).status == 403
    assert (await shop.get("/api/status-page/shop", Cookie=cookie)).status == 404
    await as_editor(shop, "setStatusPageAccess", "shop", {"protected": False})
    opened = await shop.get("/status/shop")
    assert opened.status == 200 and opened.headers["cache-control"] == "no-cache"


async def test_paths_of_the_cookie(shop: Running) -> None:
    await protect(shop)
    reader, writer = await asyncio.open_connection("127.0.0.1", int(shop.url.rsplit(":", 1)[1]))
    body = urlencode({"password": PASSWORD}).encode()
    writer.write(
        b"POST /status/shop/unlock HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        b"Connection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    )
    head = (await reader.read()).decode()
    writer.close()
    assert re.findall(r"(?i)set-cookie: .*?Path=([^;]+);", head) == [
        "/status/shop", "/api/status-page/shop", "/api/status-page/heartbeat/shop", "/upload/logo2.png",
    ]  # fmt: skip


async def test_a_link_opens_everything_until_it_is_removed(shop: Running) -> None:
    await protect(shop, None)
    assert comparable(await shop.get("/status/shop"), "shop") == comparable(
        await shop.get(f"/status/{MISSING}"), MISSING
    ), "without a password there is nothing to ask for"
    made = await as_editor(shop, "addStatusPageLink", "shop", "for the board")
    ((link,), path) = made["links"], made["path"]
    assert path not in repr(await as_editor(shop, "statusPageAccess", "shop"))
    for address in ("/", "/api/entry-page"):  # nor does its host tell of it
        own, other = (
            await shop.get(address, Host="hidden.example"),
            await shop.get(address, Host="other.example"),
        )
        assert comparable(own, "shop") == comparable(other, "shop"), address
    first = await shop.get(path + "&hours=")
    assert (first.status, first.headers["location"]) == (303, "/status/shop?hours=")
    cookie, key = cookie_of(first), path.split("?")[1]
    assert "Hidden title" in (await shop.get("/status/shop", Cookie=cookie)).text
    for part in ("/rss", "/atom", "/feed.json", "/card"):
        assert (await shop.get(f"/status/shop{part}?{key}")).status == 200, part
    badge = await shop.get(f"/api/badge/1/status?{key}")
    assert "Down" in badge.text and badge.headers["cache-control"] == "private, no-cache"
    assert "N/A" in (await shop.get("/api/badge/1/status")).text
    await as_editor(shop, "deleteStatusPageLink", "shop", link["id"])
    assert (await shop.get("/status/shop", Cookie=cookie)).status == 404
    assert (await shop.get(f"/status/shop/rss?{key}")).status == 404
    assert "N/A" in (await shop.get(f"/api/badge/1/status?{key}")).text


async def test_guessing_is_slow(shop: Running) -> None:
    await protect(shop)
    for _try in range(unlocking.TRIES):
        assert (await unlock(shop, "guess-guess")).status == 403
    refused = await unlock(shop)
    assert (refused.status, refused.headers["retry-after"]) == (429, "60")


async def test_an_open_stream_ends_with_the_protection(shop: Running) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(shop.url.rsplit(":", 1)[1]))
    writer.write(b"GET /status/shop/live HTTP/1.1\r\nHost: x\r\n\r\n")
    await asyncio.wait_for(reader.readuntil(b"retry: "), 10)
    await protect(shop)
    rest = b""
    while not rest.endswith(b"0\r\n\r\n"):
        rest += await asyncio.wait_for(reader.read(1000), 10)
    writer.close()


async def test_a_clone_is_protected_as_its_source_is(shop: Running) -> None:
    await protect(shop)
    assert (await as_editor(shop, "cloneStatusPage", "shop", "Copy", "copy"))["ok"]
    found = await as_editor(shop, "statusPageAccess", "copy")
    assert (found["protected"], found["password"], found["links"]) == (True, True, [])


@pytest.mark.parametrize("password", ["short", "x" * 73, "", 7])
async def test_passwords_that_are_refused(shop: Running, password: Any) -> None:
    answer = await as_editor(shop, "setStatusPageAccess", "shop", {"protected": True, "password": password})
    assert (answer["ok"], answer["field"]) == (False, "password")
    assert (await shop.get("/status/shop")).status == 200


async def test_what_opens_a_page_is_nowhere_in_plain_text(shop: Running) -> None:
    await protect(shop)
    token = (await as_editor(shop, "addStatusPageLink", "shop", "x"))["path"].split("=")[1]
    for path in Path(shop.folder).glob("kuma-lite.db*"):
        assert token.encode() not in path.read_bytes() and PASSWORD.encode() not in path.read_bytes()
