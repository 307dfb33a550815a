"""Static copies: by a command, and in a folder that follows every change."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.cli import main
from kuma_lite.core.errors import UserError
from kuma_lite.places.folder import FolderPlace
from kuma_lite.status_pages import copies
from kuma_lite.status_pages.copying import MARK, copies_at, manner_of, remove_copy, write_copy
from kuma_lite.status_pages.drawing.static_copy import relative
from kuma_lite.status_pages.model import Page
from tests.peers import s3
from tests.requires import needs_program
from tests.status_pages.appliance import LEAST, LOGO, PNG
from tests.status_pages.validators import read_atom, read_calendar, read_json_feed, read_rss
from tests.support import http
from tests.support.appliance import Running, add_monitor, running

ADDRESS = re.compile(r' (?:href|src)="([^"]*)"')


@pytest.fixture
async def shop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> AsyncIterator[Running]:
    monkeypatch.setattr(copies, "SETTLE_S", 0.1)
    async with running(tmp_path / "data", page_copies=tmp_path / "kept") as server:
        async with server.logged_in() as client:
            number = await add_monitor(client, type="push", name="front", pushToken="front")
            await client.call("addStatusPage", "Shop", "shop")
            config = {
                "slug": "shop", "title": "Shop", "description": "[more](/more) and [web](https://a.example)",
                "customCSS": "p {}", "theme": "auto", **LEAST,
            }  # fmt: skip
            groups = [{"name": "All", "monitorList": [{"id": number}]}]
            assert (await client.call("saveStatusPage", "shop", config, LOGO, groups))["ok"]
            incident = {"title": "Trouble", "content": "**x**", "style": "danger"}
            await client.call("postIncident", "shop", incident)
        made = await asyncio.to_thread(
            main, ("token", "create", "--user", "--name", "t", "--data-dir", str(tmp_path / "data"))
        )
        assert made == 0
        monkeypatch.setenv("KUMA_LITE_URL", server.url)
        monkeypatch.setenv("KUMA_LITE_TOKEN", capsys.readouterr().out.strip())
        yield server


async def export(*words: str) -> int:
    return await asyncio.to_thread(main, ("export-page", *words))


async def test_every_address_of_a_copy_leads_to_one_of_its_files(
    shop: Running, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "copy"
    assert await export("shop", "--to", str(folder), "--address", "https://static.example/shop/") == 0
    assert re.fullmatch(rf"{folder}: \d+ files, \d+ of them new or changed\n", capsys.readouterr().out)
    pages = sorted(path.name for path in folder.glob("*.html"))
    assert pages == ["card.html", "history.html", "hours.html", "index.html"]
    for name in pages:
        text = (folder / name).read_text()
        for address in ADDRESS.findall(text):
            outside = address.startswith(("https://", "http://", "#"))
            assert outside or (folder / address).is_file() or address == "/more", (name, address)
        assert "data-live" not in text and "status-live" not in text and "/status/shop" not in text
        assert set(re.findall(r'<script[^>]* src="([^"]*)"', text)) <= {"status-times.js"}
    assert (folder / "logo.png").read_bytes() == PNG
    assert len(read_rss((folder / "rss.xml").read_bytes())) == 1
    assert (
        b'rel="self" type="application/atom+xml" href="https://static.example/shop/atom.xml"'
        in (folder / "atom.xml").read_bytes()
    )
    assert len(read_atom((folder / "atom.xml").read_bytes())) == 1
    assert len(read_json_feed((folder / "feed.json").read_bytes())) == 1
    assert read_calendar((folder / "maintenance.ics").read_bytes()) == []
    assert json.loads((folder / "page.json").read_text())["config"]["title"] == "Shop"
    for drawn in ("badge.svg", "status-page.css", "status-times.js", "custom.css", "heartbeats.json"):
        assert (folder / drawn).stat().st_size, drawn
    assert (folder / "index.html").stat().st_mode & 0o777 == 0o644, "a web server of another user reads it"
    assert not list(folder.rglob(".part-*"))
    (folder / "more.txt").write_text("mine")
    assert await export("shop", "--to", str(folder)) == 0
    assert (folder / "more.txt").read_text() == "mine"


async def test_what_is_refused(shop: Running, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "precious.txt").write_text("x")
    file = tmp_path / "file"
    file.write_text("x")
    for slug, folder, sentence in (
        ("none", tmp_path / "new", "There is no status page none."),
        ("shop", other, f"{other} holds other files: name an empty folder."),
        ("shop", file, f"{file} cannot be written: file exists."),
    ):
        assert await export(slug, "--to", str(folder)) == 1
        assert sentence in capsys.readouterr().err
    assert [path.name for path in other.iterdir()] == ["precious.txt"]
    async with shop.logged_in("/page") as page:
        await page.call("setStatusPageAccess", "shop", {"protected": True})
    assert await export("shop", "--to", str(tmp_path / "new")) == 1
    assert "a copy would be open to all" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


async def until(true: Callable[[], Any]) -> None:
    for _try in range(200):
        if true():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("It has not come to it")


async def test_a_folder_follows_every_change(shop: Running, tmp_path: Path) -> None:
    index = tmp_path / "kept" / "shop" / "index.html"
    await until(lambda: index.is_file() and "No data yet" in index.read_text())
    await http.get(f"{shop.url}/api/push/front?status=down")
    await until(lambda: "1 service is down" in index.read_text())
    async with shop.logged_in("/page") as page:
        await page.call("setStatusPageAccess", "shop", {"protected": True})
        await until(lambda: not index.parent.exists())
        await page.call("setStatusPageAccess", "shop", {"protected": False})
        await until(index.is_file)
        await page.call("deleteStatusPage", "shop")
        await until(lambda: not index.parent.exists())


async def test_a_file_that_is_gone_from_the_copy_goes_and_others_stay(tmp_path: Path) -> None:
    folder, place = tmp_path / "copy", FolderPlace(tmp_path)
    assert await write_copy(place, "copy/", {"index.html": b"1", "badges/1.svg": b"2", "old.css": b"3"}) == 3
    assert await write_copy(place, "copy/", {"index.html": b"1", "badges/1.svg": b"4"}) == 1
    assert await write_copy(place, "copy/", {"index.html": b"1", "badges/1.svg": b"4"}) == 0
    assert not (folder / "old.css").exists()
    (folder / "badges/1.svg").unlink()
    assert await write_copy(place, "copy/", {"index.html": b"1", "badges/1.svg": b"4"}) == 1, "it was missed"
    (folder / "mine").write_text("x")
    assert await copies_at(place) == {"copy/"}
    await remove_copy(place, "copy/")
    assert [path.name for path in folder.iterdir()] == ["mine"]
    await remove_copy(place, "copy/")
    for name in ("/etc/x", "../x", "a/../../x"):
        with pytest.raises(UserError):
            await write_copy(place, "new/", {name: b""})
    assert not (tmp_path / "new").exists()


async def test_a_copy_of_an_earlier_version_is_ours(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("1")
    (tmp_path / "old.css").write_text("1")
    (tmp_path / MARK).write_text('{"files": ["index.html", "old.css"]}')
    assert await write_copy(FolderPlace(tmp_path), "", {"index.html": b"2"}) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == [MARK, "index.html"]


@needs_program(s3.PROGRAM)
async def test_a_bucket_follows_every_change(shop: Running, tmp_path: Path) -> None:
    (tmp_path / "peer").mkdir()
    async with s3.running(tmp_path / "peer") as storage, shop.logged_in("/page") as page:
        place = {
            "id": "", "name": "Site", "kind": "s3", "endpoint": storage.endpoint, "region": s3.REGION,
            "bucket": s3.BUCKET, "prefix": "site", "accessKey": storage.access_key,
            "secretKey": storage.secret_key, "pages": True,
        }  # fmt: skip
        saved = await page.call("savePlace", place)
        assert saved["ok"] is True, saved
        index = storage.folder / "site" / "shop" / "index.html"
        await until(lambda: index.is_file() and "No data yet" in index.read_text())
        await http.get(f"{shop.url}/api/push/front?status=down")
        await until(lambda: "1 service is down" in index.read_text())
        places = shop.appliance._helpers.places
        async with places.open(places.find(saved["id"])) as there:
            answer = await there._ask("GET", "site/shop/index.html")
            assert answer.headers.get("content-type") == "text/html; charset=utf-8"
            assert answer.headers.get("cache-control") == "public, max-age=30"
            assert (await there._ask("GET", "site/shop/badge.svg")).headers.get(
                "content-type"
            ) == "image/svg+xml"
        await page.call("deleteStatusPage", "shop")
        await until(lambda: not index.exists())
        await until(lambda: not list(index.parent.parent.rglob("*.*")))


def test_every_file_has_a_type(tmp_path: Path) -> None:
    for name in ("index.html", "status-page.css", "rss.xml", "maintenance.ics", "badges/1.svg", "logo.png"):
        assert manner_of(name).content_type != "application/octet-stream"


async def test_a_mark_that_names_other_files_removes_nothing_outside(tmp_path: Path) -> None:
    folder, outside = tmp_path / "copy", tmp_path / "outside"
    outside.write_text("x")
    place = FolderPlace(folder)
    await write_copy(place, "", {"index.html": b"1"})
    for files in ('["../outside", 7]', '{"../outside": "", "/etc/x": 7}', "7"):
        (folder / MARK).write_text(f'{{"files": {files}}}')
        await write_copy(place, "", {"index.html": b"2"})
    await remove_copy(place, "")
    assert outside.exists()


def test_addresses_in_texts_lead_to_the_server() -> None:
    page = Page(id=1, organisation=1, slug="s", title="t")
    html = (
        '<a href="/more">x</a><a href="//other.example/">y</a><a href="?hours">h</a><a href="/status/s">p</a>'
    )
    assert relative(html, page, "https://kuma.example") == (
        '<a href="https://kuma.example/more">x</a><a href="//other.example/">y</a>'
        '<a href="hours.html">h</a><a href="index.html">p</a>'
    )


async def test_a_copy_leads_to_the_form_to_subscribe_where_it_is_known(shop: Running, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    for address in ("", "https://status.example.com"):
        async with shop.logged_in("/page") as page:
            offer = {"kinds": ["push"], "sender": None, "address": address, "private": False}
            assert (await page.call("savePageSubscribers", "shop", offer))["ok"]
        assert ">Subscribe</a>" in (await http.get(f"{shop.url}/status/shop")).text
        assert await export("shop", "--to", str(folder)) == 0
        for name in ("index.html", "hours.html"):
            found = re.findall(r'href="([^"]*)/subscribe"', (folder / name).read_text())
            assert set(found) == ({f"{address}/status/shop"} if address else set())
