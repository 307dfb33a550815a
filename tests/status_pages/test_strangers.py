"""What strangers can find out, however they ask, and what they see when things are odd or in trouble."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from kuma_lite.core.database import Database
from kuma_lite.core.errors import StorageTrouble
from tests.status_pages.appliance import Running
from tests.status_pages.validators import read_atom, read_calendar, read_json_feed, read_rss

PARTS = ["", "?hours", "/rss", "/atom", "/feed.json", "/maintenance.ics", "/history", "/card", "/badge.js"]


@pytest.fixture
async def shop(server: Running) -> Running:
    """A page with one monitor of two; the other one is nobody's business."""
    public = await server.add_push_monitor("public")
    assert (public, await server.add_push_monitor("unlisted")) == (1, 2)
    await server.push("public", "ping=100")
    await server.push("unlisted", "ping=100")
    await server.add_page("shop", public, title="Shop", showTags=True, showResponseTimes=True)
    return server


async def everything(server: Running) -> dict[str, str]:
    return {part: (await server.get(f"/status/shop{part}")).text for part in PARTS}


async def test_no_part_of_a_page_knows_of_other_monitors(shop: Running) -> None:
    for part, text in (await everything(shop)).items():
        assert "unlisted" not in text, part
        assert 'data-monitor-id="2"' not in text, part
    assert 'data-monitor-id="1"' in (await shop.get("/status/shop")).text


async def test_what_happens_to_other_monitors_leaves_no_trace(shop: Running) -> None:
    """Neither in a tag, nor in who answers: a kept answer has no `cache-control`."""
    for part in PARTS:
        await shop.get(f"/status/shop{part}")
    before = {part: await shop.get(f"/status/shop{part}") for part in PARTS}
    await shop.push("unlisted", "status=down")
    await shop.ok("pauseMonitor", 2)
    for part in PARTS:
        after = await shop.get(f"/status/shop{part}")
        assert "cache-control" not in after.headers, part
        assert after.headers["etag"] == before[part].headers["etag"], part
    await shop.push("public", "status=down")
    assert "cache-control" in (await shop.get("/status/shop")).headers


async def test_an_open_page_is_told_of_its_own_monitors_alone(shop: Running) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(shop.url.rsplit(":", 1)[1]))
    writer.write(b"GET /status/shop/live HTTP/1.1\r\nHost: x\r\n\r\n")
    head = (await asyncio.wait_for(reader.readuntil(b"retry: "), 10)).decode()
    assert "text/event-stream" in head
    await shop.push("unlisted", "status=down")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(reader.readuntil(b"event: change"), 1.5)
    await shop.push("public", "status=down")
    await asyncio.wait_for(reader.readuntil(b"event: change"), 10)
    writer.close()


async def test_the_documents_are_what_they_say(shop: Running) -> None:
    await shop.push("public", "status=down")
    await shop.ok("postIncident", "shop", {"title": "T & <b>", "content": "**x**", "style": "danger"})
    outage, incident = (
        item["title"] for item in reversed(read_rss((await shop.get("/status/shop/rss")).body))
    )
    assert (outage, incident) == ("public is down", "T & <b>")
    assert len(read_atom((await shop.get("/status/shop/atom")).body)) == 2
    assert len(read_json_feed((await shop.get("/status/shop/feed.json")).body)) == 2
    plan = {
        "title": "Cables; new, ones", "description": "x", "strategy": "single", "active": True,
        "intervalDay": 1, "dateRange": ["2030-01-01T10:00:00", "2030-01-01T12:00:00"], "timeRange": [],
        "weekdays": [], "daysOfMonth": [], "timezoneOption": "UTC", "cron": "", "durationMinutes": 60,
    }  # fmt: skip
    number = (await shop.ok("addMaintenance", plan))["maintenanceID"]
    await shop.ok("addMaintenanceStatusPage", number, [{"id": 1}])
    assert read_calendar((await shop.get("/status/shop/maintenance.ics")).body) == []  # years away
    for headers in ({"Origin": "https://elsewhere.example"}, {}):
        for part in ("/atom", "/feed.json", "/maintenance.ics", "/badge.js"):
            answer = await shop.get(f"/status/shop{part}", **headers)
            assert answer.headers["access-control-allow-origin"] == "*", part


async def test_a_card_may_stand_on_any_site_and_a_page_may_not(shop: Running) -> None:
    card, page = await shop.get("/status/shop/card"), await shop.get("/status/shop")
    assert "frame-ancestors *" in card.headers["content-security-policy"]
    assert "script-src 'self';" in card.headers["content-security-policy"]
    assert "frame-ancestors 'self'" in page.headers["content-security-policy"]
    assert "All Systems Operational" in card.text


async def test_odd_pages(shop: Running) -> None:
    long = await shop.add_push_monitor("l" * 500)
    await shop.save_page("shop", [])
    assert "No Services" in (await shop.get("/status/shop")).text
    members = [{"id": 1}, {"id": long}, {"id": 1}]
    await shop.save_page(
        "shop", [{"name": "g" * 500, "monitorList": members}, {"name": "", "monitorList": []}]
    )
    assert "l" * 500 in (await shop.get("/status/shop")).text
    await shop.ok("deleteMonitor", long)
    for part, text in (await everything(shop)).items():
        assert "l" * 500 not in text, part
    await shop.ok("pauseMonitor", 1)
    assert ">Paused<" in (await shop.get("/status/shop")).text
    for part in PARTS:
        assert (await shop.get(f"/status/nowhere{part}")).status == 404, part
    assert (await shop.get("/status/nowhere/live")).status == 404


async def test_answers_are_packed_as_the_visitor_likes(shop: Running) -> None:
    plain = await shop.get("/status/shop")
    for encoding in ("br", "gzip"):
        packed = await shop.get("/status/shop", Accept_Encoding=encoding)
        assert packed.headers["content-encoding"] == encoding
        assert packed.headers["vary"] == "accept-encoding"
        assert int(packed.headers["content-length"]) < len(plain.body) / 2
        assert packed.headers["etag"] == plain.headers["etag"]
    known = await shop.get("/status/shop", Accept_Encoding="br", If_None_Match=plain.headers["etag"])
    assert (known.status, known.body) == (304, b"")


async def test_a_page_goes_on_while_the_database_is_in_trouble(
    shop: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shop.ok("postIncident", "shop", {"title": "Known", "content": "x", "style": "danger"})
    for part in PARTS:
        await shop.get(f"/status/shop{part}")

    async def read(_self: Any, _fn: Any) -> Any:
        raise StorageTrouble("The disk is gone.")

    monkeypatch.setattr(Database, "read", read)
    await shop.push("public", "status=down")
    for part in PARTS:
        answer = await shop.get(f"/status/shop{part}")
        assert answer.status == 200, part
    text = (await shop.get("/status/shop")).text
    assert "Known" in text
    assert "1 service is down" in text  # what is known of monitors is in memory, and never old
