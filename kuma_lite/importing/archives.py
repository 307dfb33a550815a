"""A data folder of Uptime Kuma in an archive: .zip, .tar or .tar.gz. Only what is read is unpacked."""

from __future__ import annotations

import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Final

from msgspec import Struct

from kuma_lite.core.errors import UserError
from kuma_lite.importing.file_names import DB_CONFIG, KUMA_FILE
from kuma_lite.importing.files import FOLDERS

SQLITE: Final = b"SQLite format 3\0"
_FILES: Final = frozenset({KUMA_FILE, f"{KUMA_FILE}-wal", DB_CONFIG})
_MOST_MEMBERS: Final = 100_000
_UNREADABLE: Final = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    EOFError,
    OSError,
    RuntimeError,  # a password is needed
    ValueError,
)
_SPARE: Final = 0.5  # of the free disk space may be filled with what is unpacked


class Member(Struct, frozen=True):
    """A plain file of an archive."""

    path: PurePosixPath
    size: int
    open: Callable[[], IO[bytes]]


def unpack(upload: Path, folder: Path) -> Path:
    """Where the import finds its data: the upload itself if it is a database, else `folder`, unpacked.

    Raises:
        UserError: it is neither, holds no Uptime Kuma, or is too large.
    """
    with upload.open("rb") as file:
        if file.read(len(SQLITE)) == SQLITE:
            return upload
    try:
        with _opened(upload) as members:
            wanted = list(_wanted(members))
            room = shutil.disk_usage(folder.parent).free * _SPARE
            if sum(member.size for _name, member in wanted) > room:
                raise UserError("There is not enough free space to unpack this archive.")
            folder.mkdir(mode=0o700)
            for name, member in wanted:
                _write(member, folder.joinpath(*name.parts))
    except _UNREADABLE as error:
        raise UserError("The archive cannot be read: {reason}.", reason=str(error).rstrip(".")) from None
    return folder


def _wanted(members: list[Member]) -> Iterator[tuple[PurePosixPath, Member]]:
    """What belongs to the data folder, by its path in there."""
    databases = [member.path for member in members if member.path.name == KUMA_FILE]
    if not databases:
        raise UserError("There is no {kuma_file} in this archive.", kuma_file=KUMA_FILE)
    root = min(databases, key=lambda path: len(path.parts)).parent
    for member in members:
        if not member.path.is_relative_to(root):
            continue
        name = member.path.relative_to(root)
        if str(name) in _FILES or (len(name.parts) > 1 and name.parts[0] in FOLDERS):
            yield name, member


@contextmanager
def _opened(path: Path) -> Iterator[list[Member]]:
    """All plain files; names that lead out of the archive are left out."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            files = [info for info in archive.infolist()[:_MOST_MEMBERS] if not info.is_dir()]
            yield _safe([Member(PurePosixPath(i.filename), i.file_size, _of_zip(archive, i)) for i in files])
    elif tarfile.is_tarfile(path):
        with tarfile.open(path) as archive:
            entries = [
                entry for _, entry in zip(range(_MOST_MEMBERS), archive, strict=False) if entry.isreg()
            ]
            yield _safe([Member(PurePosixPath(e.name), e.size, _of_tar(archive, e)) for e in entries])
    else:
        raise UserError("This is neither a database of Uptime Kuma nor an archive of its data folder.")


def _safe(members: list[Member]) -> list[Member]:
    return [each for each in members if not each.path.is_absolute() and ".." not in each.path.parts]


def _of_zip(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], IO[bytes]]:
    return lambda: archive.open(info)


def _of_tar(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> Callable[[], IO[bytes]]:
    def opened() -> IO[bytes]:
        file = archive.extractfile(entry)
        assert file is not None  # a plain file
        return file

    return opened


def _write(member: Member, target: Path) -> None:
    """No more than the archive said it would be."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    left = member.size
    with member.open() as source, target.open("xb") as file:
        while left and (piece := source.read(min(left, 1 << 20))):
            file.write(piece)
            left -= len(piece)
