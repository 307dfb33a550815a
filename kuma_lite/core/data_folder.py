"""The data folder: exists, can be written, and belongs to this process alone."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from kuma_lite.core.errors import StartupError
from kuma_lite.core.limits import DATABASE_FILE

LOCK_FILE: Final = "kuma-lite.lock"
UPLOAD_FOLDER: Final = "upload"
SCREENSHOT_FOLDER: Final = "screenshots"
MOUNTS: Final = Path("/proc/self/mountinfo")

# SQLite's write-ahead log needs shared memory and locks that these do not give reliably.
NETWORK_FILE_SYSTEMS: Final = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "fuse.glusterfs", "glusterfs", "ceph", "afs"}
)


class DataFolder:
    """A folder this process has to itself until `close`.

    Attributes:
        path: absolute path of the folder.
        warning: a sentence about the place that a person should read, or None.
    """

    def __init__(self, path: Path, lock: int) -> None:
        self.path = path
        self.warning = network_warning(path)
        self._lock: int | None = lock

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> DataFolder:
        """Create the folder if it is missing and lock it. Raises StartupError with one sentence."""
        folder = Path(path).expanduser().absolute()
        try:
            # Passwords of monitors and tokens of services are in there: for the owner only.
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except FileExistsError:
            raise StartupError(f"The data folder {folder} is a file, not a folder.") from None
        except OSError as error:
            raise StartupError(f"The data folder {folder} cannot be created: {_reason(error)}.") from None
        return cls(folder, _lock(folder))

    @property
    def database(self) -> Path:
        """The live database file; only `core.database` may open it."""
        return self.path / DATABASE_FILE

    @property
    def uploads(self) -> Path:
        """The folder of uploaded pictures; created when first used."""
        return self.path / UPLOAD_FOLDER

    @property
    def screenshots(self) -> Path:
        """The folder of pictures of monitored pages; created when first used."""
        return self.path / SCREENSHOT_FOLDER

    def close(self) -> None:
        """Let another process have the folder."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _lock(folder: Path) -> int:
    """A descriptor that holds the lock; the kernel lets go of it however the process ends."""
    path = folder / LOCK_FILE
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StartupError(f"The data folder {folder} cannot be written: {_reason(error)}.") from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        owner = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
        os.close(descriptor)
        who = f"process {owner}" if owner.isdigit() else "another process"
        raise StartupError(f"The data folder {folder} is in use by {who}.") from None
    except OSError as error:
        os.close(descriptor)
        raise StartupError(f"The data folder {folder} cannot be locked: {_reason(error)}.") from None
    with suppress(OSError):  # the number is a courtesy; on a full disk the lock is held all the same
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    return descriptor


def network_warning(path: Path, mounts: Path = MOUNTS) -> str | None:
    """A sentence if `path` lies on a network file system; None otherwise or where nobody can tell."""
    kind = file_system_of(path, mounts)
    if kind not in NETWORK_FILE_SYSTEMS:
        return None
    return (
        f"The data folder {path} is on a network file system ({kind}): "
        "a lost connection can damage the database, a local disk is safe."
    )


def file_system_of(path: Path, mounts: Path = MOUNTS) -> str | None:
    """Type of the file system `path` lies on, as the kernel calls it; None where it does not tell."""
    try:
        lines = mounts.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return None
    real = Path(os.path.realpath(path))
    best: tuple[int, str] | None = None
    for line in lines:
        before, separator, after = line.partition(" - ")
        fields = before.split(" ")
        if not separator or len(fields) < 5:
            continue
        point = Path(_unescaped(fields[4]))
        # A later mount on the same point hides the earlier one.
        if real.is_relative_to(point) and (best is None or len(point.parts) >= best[0]):
            best = (len(point.parts), after.split(" ")[0])
    return best[1] if best else None


def _unescaped(point: str) -> str:
    """The kernel writes blanks, tabs, newlines and backslashes of a mount point in octal."""
    for code, letter in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        point = point.replace(code, letter)
    return point


def _reason(error: OSError) -> str:
    text = error.strerror or str(error)
    return text[:1].lower() + text[1:]
