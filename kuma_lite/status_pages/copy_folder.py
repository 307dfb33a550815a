"""The folder of a static copy: each file is replaced at once, the page itself last, what is old goes."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Final

from kuma_lite.core.errors import UserError
from kuma_lite.status_pages.static_copy import INDEX

MARK: Final = ".kuma-lite-copy.json"  # names the files that are ours
_FILE_MODE: Final = 0o644  # a web server of another user reads them
_FOLDER_MODE: Final = 0o755


def write_copy(folder: Path, files: Mapping[str, bytes]) -> int:
    """Let a folder hold these files; returns how many were new or other than before.

    Raises:
        UserError: the folder holds something else, or cannot be written.
    """
    try:
        return _write_copy(folder, files)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UserError(
            "{file} cannot be written: {reason}.", file=error.filename or folder, reason=reason
        ) from None


def remove_copy(folder: Path) -> None:
    """Remove the files of a copy, and its folder if nothing else is in it. What is no copy stays."""
    mark = folder / MARK
    for name in _ours(folder):
        with suppress(OSError):
            (folder / name).unlink()
    with suppress(OSError):
        mark.unlink()
    for each in (folder / "badges", folder):
        with suppress(OSError):
            each.rmdir()


def is_copy(folder: Path) -> bool:
    """Whether a folder holds one."""
    return (folder / MARK).is_file()


def _write_copy(folder: Path, files: Mapping[str, bytes]) -> int:
    for name in files:
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
            raise UserError("{file} is no name for a file of a copy.", file=name)
    _make_folder(folder)
    if not is_copy(folder) and any(folder.iterdir()):
        raise UserError("{folder} holds other files: name an empty folder.", folder=folder)
    before = _ours(folder)
    _put(folder / MARK, json.dumps({"files": sorted({*before, *files})}).encode())
    names = sorted(files, key=lambda name: (name == INDEX, name))
    changed = sum(_put(folder / name, files[name]) for name in names)
    for name in before - set(files):
        with suppress(OSError):
            (folder / name).unlink()
    _put(folder / MARK, json.dumps({"files": sorted(files)}).encode())
    return changed


def _ours(folder: Path) -> set[str]:
    try:
        names = json.loads((folder / MARK).read_text("utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return set()
    return {name for name in names if isinstance(name, str) and ".." not in PurePosixPath(name).parts}


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(_FOLDER_MODE)


def _put(path: Path, content: bytes) -> bool:
    """Replace one file unless it is so already; nobody ever sees half of it."""
    with suppress(OSError):
        if path.read_bytes() == content:
            return False
    _make_folder(path.parent)
    descriptor, name = tempfile.mkstemp(prefix=".part-", dir=path.parent)
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
            os.fchmod(file.fileno(), _FILE_MODE)
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise
    return True
