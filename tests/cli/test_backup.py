"""`backup` and `restore` as a person runs them."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.peers import s3, sshd
from tests.peers.support import peer_of
from tests.requires import ROOT, needs_program, needs_root
from tests.support.served import serving

PROGRAM = [sys.executable, "-m", "kuma_lite"]


def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), **environment},
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with backups of each kind, made beside a running server."""
    folder = tmp_path_factory.mktemp("backup")
    (folder / "passphrase").write_text("correct horse\n")
    with serving(folder / "data"):
        for name in ("x.tar.zst", "x.db"):
            ended = run("backup", folder / name, "--data-dir", folder / "data")
            assert ended.returncode == 0, ended.stderr
        ended = run(
            "backup", folder / "x.tar.zst.age", "--passphrase-file", folder / "passphrase",
            "--data-dir", folder / "data",
        )  # fmt: skip
        assert ended.returncode == 0, ended.stderr
        refused = run("restore", folder / "x.tar.zst", "--data-dir", folder / "data")
        assert (refused.returncode, "is in use by process" in refused.stderr) == (1, True)
    return folder


@pytest.mark.parametrize("name", ["x.tar.zst", "x.db"])
def test_a_drill_and_a_restore(made: Path, tmp_path: Path, name: str) -> None:
    drilled = run("restore", "--drill", made / name)
    assert (drilled.returncode, "can be restored" in drilled.stdout) == (0, True), drilled.stderr
    target = tmp_path / "new"
    restored = run("restore", made / name, "--data-dir", target)
    assert restored.returncode == 0, restored.stderr
    assert (target / "kuma-lite.db").stat().st_mode & 0o077 == 0
    with serving(target):
        pass
    again = run("restore", made / name, "--data-dir", target)
    assert (again.returncode, "What was there before is in" in again.stdout) == (0, True), again.stderr
    assert len(list(target.glob("before-restore-*"))) == 1


def test_an_encrypted_one(made: Path) -> None:
    path = made / "x.tar.zst.age"
    assert run("restore", "--drill", path, "--passphrase-file", made / "passphrase").returncode == 0
    assert run("restore", "--drill", path, KUMA_LITE_BACKUP_PASSPHRASE="correct horse").returncode == 0
    wrong = run("restore", "--drill", path, KUMA_LITE_BACKUP_PASSPHRASE="no")
    assert (wrong.returncode, wrong.stderr) == (1, "kuma-lite: The passphrase is wrong.\n")
    missing = run("restore", "--drill", path)
    assert (missing.returncode, "A passphrase is needed" in missing.stderr) == (1, True)


def test_what_cannot_be_restored_leaves_nothing(made: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.tar.zst"
    cut.write_bytes((made / "x.tar.zst").read_bytes()[:500])
    refused = run("restore", cut, "--data-dir", tmp_path / "new")
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"kuma-lite: {cut} is")
    assert not (tmp_path / "new").exists()


def test_a_name_must_say_that_it_is_encrypted(made: Path) -> None:
    refused = run(
        "backup", made / "y.tar.zst", "--passphrase-file", made / "passphrase", "--data-dir", made / "data"
    )
    assert (refused.returncode, "y.tar.zst.age" in refused.stderr) == (1, True)
    assert not (made / "y.tar.zst").exists()


STORAGE = "s3://kept/kuma/"


@contextmanager
def bucket(folder: Path) -> Iterator[dict[str, str]]:
    """The environment in which the peer is reached."""
    folder.mkdir()
    with peer_of(s3.running, folder) as storage:
        yield {
            "AWS_ENDPOINT_URL_S3": storage.endpoint,
            "AWS_REGION": s3.REGION,
            "AWS_ACCESS_KEY_ID": storage.access_key,
            "AWS_SECRET_ACCESS_KEY": storage.secret_key,
        }


@needs_program(s3.PROGRAM)
def test_there_and_back_by_s3(made: Path, tmp_path: Path) -> None:
    data = ("--data-dir", made / "data")
    with bucket(tmp_path / "peer") as keys:
        put = run("backup", "--to", STORAGE, *data, **keys, KUMA_LITE_BACKUP_PASSPHRASE="correct horse")
        assert put.returncode == 0, put.stderr
        assert re.fullmatch(
            r"kuma-lite-[\d-]{17}\.tar\.zst\.age is at s3://kept/kuma, and has been read back from there\.\n",
            put.stdout,
        )
        named = run("backup", f"{STORAGE}mine.tar.zst", *data, **keys)
        assert named.returncode == 0, named.stderr
        again = run("backup", f"{STORAGE}mine.tar.zst", *data, **keys)
        assert (again.returncode, "s3://kept/kuma/mine.tar.zst exists already." in again.stderr) == (1, True)
        drilled = run("restore", "--drill", STORAGE, **keys, KUMA_LITE_BACKUP_PASSPHRASE="correct horse")
        assert (drilled.returncode, "can be restored" in drilled.stdout) == (0, True), drilled.stderr
        wrong = run(
            "restore", STORAGE, "--data-dir", tmp_path / "new", **keys, KUMA_LITE_BACKUP_PASSPHRASE="no"
        )
        assert (wrong.returncode, wrong.stderr.endswith("The passphrase is wrong.\n")) == (1, True)
        back = run("restore", f"{STORAGE}mine.tar.zst", "--data-dir", tmp_path / "new", **keys)
        assert back.returncode == 0, back.stderr
        assert sorted(path.suffix for path in (tmp_path / "new").iterdir()) == [".db", ".lock"]
        for address, sentence in (
            ("s3://kept/none/", "There is no backup at s3://kept/none."),
            ("s3://kept/kuma/none.tar.zst", "There is no file none.tar.zst at s3://kept/kuma."),
            ("s3://missing/", "There is no bucket missing at that address."),
        ):
            refused = run("restore", address, "--data-dir", tmp_path / "other", **keys)
            assert (refused.returncode, sentence in refused.stderr) == (1, True), refused.stderr
        assert not (tmp_path / "other").exists()
        refused = run("backup", "--to", STORAGE, *data, **{**keys, "AWS_SECRET_ACCESS_KEY": "not-the-secret"})
        assert (refused.returncode, "refuses the access key" in refused.stderr) == (1, True)
        assert "not-the-secret" not in refused.stderr
    assert [path.name for path in (made / "data").glob("backup*")] == []


@needs_program(sshd.PROGRAM, sshd.KEY_PROGRAM)
@needs_root()
def test_there_and_back_by_sftp(made: Path, tmp_path: Path) -> None:
    data = ("--data-dir", made / "data")
    with peer_of(sshd.taking_files, tmp_path) as files:
        (tmp_path / "key").write_text(files.private_key)
        address = f"sftp://root@127.0.0.1:{files.port}{tmp_path}/there/"
        keys = {"KUMA_LITE_SFTP_KEY_FILE": str(tmp_path / "key")}
        unknown = run("backup", "--to", address, *data, **keys)
        assert unknown.returncode == 1
        assert (
            f"is {files.fingerprint}: if that is the right one, name it with --fingerprint." in unknown.stderr
        )
        known = ("--fingerprint", files.fingerprint)
        put = run("backup", "--to", address, *data, *known, **keys)
        assert put.returncode == 0, put.stderr
        back = run("restore", address, "--data-dir", tmp_path / "new", *known, **keys)
        assert back.returncode == 0, back.stderr
        missing = run("restore", address, "--data-dir", tmp_path / "new")
        assert (missing.returncode, "KUMA_LITE_SFTP_KEY_FILE or" in missing.stderr) == (1, True)
    assert len(list((tmp_path / "there").iterdir())) == 1


def test_a_place_named_on_the_page(made: Path, tmp_path: Path) -> None:
    target = tmp_path / "data"
    assert run("restore", made / "x.tar.zst", "--data-dir", target).returncode == 0
    place = {"id": "1", "name": "Disk", "kind": "folder", "folder": str(tmp_path / "there")}
    with sqlite3.connect(target / "kuma-lite.db") as connection:
        connection.execute("INSERT INTO setting (key, value) VALUES ('places', ?)", (json.dumps([place]),))
    put = run("backup", "--to", "Disk", "--data-dir", target)
    assert (put.returncode, f"is at {tmp_path}/there, and" in put.stdout) == (0, True), put.stderr
    assert run("backup", "--to", "Disk", "mine.db", "--data-dir", target).returncode == 0
    assert run("restore", "--from", "Disk", "mine.db", "--data-dir", target).returncode == 0
    assert run("restore", "--drill", "--from", "Disk", "--data-dir", target).returncode == 0
    for words, sentence in (
        (("backup", "--to", "None"), "There is no place of the name None"),
        (("backup",), "Name a file to write, or a place with --to."),
        (("backup", "--to", "Disk", "a/b.db"), "a name without a folder"),
        (("backup", "s3://bucket/"), "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are needed"),
        (("backup", "sftp://root:secret-of-it@host/x"), "is no address of a place."),
        (("restore",), "Name a file to restore, or a place with --from."),
    ):
        refused = run(*words, "--data-dir", target)
        assert (refused.returncode, sentence in refused.stderr) == (1, True), refused.stderr
