"""Backups at places besides their folder, and files that have to come here before they are put back."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.backups.elsewhere import backup_of
from kuma_lite.core.clock import ManualClock
from kuma_lite.core.kept_secrets import KEEP
from kuma_lite.places.folder import FolderPlace
from kuma_lite.places.keeper import MOST
from tests.peers import s3, sshd
from tests.requires import needs_program, needs_root
from tests.support import http
from tests.support.appliance import CREDENTIALS, Running, running
from tests.support.sio import Client, connect

PASSWORD = CREDENTIALS["password"]
DAILY = {"every": "day", "hour": 3, "keep": {"hour": 0, "day": 2, "week": 0, "month": 0}}
PIECE = 100_000


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def server(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Running]:
    async with running(tmp_path / "data", clock=clock) as started, started.logged_in():
        yield started


def keeper(server: Running) -> Any:
    return server.appliance._helpers.backups


def folder_place(folder: Path, **more: Any) -> dict[str, Any]:
    return {
        "id": "",
        "name": "Disk",
        "kind": "folder",
        "folder": str(folder),
        "backups": True,
        "pages": False,
        **more,
    }


def s3_place(storage: s3.Storage, **more: Any) -> dict[str, Any]:
    return {
        "id": "", "name": "Bucket", "kind": "s3", "endpoint": storage.endpoint, "region": s3.REGION,
        "bucket": s3.BUCKET, "prefix": "kuma", "pathStyle": True, "accessKey": storage.access_key,
        "secretKey": storage.secret_key, "backups": True, "pages": False, **more,
    }  # fmt: skip


async def brought(server: Running) -> None:
    async with asyncio.timeout(20):
        while keeper(server)._outstanding or keeper(server)._bringing.locked():
            await asyncio.sleep(0.02)


async def test_they_come_and_go_there_as_here(server: Running, clock: ManualClock, tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.mkdir()
    (there / "kuma-lite-2020-01-01-000000.tar.zst.txt").write_text("of somebody else")
    (there / "kuma-lite-2020-99-99-000000.tar.zst").write_text("no date")
    (there / "kuma-lite-2020-01-01-000000.tar.zst").write_text("an old one of ours")
    async with server.logged_in("/page") as page:
        await page.call("saveBackupPlan", DAILY)
        saved = await page.call("savePlace", folder_place(there))
        assert saved["ok"] is True, saved
        await page.call("backups")
        for _ in range(4):
            await keeper(server).look()
            clock.advance(24 * 3600)
        told = await page.call("backups")
        assert told["places"] == [{"id": saved["id"], "name": "Disk", "problem": ""}]
        assert (await page.call("backupsAt", saved["id"]))["backups"] == told["backups"]
        assert len(told["backups"]) == 2
        assert page.pushed("backupsChanged")[-1][0]["bringing"] is False
    assert {path.name for path in there.iterdir()} == {
        "kuma-lite-2020-01-01-000000.tar.zst.txt",
        "kuma-lite-2020-99-99-000000.tar.zst",
        *(each["name"] for each in told["backups"]),
    }


async def test_a_place_that_fails_is_told_and_tried_again(
    server: Running, clock: ManualClock, tmp_path: Path
) -> None:
    there = tmp_path / "there"
    there.write_text("a file")
    async with server.logged_in("/page") as page:
        place = await page.call("savePlace", folder_place(there))
        made = await page.call("makeBackup")
        await brought_or_missing(server)
        [told] = (await page.call("backups"))["places"]
        assert "cannot be written: file exists" in told["problem"]
        problem = server.appliance._helpers.backup_problem()
        assert problem is not None
        assert problem.sentence.startswith("A backup could not be brought to its place. ")
        there.unlink()
        await keeper(server).look()
        assert not there.exists(), "not before a quarter of an hour is over"
        clock.advance(901)
        await keeper(server).look()
        assert server.appliance._helpers.backup_problem() is None
        assert [path.name for path in there.iterdir()] == [made["name"]]
        assert (await page.call("deletePlace", place["id"]))["places"] == []
        assert [path.name for path in there.iterdir()] == [made["name"]], "what lies there stays"


async def brought_or_missing(server: Running) -> None:
    async with asyncio.timeout(20):
        while not keeper(server).missing:
            await asyncio.sleep(0.02)


async def test_what_is_read_back_is_compared(
    server: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = tmp_path / "there"
    put = FolderPlace._put

    def damaged(self: Any, name: str, content: Any, manner: Any) -> None:
        put(self, name, content, manner)
        path = self.folder / name
        path.write_bytes(path.read_bytes()[:-1] + b"?")

    async with server.logged_in("/page") as page:
        await page.call("savePlace", folder_place(there))
        monkeypatch.setattr(FolderPlace, "_put", damaged)
        await page.call("makeBackup")
        await brought_or_missing(server)
        [told] = (await page.call("backups"))["places"]
        assert "is not what was written there" in told["problem"]
    assert list(there.iterdir()) == [], "what is no backup does not stand there as one"


async def test_secrets_stay_on_the_server(server: Running, caplog: pytest.LogCaptureFixture) -> None:
    storage = s3.Storage("http://127.0.0.1:1", Path())
    secret = storage.secret_key
    async with server.logged_in("/page") as page:
        refused = await page.call("testPlace", s3_place(storage))
        assert (refused["ok"], "cannot be reached: connect ECONNREFUSED" in refused["msg"]) == (False, True)
        saved = await page.call("savePlace", s3_place(storage))
        [place] = saved["places"]
        assert (place["secretKey"], place["label"]) == (KEEP, "s3://kept/kuma")
        again = await page.call("savePlace", {**place, "name": "Another name"})
        assert again["places"][0]["name"] == "Another name"
        assert secret not in str(
            [saved, again, refused, await page.call("places"), await page.call("backups")]
        )
        shown = await page.call("getSettings")
        assert "places" not in shown["data"]
    assert server.appliance._helpers.places.all()[0].fields["secretKey"] == secret
    assert secret not in caplog.text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"kind": "ftp"}, 'must be "folder", "s3" or "sftp"'),
        ({"name": " "}, "needs a name"),
        ({"bucket": "no/bucket"}, "The bucket needs a name"),
        ({"endpoint": "ftp://x"}, "no address of a service"),
        ({"endpoint": "http://user@x"}, "no address of a service"),
        ({"prefix": "a/../b"}, "a/../b is no name"),
        ({"secretKey": ""}, "An access key and its secret"),
        ({"secretKey": 5}, "“secretKey” must be a text"),
        ({"backups": 1}, "“backups” must be true or false"),
        ({"id": "none"}, "There is no such place"),
        ({"kind": "sftp"}, "A host and a user"),
        ({"kind": "sftp", "host": "h", "user": "u"}, "A password or a private key"),
        ({"kind": "sftp", "host": "h", "user": "u", "password": "p", "port": 0}, "The port"),
        ({"kind": "sftp", "host": "h", "user": "u", "password": "p", "hostKey": "x"}, "The fingerprint"),
        ({"kind": "folder"}, "The folder must be a path"),
    ],
)
async def test_places_that_cannot_be(server: Running, change: dict[str, Any], sentence: str) -> None:
    async with server.logged_in("/page") as page:
        refused = await page.call("savePlace", {**s3_place(s3.Storage("http://x", Path())), **change})
        assert refused["ok"] is False
        assert sentence in refused["msg"]
        assert (await page.call("places"))["places"] == []


async def test_names_are_unique_and_not_endless(server: Running, tmp_path: Path) -> None:
    async with server.logged_in("/page") as page:
        await page.call("savePlace", folder_place(tmp_path))
        assert "of that name already" in (await page.call("savePlace", folder_place(tmp_path)))["msg"]
        for number in range(1, MOST):
            assert (await page.call("savePlace", folder_place(tmp_path, name=f"{number}")))["ok"] is True
        assert (
            f"{MOST} places at most"
            in (await page.call("savePlace", folder_place(tmp_path, name="x")))["msg"]
        )


@needs_program(sshd.PROGRAM, sshd.KEY_PROGRAM)
@needs_root()
async def test_the_host_key_is_remembered(server: Running, tmp_path: Path) -> None:
    place: dict[str, Any] = {
        "id": "", "name": "NAS", "kind": "sftp", "host": "127.0.0.1", "user": "root", "password": "",
        "folder": str(tmp_path / "there"), "hostKey": "", "backups": True, "pages": False,
    }  # fmt: skip
    async with server.logged_in("/page") as page:
        async with sshd.taking_files(tmp_path) as files:
            place |= {"port": files.port, "privateKey": files.private_key}
            assert (await page.call("testPlace", place))["hostKey"] == files.fingerprint
            saved = await page.call("savePlace", place)
            made = await page.call("makeBackup")
            await brought(server)
            assert [path.name for path in (tmp_path / "there").iterdir()] == [made["name"]]
            assert (await page.call("places"))["places"][0]["hostKey"] == files.fingerprint
        (tmp_path / "other").mkdir()
        async with sshd.running(tmp_path / "other", kinds=("ed25519",), port=files.port):
            refused = await page.call("backupsAt", saved["id"])
            assert f"and not {files.fingerprint}: somebody may be in between" in refused["msg"]


async def restored(page: Client) -> dict[str, Any]:
    async with asyncio.timeout(20):
        while True:
            state: dict[str, Any] = (await page.call("restoreState"))["restore"]
            if state["stage"] in ("done", "failed"):
                return state
            await asyncio.sleep(0.02)


async def upload(server: Running, page: Client, content: bytes) -> str:
    async with connect(server.url) as client:
        token = (await client.call("login", CREDENTIALS))["token"]
    begun = await page.call("beginRestore", len(content), "mine.tar.zst")
    key = str(begun["restore"]["id"])
    for offset in range(0, len(content), PIECE):
        answer = await http.request(
            "PUT",
            f"{server.url}/api/v1/restore?id={key}&offset={offset}",
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/octet-stream"},
            body=content[offset : offset + PIECE],
        )
        assert answer.json() == {"received": min(offset + PIECE, len(content))}
    return key


async def test_a_file_of_the_browser_is_put_back(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    async with running(folder) as server, server.logged_in("/page") as page:
        await page.call("saveBackupPlan", {**DAILY, "every": "", "passphrase": "correct horse"})
        made = await page.call("makeBackup")
        content = (Path(made["place"]) / made["name"]).read_bytes()
        await page.call("saveBackupPlan", {**DAILY, "every": ""})
        await page.call("setSettings", {"primaryBaseURL": "https://later.example"}, PASSWORD)
        key = await upload(server, page, content)
        assert (await page.call("startRestore", key, "correct horse", "no"))["ok"] is False
        assert (await page.call("startRestore", "another", "correct horse", PASSWORD))["ok"] is False
        assert (await page.call("startRestore", key, "", PASSWORD))["ok"] is True
        state = await restored(page)
        assert (state["stage"], state["id"]) == ("failed", key)
        assert state["problem"].endswith("mine.tar.zst is encrypted: its passphrase is needed.")
        await page.call("startRestore", key, "wrong", PASSWORD)
        assert (await restored(page))["problem"] == "The passphrase is wrong."
        assert not server.appliance.restart.is_set()
        await page.call("startRestore", key, "correct horse", PASSWORD)
        async with asyncio.timeout(20):
            await server.appliance.restart.wait()
            while "done" not in (stages := [each[0]["stage"] for each in page.pushed("restoreProgress")]):
                await asyncio.sleep(0.01)  # it is told at the same moment
        assert (stages[-1], "unpacking" in stages) == ("done", True)
    async with running(folder) as server:
        assert server.appliance._ground.settings.primary_base_url() == ""
    assert not (folder / "restore-upload").exists()


async def test_uploads_that_cannot_be_put_back(server: Running, tmp_path: Path) -> None:
    async with server.logged_in("/page") as page:
        for size in (0, -1, "5", True, None):
            assert (await page.call("beginRestore", size, "x"))["ok"] is False
        assert "free space" in (await page.call("beginRestore", 1 << 60, "x"))["msg"]
        key = await upload(server, page, b"a cat" * 50_000)
        await page.call("startRestore", key, "", PASSWORD)
        assert "is damaged, or not a backup" in (await restored(page))["problem"]
        assert (await page.call("cancelRestore"))["restore"]["stage"] == "idle"
        assert (await page.call("startRestore", key, "", PASSWORD))["ok"] is False
        await page.call("beginRestore", 10, "../../etc/passwd")
        assert [path.name for path in (tmp_path / "data/restore-upload").iterdir()] == ["backup"]
        assert (await page.call("cancelRestore"))["ok"] is True
    assert not (tmp_path / "data/restore-upload").exists()


@needs_program(s3.PROGRAM)
async def test_one_of_a_bucket_is_put_back(tmp_path: Path) -> None:
    folder, peer = tmp_path / "data", tmp_path / "peer"
    peer.mkdir()
    async with s3.running(peer) as storage:
        async with running(folder) as server, server.logged_in("/page") as page:
            assert (await page.call("testPlace", s3_place(storage)))["ok"] is True
            assert [path for path in storage.folder.rglob("*") if path.is_file()] == []
            place = (await page.call("savePlace", s3_place(storage)))["id"]
            made = await page.call("makeBackup")
            await brought(server)
            [kept] = (await page.call("backupsAt", place))["backups"]
            assert kept == made["backups"][0]
            await page.call("deleteBackup", made["name"])
            await page.call("setSettings", {"primaryBaseURL": "https://later.example"}, PASSWORD)
            assert (await page.call("restoreFrom", place, "../x", "", PASSWORD))["ok"] is False
            missing = made["name"].replace("kuma-lite-2", "kuma-lite-1")
            assert (await page.call("restoreFrom", place, missing, "", PASSWORD))["ok"] is True
            state = await restored(page)
            assert (state["stage"], state["id"]) == ("failed", "")
            assert state["problem"] == f"There is no file {missing} at s3://kept/kuma."
            assert (await page.call("restoreFrom", place, made["name"], "", "no"))["ok"] is False
            assert (await page.call("restoreFrom", place, made["name"], "", PASSWORD))["ok"] is True
            async with asyncio.timeout(20):
                await server.appliance.restart.wait()
        async with running(folder) as server:
            assert server.appliance._ground.settings.primary_base_url() == ""
    [aside] = folder.glob("before-restore-*")
    with sqlite3.connect(aside / "kuma-lite.db") as connection:
        rows = connection.execute("SELECT value FROM setting WHERE key = 'primaryBaseURL'").fetchall()
    assert "later.example" in rows[0][0]


def test_names_that_are_ours() -> None:
    assert backup_of("kuma-lite-2026-01-02-030405.tar.zst.age", 5) is not None
    for name in (
        "kuma-lite-2026-01-02.tar.zst",
        "x-kuma-lite-2026-01-02-030405.tar.zst",
        "kuma-lite-2026-13-02-030405.tar.zst",
    ):
        assert backup_of(name, 5) is None
