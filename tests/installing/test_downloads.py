"""Unpacking a build, also where tarfile does not look at names itself (Python 3.11.2, which builds have)."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path
from typing import Any

import pytest

from kuma_lite.core.errors import UserError
from kuma_lite.installing.downloads import unpack


@pytest.fixture(params=["3.11.2", "newer"])
def python(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """As `tarfile` was before 3.11.4, and as it is."""
    if request.param == "newer":
        return
    extract: Any = tarfile.TarFile.extractall
    monkeypatch.delattr(tarfile, "tar_filter", raising=False)
    monkeypatch.setattr(
        tarfile.TarFile, "extractall", lambda self, path, members=None: extract(self, path, members)
    )


def archive(path: Path, *names: str, kind: bytes = tarfile.REGTYPE) -> Path:
    with tarfile.open(path, "w:gz") as files:
        for name in names:
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode, entry.type = 3, 0o755, kind
            files.addfile(entry, io.BytesIO(b"new"))
    return path


@pytest.mark.usefixtures("python")
def test_the_program_is_found(tmp_path: Path) -> None:
    packed = archive(tmp_path / "a.tar.gz", "kuma-lite-1/kuma-lite", "kuma-lite-1/_internal/x.so")
    inside = unpack(packed, tmp_path / "there")
    assert inside == tmp_path / "there" / "kuma-lite-1"
    assert (inside / "kuma-lite").stat().st_mode & 0o777 == 0o755
    assert (inside / "_internal" / "x.so").read_bytes() == b"new"


@pytest.mark.usefixtures("python")
def test_nothing_gets_out_of_the_folder(tmp_path: Path) -> None:
    packed = archive(tmp_path / "a.tar.gz", "kuma-lite-1/kuma-lite", "../outside")
    with pytest.raises(UserError):
        unpack(packed, tmp_path / "there")
    assert not (tmp_path / "outside").exists()
