"""Where versions of the program lie, and how one takes the place of another: at once, and back again.

A folder, as the install script makes it:

    /opt/kuma-lite/versions/0.1.0/kuma-lite                 and _internal beside it
    /opt/kuma-lite/kuma-lite → versions/0.1.0/kuma-lite     the one thing that an update changes

One that was unpacked by hand (kuma-lite and _internal) becomes such a folder at its first update. One file
has the version before beside it, as kuma-lite.old.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, Protocol

from kuma_lite.core.errors import UserError

PROGRAM: Final = "kuma-lite"
VERSIONS: Final = "versions"
LIBRARIES: Final = "_internal"
STAGING: Final = ".update"  # what is downloaded and unpacked


class Place(Protocol):
    """Where the program is."""

    home: Path  # the folder that belongs to it, or holds its file
    folder: bool  # whether it is a folder, not one file

    def put(self, new: Path, version: str) -> None:
        """Let what lies on the same file system take the place of what is there. Raises OSError."""

    def back(self) -> None:
        """Take the last `put` back. Raises OSError."""


def stable_name(executable: Path) -> Path:
    """The name of a program that stays when its version changes."""
    versions = executable.parent.parent
    stable = versions.parent / PROGRAM
    return stable if versions.name == VERSIONS and stable.is_symlink() else executable


def place_of(executable: Path, version: str) -> Place:
    """Where a program of this version is."""
    if not (executable.parent / LIBRARIES).is_dir():
        return OneFile(executable)
    versions = executable.parent.parent
    return Folder(versions.parent if versions.name == VERSIONS else executable.parent, version)


@contextmanager
def staging(place: Place) -> Iterator[Path]:
    """An empty folder on the same file system, for one update at a time. Raises UserError."""
    folder = place.home / STAGING
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise UserError(
            "{folder} cannot be written: {reason}. Whoever installed the program, or root, can do this.",
            folder=place.home,
            reason=(error.strerror or str(error)).lower(),
        ) from None
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise UserError("Another update is under way.") from None
        _empty(folder)  # what an interrupted one has left
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(lock)


class OneFile:
    """A program that is one file.

    Args:
        path: of it.
    """

    folder = False

    def __init__(self, path: Path) -> None:
        self.home = path.parent
        self._path = path
        self._old = path.with_name(f"{path.name}.old")

    def put(self, new: Path, version: str) -> None:
        """The file takes its name; the one before gets another one first, and is never without one."""
        del version
        beside = self._old.with_name(f".{self._old.name}")
        beside.unlink(missing_ok=True)
        os.link(self._path, beside)
        os.replace(beside, self._old)
        new.chmod(self._path.stat().st_mode & 0o777)
        os.sync()  # a power cut shall not leave a name without its bytes
        os.replace(new, self._path)

    def back(self) -> None:
        """The one before gets its name again."""
        os.replace(self._old, self._path)


class Folder:
    """A program with its libraries in a folder of versions.

    Args:
        home: the folder around them.
        version: the one that runs.
    """

    folder = True

    def __init__(self, home: Path, version: str) -> None:
        self.home = home
        self._version = version
        self._versions = home / VERSIONS
        self._program = home / PROGRAM

    def put(self, new: Path, version: str) -> None:
        """The folder becomes a version, and that the one with the name."""
        _make_open(self._versions)
        if not self._program.is_symlink():
            self._adopt()
        target = self._versions / version
        if self._program.resolve() != (target / PROGRAM).resolve():  # else an update ended right after that
            if target.exists():
                shutil.rmtree(target)  # an update to it was taken back
            new.chmod(0o755)
            os.sync()  # a power cut shall not leave names without their bytes
            os.rename(new, target)
            self._choose(version)
        for other in self._versions.iterdir():
            if other.name not in (version, self._version):
                shutil.rmtree(other, ignore_errors=True)

    def back(self) -> None:
        """The version before has the name again."""
        self._choose(self._version)

    def _choose(self, version: str) -> None:
        """A symbolic link takes the name of the program, whatever has it."""
        beside = self._program.with_name(f".{PROGRAM}.new")
        with suppress(FileNotFoundError):
            beside.unlink()
        os.symlink(f"{VERSIONS}/{version}/{PROGRAM}", beside)
        os.replace(beside, self._program)

    def _adopt(self) -> None:
        """Give what was unpacked here a place among the versions, by further names of the same files."""
        own = self._versions / self._version
        shutil.rmtree(own, ignore_errors=True)
        _make_open(own)
        shutil.copytree(
            self.home / LIBRARIES,
            own / LIBRARIES,
            symlinks=True,
            copy_function=os.link,
        )
        os.link(self._program, own / PROGRAM)
        self._choose(self._version)


def _make_open(folder: Path) -> None:
    """A folder that services may look into, whatever is kept from others otherwise."""
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
