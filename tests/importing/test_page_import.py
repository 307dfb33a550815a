"""An import by our own page: upload, report, and the start that takes it into use."""

from __future__ import annotations

import asyncio
import io
import sqlite3
import tarfile
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.importing import page_import
from kuma_lite.importing.adoption import KEPT, adopt
from tests.importing.kumas import make_kuma
from tests.support import http
from tests.support.appliance import CREDENTIALS, Running, add_monitor, running
from tests.support.sio import Client, connect

PIECE = 100_000
THEIRS = {"username": "Admin", "password": "Secret-1234", "token": ""}


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path / "data") as started, started.logged_in():
        yield started


async def token_of(server: Running) -> str:
    async with connect(server.url) as client:
        return str((await client.call("login", CREDENTIALS))["token"])


def bytes_of(database: Path) -> bytes:
    """The database as one file, as a person would upload it."""
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    return database.read_bytes()


async def put(server: Running, token: str, key: str, offset: int | str, piece: bytes) -> http.Response:
    address = f"{server.url}/api/v1/import?id={key}&offset={offset}"
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/octet-stream"}
    return await http.request("PUT", address, headers=headers, body=piece)


async def upload(server: Running, page: Client, content: bytes) -> Any:
    """Everything but adopting; returns the last state."""
    token = await token_of(server)
    begun = await page.call("beginImport", len(content))
    assert begun["ok"] is True, begun
    key = begun["import"]["id"]
    for offset in range(0, len(content), PIECE):
        answer = await put(server, token, key, offset, content[offset : offset + PIECE])
        assert answer.json() == {"received": min(offset + PIECE, len(content))}
    assert (await page.call("startImport", key))["ok"] is True
    async with asyncio.timeout(30):
        while True:
            state = (await page.call("importState"))["import"]
            if state["stage"] in ("done", "failed"):
                return state
            await asyncio.sleep(0.05)


def left_behind(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("import*"))


async def test_upload_report_and_adoption(tmp_path: Path) -> None:
    content = bytes_of(make_kuma(tmp_path / "kuma", "2.5"))
    folder = tmp_path / "data"
    async with running(folder) as server, server.logged_in("/page") as page:
        state = await upload(server, page, content)
        assert state["stage"] == "done"
        assert {"what": "monitors", "count": 9} in state["report"]["taken"]
        assert (await page.call("summary"))["rows"] == [], "nothing of ours was touched"
        assert page.pushed("importProgress")[-1][0]["stage"] == "done"
        assert (await page.call("adoptImport"))["ok"] is True
        async with asyncio.timeout(5):
            await server.appliance.restart.wait()
    async with running(folder) as server, connect(server.url, "/page") as page:
        with sqlite3.connect(tmp_path / "kuma/kuma.db") as theirs:
            (name,) = theirs.execute("SELECT username FROM user").fetchone()
            (monitors,) = theirs.execute("SELECT count(*) FROM monitor").fetchone()
        assert (await page.call("login", {**THEIRS, "username": name}))["ok"] is True
        assert len((await page.call("summary"))["rows"]) == monitors
    assert left_behind(folder) == []
    with sqlite3.connect(folder / f"{KEPT}.db") as kept:
        assert kept.execute('SELECT username FROM "user"').fetchall() == [("admin",)]


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
async def test_a_folder_in_an_archive(server: Running, tmp_path: Path, kind: str) -> None:
    source = tmp_path / "kuma"
    make_kuma(source, "1.23")
    packed = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(packed, "w") as archive:
            for path in source.rglob("*"):
                archive.write(path, Path("backup/data") / path.relative_to(source))
            archive.writestr("../../escaped", "no")
    else:
        with tarfile.open(fileobj=packed, mode="w:gz") as tar:
            tar.add(source, "data")
    async with server.logged_in("/page") as page:
        state = await upload(server, page, packed.getvalue())
        assert state["stage"] == "done", state["problem"]
        assert {"what": "uploaded pictures", "count": 1} in state["report"]["taken"]
    staged = tmp_path / "data/import-staged"
    assert (staged / "upload/logo1.png").read_bytes() == b"\x89PNG picture"
    assert not list(tmp_path.rglob("escaped"))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"no database at all", "neither a database"),
        (b"SQLite format 3\0" + b"x" * 5000, "cannot be read"),
        (b"PK\x05\x06" + b"\0" * 18, "There is no kuma.db"),
        (b"\x1f\x8b\x08broken", "cannot be read"),
    ],
)
async def test_refuses_politely(server: Running, tmp_path: Path, content: bytes, sentence: str) -> None:
    async with server.logged_in("/page") as page:
        state = await upload(server, page, content)
        assert state["stage"] == "failed"
        assert sentence in state["problem"]
        assert left_behind(tmp_path / "data") == []
        assert (await page.call("adoptImport"))["ok"] is False
        again = await page.call("beginImport", 10)
        assert again["ok"] is True, "another try is possible"


async def test_another_database_is_none_of_uptime_kuma(server: Running, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE cats (name)")
    async with server.logged_in("/page") as page:
        state = await upload(server, page, (tmp_path / "other.db").read_bytes())
        assert state["problem"] == "This is not a database of Uptime Kuma."


async def test_only_into_a_server_that_has_nothing(server: Running) -> None:
    async with server.logged_in("/page") as page, server.logged_in() as client:
        assert (await page.call("importState"))["reason"] is None
        await add_monitor(client)
        assert "already" in (await page.call("importState"))["reason"]
        assert (await page.call("beginImport", 10))["ok"] is False


async def test_what_was_made_meanwhile_is_not_lost(server: Running, tmp_path: Path) -> None:
    content = bytes_of(make_kuma(tmp_path / "kuma", "2.5", filled=False))
    async with server.logged_in("/page") as page, server.logged_in() as client:
        assert (await upload(server, page, content))["stage"] == "done"
        await add_monitor(client)
        assert (await page.call("adoptImport"))["ok"] is False
        assert (await page.call("cancelImport"))["import"]["stage"] == "idle"
        assert left_behind(tmp_path / "data") == []


async def test_pieces(server: Running) -> None:
    token = await token_of(server)
    async with server.logged_in("/page") as page:
        key = (await page.call("beginImport", 6))["import"]["id"]
        assert (await put(server, token, key, 0, b"abc")).json() == {"received": 3}
        assert (await put(server, token, key, 0, b"abc")).json() == {"received": 3}, "sent twice"
        assert (await put(server, token, key, 5, b"f")).json() == {"received": 3}, "sent too early"
        assert (await put(server, token, key, 3, b"defg")).status == 422
        assert (await put(server, token, "other", 3, b"d")).status == 404
        assert (await put(server, token, key, "x", b"d")).status == 422
        assert (await put(server, "no", key, 3, b"d")).status == 401
        assert (await page.call("startImport", key))["ok"] is False, "it is not complete"
        for size in (0, -1, None, True, "9"):
            assert (await page.call("beginImport", size))["ok"] is False


async def test_a_full_disk_is_said(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_import, "ROOM", 1e15)
    async with server.logged_in("/page") as page:
        assert "free space" in (await page.call("beginImport", 1000))["msg"]


@pytest.mark.parametrize("before", ["", "old"])
def test_adoption_goes_on_after_an_interruption(tmp_path: Path, before: str) -> None:
    """The process was killed after the old database had been put aside, or before."""
    ready = tmp_path / "import-ready"
    (ready / "upload").mkdir(parents=True)
    (ready / "kuma-lite.db").write_text("new")
    (ready / "upload/a.png").write_text("picture")
    (tmp_path / f"{KEPT}.db").write_text("older")
    if before:
        (tmp_path / "kuma-lite.db").write_text(before)
        (tmp_path / "kuma-lite.db-wal").write_text("log")
    adopt(tmp_path)
    assert (tmp_path / "kuma-lite.db").read_text() == "new"
    assert (tmp_path / "upload/a.png").read_text() == "picture"
    assert (tmp_path / f"{KEPT}.db").read_text() == "older"
    assert (tmp_path / f"{KEPT}-2.db").exists() == bool(before)
    assert (tmp_path / f"{KEPT}-2.db-wal").exists() == bool(before)
    assert not (tmp_path / "kuma-lite.db-wal").exists()
    assert not ready.exists()
    assert adopt(tmp_path) is None
    assert (tmp_path / "kuma-lite.db").read_text() == "new"
