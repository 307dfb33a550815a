"""One file with everything: written, read back, and refused when something is wrong with it."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import pytest
from backports import zstd

from kuma_lite.backups import archive
from kuma_lite.core.errors import UserError

FACTS = {"version": "1.2", "schema": 55, "made": 1_800_000_000, "rows": {"monitor": 3}}


@pytest.fixture
def members(tmp_path: Path) -> dict[str, Path]:
    (tmp_path / "in").mkdir()
    names = {"kuma-lite.db": b"d" * 700_000, "upload/a b.png": b"png", "kuma-lite.toml": b""}
    found = {}
    for number, (name, content) in enumerate(names.items()):
        found[name] = tmp_path / "in" / str(number)
        found[name].write_bytes(content)
    return found


@pytest.mark.parametrize("passphrase", ["", "correct horse"])
def test_what_is_written_comes_back(tmp_path: Path, members: dict[str, Path], passphrase: str) -> None:
    target, out = tmp_path / "x.tar.zst", tmp_path / "out"
    written = archive.write(target, members, FACTS, passphrase)
    assert target.stat().st_mode & 0o777 == 0o600
    out.mkdir()
    assert archive.read(target, passphrase, out) == written
    assert {name: (out / name).read_bytes() for name in members} == {
        name: path.read_bytes() for name, path in members.items()
    }
    assert written.rows == {"monitor": 3}
    assert written.size == 700_003
    assert archive.needs_passphrase(target) == bool(passphrase)
    assert b"png" not in target.read_bytes() or not passphrase


def test_what_is_there_stays(tmp_path: Path, members: dict[str, Path]) -> None:
    target = tmp_path / "x.tar.zst"
    target.write_bytes(b"mine")
    with pytest.raises(UserError, match="exists already"):
        archive.write(target, members, FACTS)
    assert target.read_bytes() == b"mine"


def test_a_place_that_cannot_be_written_leaves_nothing(tmp_path: Path, members: dict[str, Path]) -> None:
    with pytest.raises(UserError, match="cannot be written: No such file"):
        archive.write(tmp_path / "no" / "x.tar.zst", members, FACTS)
    members["upload/gone"] = tmp_path / "gone"
    with pytest.raises(UserError, match="cannot be written"):
        archive.write(tmp_path / "x.tar.zst", members, FACTS)
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


@pytest.mark.parametrize("passphrase", ["", "correct horse"])
def test_every_cut_is_noticed(tmp_path: Path, members: dict[str, Path], passphrase: str) -> None:
    target = tmp_path / "x.tar.zst"
    archive.write(target, members, FACTS, passphrase)
    whole = target.read_bytes()
    for size in [*range(0, len(whole), max(1, len(whole) // 40)), len(whole) - 1]:
        target.write_bytes(whole[:size])
        with pytest.raises(UserError):
            archive.read(target, passphrase)


def test_an_encrypted_one_asks_for_its_passphrase(tmp_path: Path, members: dict[str, Path]) -> None:
    target = tmp_path / "x.tar.zst.age"
    archive.write(target, members, FACTS, "correct horse")
    with pytest.raises(UserError, match="passphrase is needed"):
        archive.read(target)
    with pytest.raises(UserError, match="passphrase is wrong"):
        archive.read(target, "no")


def foreign(path: Path, *entries: tuple[str, bytes | str]) -> Path:
    """A tar of somebody else; a text is the target of a link."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name, content in entries:
            entry = tarfile.TarInfo(name)
            if isinstance(content, str):
                entry.type, entry.linkname = tarfile.SYMTYPE, content
                tar.addfile(entry)
            else:
                entry.size = len(content)
                tar.addfile(entry, io.BytesIO(content))
    path.write_bytes(zstd.compress(packed.getvalue()))
    return path


def manifest(**changes: object) -> bytes:
    digest = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
    return json.dumps({"format": 1, **FACTS, "files": {"x": [1, digest]}, **changes}).encode()


@pytest.mark.parametrize(
    ("entries", "says"),
    [
        ([], "not a backup"),
        ([("x", b"x")], "not a backup"),
        ([("manifest.json", b"[]")], "not a backup"),
        ([("manifest.json", b"{")], "not a backup"),
        ([("manifest.json", b'{"format": 1}')], "not a backup"),
        ([("manifest.json", manifest(format=2))], "newer"),
        ([("manifest.json", manifest())], "cut short: x is missing"),
        ([("manifest.json", manifest()), ("x", b"y")], "damaged: x is not what it was"),
        ([("manifest.json", manifest()), ("x", b"x"), ("x", b"x")], "not a backup"),
        ([("manifest.json", manifest()), ("../x", b"x")], "not a backup"),
        ([("manifest.json", manifest()), ("/x", b"x")], "not a backup"),
        ([("manifest.json", manifest()), ("x", "/etc/passwd")], "not a backup"),
    ],
)
def test_archives_of_others(tmp_path: Path, entries: list[tuple[str, bytes | str]], says: str) -> None:
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(UserError, match=says):
        archive.read(foreign(tmp_path / "x.tar.zst", *entries), into=out)
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("content", [b"", b"x", b"PK\x03\x04" * 99, b"\x28\xb5\x2f\xfd" + b"\xff" * 60])
def test_files_that_are_no_archive(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    with pytest.raises(UserError):
        archive.read(path)
