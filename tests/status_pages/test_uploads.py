from __future__ import annotations

from pathlib import Path

import pytest

from kuma_lite.core.errors import UserError
from kuma_lite.status_pages.uploads import Uploads


async def test_a_picture_is_staged_then_kept_then_removed(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path / "upload")
    assert await uploads.stage_logo(3, b"one", 1_800_000_000.25) == "/upload/logo3.png?t=1800000000250"
    assert await uploads.read("logo3.png") is None
    await uploads.keep_logo(3)
    await uploads.stage_logo(3, b"two", 1_800_000_001)
    assert await uploads.read("logo3.png") == b"one"
    await uploads.keep_logo(3)
    assert await uploads.read("logo3.png") == b"two"
    await uploads.remove_logo(3)
    await uploads.remove_logo(3)
    assert await uploads.read("logo3.png") is None


@pytest.mark.parametrize(
    "name",
    [
        "../kuma-lite.db",
        "logo1.png/../x",
        "..",
        "",
        "logo1.png\x00",
        "logo1.png.part",
        "/etc/passwd",
        "LOGO1.png",
    ],
)
async def test_no_other_name_is_read(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "upload"
    folder.mkdir()
    (tmp_path / "kuma-lite.db").write_bytes(b"secret")
    (folder / "logo1.png.part").write_bytes(b"half")
    assert await Uploads(folder).read(name) is None


async def test_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "logo1.png").symlink_to(tmp_path / "secret")
    assert await Uploads(tmp_path).read("logo1.png") is None


async def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "upload").write_text("a file")
    with pytest.raises(UserError, match="cannot be stored"):
        await Uploads(tmp_path / "upload").stage_logo(1, b"x", 0)
