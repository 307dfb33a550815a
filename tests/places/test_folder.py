"""A folder as a place."""

from __future__ import annotations

from pathlib import Path

import pytest

from kuma_lite.core.errors import UserError
from kuma_lite.places.folder import FolderPlace
from kuma_lite.places.model import Manner
from tests.places.contract import keeps_its_word


async def test_it_keeps_its_word(tmp_path: Path) -> None:
    await keeps_its_word(FolderPlace(tmp_path / "a" / "b"), tmp_path)
    assert list((tmp_path / "a" / "b").iterdir()) == [], "folders go with the last file in them"


async def test_who_may_read(tmp_path: Path) -> None:
    place = FolderPlace(tmp_path / "kept")
    await place.put("x", b"secret")
    await place.put("site/index.html", b"<p>", Manner(is_public=True))
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "kept").rglob("*")}
    assert modes == {"x": 0o600, "site": 0o755, "index.html": 0o644}


async def test_half_of_a_file_is_never_seen(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    place = FolderPlace(folder)
    await place.put("x", b"old")
    with pytest.raises(UserError, match=r"cannot be written: no such file"):
        await place.put("x", tmp_path / "none")
    assert [path.name for path in folder.iterdir()] == ["x"]
    assert await place.read("x", 10) == b"old"


async def test_what_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    place = FolderPlace(tmp_path / "file" / "folder")
    for work in (place.put("x", b""), place.read("x", 1)):
        with pytest.raises(UserError, match=r"cannot be (written|read): not a directory\."):
            await work
    assert await place.files() == []
