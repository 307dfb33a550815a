"""Files of a release, brought here whole or not at all."""

from __future__ import annotations

import hashlib
import http.client
import shutil
import ssl
import tarfile
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path, PurePosixPath
from typing import IO, Final, cast
from urllib.parse import urlsplit

from kuma_lite import __version__
from kuma_lite.core.errors import UserError

TIMEOUT_S: Final = 30.0  # without a byte
CHUNK_BYTES: Final = 256 * 1024
UNPACKED: Final = 4  # sizes of an archive that it takes unpacked, with the archive beside it


class Source:
    """The folder of a release on a web server.

    Args:
        url: without the name of a file.
    """

    def __init__(self, url: str) -> None:
        if urlsplit(url).scheme not in ("https", "http"):
            raise UserError("The address of a release begins with https:// or http://, not “{url}”.", url=url)
        self._url = url.rstrip("/")

    def text(self, name: str, most: int) -> bytes:
        """A small file. Raises UserError."""
        with closing(self._open(name)) as answer:
            try:
                found = answer.read(most + 1)
            except (OSError, http.client.HTTPException) as error:
                raise _broken(name, error) from None
        if len(found) > most:
            raise UserError("{name} is larger than it can be.", name=name)
        return found

    def save(self, name: str, target: Path, digest: str, most: int) -> None:
        """Write a file whose SHA-256 is as it should be. Raises UserError; the file may be there in part."""
        seen, size = hashlib.sha256(), 0
        with closing(self._open(name)) as answer:
            _check_room(target.parent, getattr(answer, "length", None) or 0)
            try:
                with target.open("xb") as file:
                    while chunk := answer.read(CHUNK_BYTES):
                        seen.update(chunk)
                        size += len(chunk)
                        if size > most:
                            raise UserError("{name} is larger than it can be.", name=name)
                        file.write(chunk)
            except (OSError, http.client.HTTPException) as error:
                raise _broken(name, error) from None
        if seen.hexdigest() != digest:
            raise UserError("{name} arrived damaged, or is not what was signed: it is not used.", name=name)

    def _open(self, name: str) -> IO[bytes]:
        request = urllib.request.Request(  # noqa: S310 - the scheme was looked at
            f"{self._url}/{name}", headers={"User-Agent": f"kuma-lite/{__version__}"}
        )
        context = _context() if self._url.startswith("https:") else None
        try:
            return cast(IO[bytes], urllib.request.urlopen(request, timeout=TIMEOUT_S, context=context))  # noqa: S310
        except (OSError, http.client.HTTPException) as error:
            raise _broken(name, error) from None


def unpack(archive: Path, folder: Path) -> Path:
    """Unpack the archive of a folder into `folder`; returns the one folder in it. Raises UserError."""
    folder.mkdir()
    try:
        with tarfile.open(archive) as files:
            _extract(files, folder)
    except (OSError, tarfile.TarError, EOFError) as error:
        raise UserError("{name} cannot be unpacked: {reason}.", name=archive.name, reason=error) from None
    inside = list(folder.iterdir())
    if len(inside) != 1 or not (inside[0] / "kuma-lite").is_file():
        raise UserError("{name} does not hold the program.", name=archive.name)
    return inside[0]


def _extract(files: tarfile.TarFile, folder: Path) -> None:
    """Everything in it, and nothing beside the folder."""
    if hasattr(tarfile, "tar_filter"):  # of Python 3.11.4: Debian 12, and so a build of ours, has 3.11.2
        files.extractall(folder, filter="tar")
        return
    members = files.getmembers()
    for member in members:
        path = PurePosixPath(member.name)
        if path.is_absolute() or ".." in path.parts or not (member.isreg() or member.isdir()):
            raise tarfile.TarError(f"{member.name} is no file of a program")
    files.extractall(folder, members)  # noqa: S202 - each was looked at


def _context() -> ssl.SSLContext:
    """Trusts what the system trusts, or what we bring where it has nothing."""
    from kuma_lite.net.contexts import TlsOptions, build_context

    context = build_context(TlsOptions(legacy=False))
    context.check_hostname = True
    return context


def _check_room(folder: Path, size: int) -> None:
    needed, free = size * UNPACKED, shutil.disk_usage(folder).free
    if free < needed:
        raise UserError(
            "The update needs {needed} MB of free space in {folder}, where there are {free} MB.",
            needed=round(needed / 1e6),
            folder=folder,
            free=round(free / 1e6),
        )


def _broken(name: str, error: Exception) -> UserError:
    if isinstance(error, urllib.error.HTTPError):
        reason: object = f"the server answers {error.code}"
    else:
        reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or error
    return UserError("{name} cannot be downloaded: {reason}.", name=name, reason=reason)
