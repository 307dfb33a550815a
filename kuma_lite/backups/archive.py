"""One file with everything: a tar, compressed by zstd, encrypted by choice.

Its first member, `manifest.json`, names the others with their sizes and SHA-256, so that a reader knows
that it has all of it. Sorted and without owners: two archives of the same data differ in their dates alone.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Any, Final, cast

from msgspec import Struct
from msgspec.structs import asdict

from kuma_lite.backups.age import Decrypting, Encrypting, is_encrypted
from kuma_lite.core.errors import UserError

if TYPE_CHECKING:
    import tarfile

MANIFEST: Final = "manifest.json"
FORMAT: Final = 1
SUFFIX: Final = ".tar.zst"
ENCRYPTED_SUFFIX: Final = ".tar.zst.age"
LEVEL: Final = 6  # of zstd: a hundred megabytes in some seconds
_PIECE: Final = 256 * 1024
_MANIFEST_LIMIT: Final = 16 << 20  # bytes: a hundred thousand uploads


class Manifest(Struct, frozen=True):
    """What an archive says of itself.

    Attributes:
        format: of the archive.
        version: of the program that made it.
        schema: number of the last migration the database has seen.
        made: when, seconds since 1970.
        files: name → [bytes, SHA-256 in hex].
        rows: table of the database → rows.
    """

    format: int
    version: str
    schema: int
    made: int
    files: dict[str, list[Any]]
    rows: dict[str, int]

    @property
    def size(self) -> int:
        """Bytes of everything unpacked."""
        return sum(size for size, _digest in self.files.values())


def write(
    target: Path, members: Mapping[str, Path], facts: Mapping[str, Any], passphrase: str = ""
) -> Manifest:
    """Write an archive to a new file, and read it back.

    Args:
        target: must not exist; what is there under this name afterwards is whole.
        members: name in the archive → file.
        facts: of the manifest: version, schema, made, rows.
        passphrase: "" leaves it unencrypted.

    Raises:
        UserError: it exists, there is no room, or what was written cannot be read.
    """
    if target.exists():
        raise UserError("{target} exists already.", target=target)
    part = target.with_name(f"{target.name}.part")
    try:
        files = {name: _described(path) for name, path in sorted(members.items())}
        manifest = Manifest(format=FORMAT, files=files, **facts)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            _write_all(file, manifest, members, passphrase)
            file.flush()
            os.fsync(file.fileno())
        if read(part, passphrase) != manifest:
            raise UserError("The backup {target} cannot be read back.", target=target)
        part.rename(target)
    except OSError as error:
        reason = error.strerror or error
        raise UserError(
            "The backup {target} cannot be written: {reason}.", target=target, reason=reason
        ) from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return manifest


def read(
    source: Path,
    passphrase: str = "",
    into: Path | None = None,
    *,
    judge: Callable[[Manifest], None] = lambda manifest: None,
    told: Callable[[int, int], None] = lambda done, total: None,
) -> Manifest:
    """Read all of an archive and compare it with its manifest; unpack it where a folder is given.

    Args:
        judge: sees the manifest before anything is unpacked, and may raise UserError.
        told: hears how many bytes of how many have been unpacked.

    Raises:
        UserError: it is none, is damaged or cut short, of a newer program, or the passphrase is wrong.
    """
    with _members(source, passphrase) as members:
        manifest = _manifest_of(source, members)
        judge(manifest)
        missing, done = set(manifest.files), 0

        def count(size: int) -> None:
            nonlocal done
            done += size
            told(done, manifest.size)

        for name, content in members:
            if name not in missing:
                raise UserError("{file} is not a backup of Kuma Lite.", file=source)
            missing.remove(name)
            if _copied(content, into / name if into else None, count) != manifest.files[name]:
                raise UserError("{file} is damaged: {name} is not what it was.", file=source, name=name)
        if missing:
            raise UserError("{file} is cut short: {name} is missing.", file=source, name=min(missing))
    return manifest


def needs_passphrase(source: Path) -> bool:
    """Whether it is encrypted. Raises UserError when it cannot be read."""
    with _opened(source) as file:
        return is_encrypted(file.read(32))


def _write_all(file: IO[bytes], manifest: Manifest, members: Mapping[str, Path], passphrase: str) -> None:
    import tarfile  # by whoever makes or reads one

    zstd = _zstd()
    outer = Encrypting(file, passphrase) if passphrase else None
    with (
        zstd.ZstdFile(outer or file, "w", level=LEVEL) as packed,
        tarfile.open(fileobj=cast(Any, packed), mode="w|", format=tarfile.PAX_FORMAT) as tar,
    ):
        document = json.dumps(asdict(manifest), indent=1, sort_keys=True).encode()
        tar.addfile(_entry(MANIFEST, len(document), manifest.made), io.BytesIO(document))
        for name in sorted(members):
            with members[name].open("rb") as content:
                tar.addfile(_entry(name, manifest.files[name][0], manifest.made), content)
    if outer is not None:
        outer.close()


def _entry(name: str, size: int, made: int) -> tarfile.TarInfo:
    import tarfile

    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime, entry.mode = size, made, 0o600
    return entry


@contextmanager
def _members(source: Path, passphrase: str) -> Iterator[Iterator[tuple[str, IO[bytes]]]]:
    import tarfile

    zstd = _zstd()
    with ExitStack() as stack:
        file = stack.enter_context(_opened(source))
        start = file.read(32)
        file.seek(0)
        if is_encrypted(start) and not passphrase:
            raise UserError("{file} is encrypted: its passphrase is needed.", file=source)
        plain = Decrypting(file, passphrase) if is_encrypted(start) else file
        try:
            packed = stack.enter_context(zstd.ZstdFile(plain, "r"))
            tar = stack.enter_context(tarfile.open(fileobj=cast(Any, packed), mode="r|"))
            yield _regular(tar, source)
        except (zstd.ZstdError, tarfile.TarError, EOFError) as error:
            cut = isinstance(error, EOFError)
            says = "{file} is cut short." if cut else "{file} is damaged, or not a backup of Kuma Lite."
            raise UserError(says, file=source) from None


def _regular(tar: tarfile.TarFile, source: Path) -> Iterator[tuple[str, IO[bytes]]]:
    for entry in tar:
        content = tar.extractfile(entry) if entry.isfile() else None
        if content is None or not _is_safe(entry.name):
            raise UserError("{file} is not a backup of Kuma Lite.", file=source)
        yield entry.name, content


def _manifest_of(source: Path, members: Iterator[tuple[str, IO[bytes]]]) -> Manifest:
    name, content = next(members, ("", io.BytesIO()))
    try:
        found = json.loads(content.read(_MANIFEST_LIMIT)) if name == MANIFEST else None
    except ValueError:
        found = None
    if not isinstance(found, dict) or not isinstance(found.get("format"), int):
        raise UserError("{file} is not a backup of Kuma Lite.", file=source)
    if found["format"] > FORMAT:
        raise UserError("{file} was made by a newer Kuma Lite: restore it with that one.", file=source)
    try:
        return Manifest(**found)
    except TypeError:
        raise UserError("{file} is not a backup of Kuma Lite.", file=source) from None


def _is_safe(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return (
        bool(parts)
        and not name.startswith("/")
        and ".." not in parts
        and "\\" not in name
        and "\0" not in name
    )


def _described(path: Path) -> list[Any]:
    with path.open("rb") as file:
        return _copied(file, None)


def _copied(
    content: IO[bytes], target: Path | None, count: Callable[[int], None] = lambda size: None
) -> list[Any]:
    """Bytes and SHA-256 of all that is read, which is written on the way, if there is a target."""
    digest, size = hashlib.sha256(), 0
    with ExitStack() as stack:
        out = None
        if target is not None:
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            out = stack.enter_context(
                os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
            )
        while piece := content.read(_PIECE):
            digest.update(piece)
            size += len(piece)
            count(len(piece))
            if out is not None:
                out.write(piece)
        if out is not None:
            out.flush()
            os.fsync(out.fileno())
    return [size, digest.hexdigest()]


def _opened(source: Path) -> IO[bytes]:
    try:
        return source.open("rb")
    except OSError as error:
        raise UserError(
            "{file} cannot be read: {reason}.", file=source, reason=error.strerror or error
        ) from None


def _zstd() -> Any:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd
