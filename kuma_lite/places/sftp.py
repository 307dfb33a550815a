"""A folder of a server that is reached by SFTP. The library is imported when the first one is opened."""

from __future__ import annotations

import asyncio
import logging
import os
import posixpath
import re
import socket
import stat
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager, suppress
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from msgspec import Struct

from kuma_lite.core.errors import UserError
from kuma_lite.core.records import hiding
from kuma_lite.places.model import (
    PIECE_BYTES,
    SECRET,
    Manner,
    NoSuchFile,
    Place,
    Progress,
    Stored,
    nobody_told,
    safe_name,
)

if TYPE_CHECKING:
    import asyncssh

T = TypeVar("T")

PORT: Final = 22
BLOCK_BYTES: Final = 32 * 1024  # of one request; every server takes as much
CONNECT_S: Final = 30.0
SILENT_S: Final = 15.0  # before the server is asked whether it is there
SILENCES: Final = 4  # unanswered, and the connection is lost
# The order says which key a server shows that has several; it must stay, for one of them is pinned.
_HOST_KEYS: Final = (
    "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "rsa-sha2-512",
    "rsa-sha2-256",
)  # fmt: skip
_PART: Final = ".part-kuma-lite"  # one name, so that what a broken connection left is replaced


class Server(Struct, frozen=True):
    """Which server, and who logs in.

    Attributes:
        folder: "" is where a log-in begins.
        host_key: fingerprint as `ssh-keygen -l` has it; "" accepts the one that is shown.
    """

    __repr__ = hiding("password", "private_key")

    host: str
    user: str
    port: int = PORT
    password: str = ""
    private_key: str = ""
    folder: str = ""
    host_key: str = ""

    @property
    def label(self) -> str:
        """Where it is, without secrets."""
        port = "" if self.port == PORT else f":{self.port}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"sftp://{self.user}@{host}{port}/{self.folder.lstrip('/')}".rstrip("/")


class SftpPlace(Place):
    """Files below a folder of a server, over a connection that `connected` has opened."""

    def __init__(self, server: Server, client: asyncssh.SFTPClient, host_key: str) -> None:
        self.server = server
        self.label = server.label
        self.host_key = host_key  # that it has shown, and proved
        self._client = client

    async def put(
        self, name: str, content: Path | bytes, manner: Manner = SECRET, told: Progress = nobody_told
    ) -> None:
        """Written beside, then renamed."""
        path = self._path(safe_name(name))
        folder = posixpath.dirname(path)
        part = posixpath.join(folder, _PART)
        with self._refusals(name):
            if folder:
                await self._client.makedirs(folder, exist_ok=True)
            try:
                await self._write(part, content, told)
                await self._client.chmod(part, 0o644 if manner.is_public else 0o600)
                await self._rename(part, path)
            except BaseException:
                with suppress(Exception):
                    async with asyncio.timeout(SILENT_S):
                        await self._client.remove(part)
                raise

    async def files(self, under: str = "") -> list[Stored]:
        """Whatever is no file, or half of one, is left out."""
        with self._refusals(self.server.folder or "."):
            return [
                each async for each in self._below(under.rpartition("/")[0]) if each.name.startswith(under)
            ]

    async def pieces(self, name: str) -> AsyncIterator[bytes]:
        """A piece is asked for in many blocks at once: one after the other would wait for the line."""
        with self._refusals(name):
            async with self._client.open(self._path(safe_name(name)), "rb", block_size=0) as file:
                offset = 0
                while True:
                    blocks = range(offset, offset + PIECE_BYTES, BLOCK_BYTES)
                    piece = bytearray()
                    for block in await _all([file.read(BLOCK_BYTES, each) for each in blocks]):
                        piece += cast(bytes, block)
                        if len(block) < BLOCK_BYTES:
                            break  # the end, or less than was asked for: the next round goes on there
                    if not piece:
                        return
                    yield bytes(piece)
                    offset += len(piece)

    async def delete(self, name: str) -> None:
        """The folders above go as well, when nothing is left in them."""
        path = self._path(safe_name(name))
        with suppress(NoSuchFile), self._refusals(name):
            await self._client.remove(path)
        above = posixpath.dirname(name)
        while above:
            try:
                await self._client.rmdir(self._path(above))
            except _errors():
                break
            above = posixpath.dirname(above)

    def _path(self, name: str) -> str:
        return posixpath.join(self.server.folder, name) if name else self.server.folder or "."

    async def _write(self, part: str, content: Path | bytes, told: Progress) -> None:
        size = len(content) if isinstance(content, bytes) else (await asyncio.to_thread(content.stat)).st_size
        with BytesIO(content) if isinstance(content, bytes) else content.open("rb") as source:
            async with self._client.open(part, "wb", block_size=0) as file:
                done = 0
                while piece := await asyncio.to_thread(source.read, PIECE_BYTES):
                    blocks = range(0, len(piece), BLOCK_BYTES)
                    await _all([file.write(piece[each : each + BLOCK_BYTES], done + each) for each in blocks])
                    done += len(piece)
                    told(done, size)

    async def _rename(self, part: str, path: str) -> None:
        import asyncssh

        try:
            await self._client.posix_rename(part, path)
        except asyncssh.SFTPOpUnsupported:  # not OpenSSH's: what is there has to go first
            with suppress(asyncssh.SFTPNoSuchFile):
                await self._client.remove(path)
            await self._client.rename(part, path)

    async def _below(self, folder: str) -> AsyncIterator[Stored]:
        import asyncssh

        try:
            entries = await self._client.readdir(self._path(folder))
        except asyncssh.SFTPNoSuchFile:
            return  # it is made when the first file is put there
        for entry in entries:
            name = (
                entry.filename.decode("utf-8", "replace")
                if isinstance(entry.filename, bytes)
                else entry.filename
            )
            if name in (".", "..") or name == _PART:
                continue
            whole = posixpath.join(folder, name)
            mode = entry.attrs.permissions or 0
            if stat.S_ISDIR(mode):
                async for each in self._below(whole):
                    yield each
            elif stat.S_ISREG(mode):
                yield Stored(whole, entry.attrs.size or 0)

    def _refusals(self, name: str) -> Any:
        return _Sentences(self.label, name)


class _Sentences:
    """Errors of the library as sentences."""

    def __init__(self, label: str, name: str) -> None:
        self._label = label
        self._name = name

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        import asyncssh

        if isinstance(error, asyncssh.SFTPNoSuchFile):
            raise NoSuchFile(self._name, self._label) from None
        if isinstance(error, asyncssh.SFTPNoSpaceOnFilesystem | asyncssh.SFTPQuotaExceeded):
            raise UserError("{place} is full.", place=self._label) from None
        if isinstance(
            error, asyncssh.SFTPConnectionLost | asyncssh.SFTPNoConnection | asyncssh.DisconnectError
        ):
            raise _unreachable(self._label, error.reason) from None
        if isinstance(error, asyncssh.Error):
            raise UserError(
                "{place} refuses {name}: {reason}.", place=self._label, name=self._name, reason=_said(error)
            ) from None
        if isinstance(error, OSError):
            raise _unreachable(self._label, _reason(error)) from None


@asynccontextmanager
async def connected(server: Server, *, accepts_new: bool = True) -> AsyncIterator[SftpPlace]:
    """Log in, and out again.

    Args:
        server: which one, and who logs in.
        accepts_new: False refuses a host key where none is pinned, for callers who cannot keep it.

    Raises:
        UserError: not reachable, another host key than the pinned one, or the log-in is refused.
    """
    await asyncio.to_thread(import_module, "asyncssh")  # a fifth of a second of CPU, the first time
    import asyncssh

    asyncssh.set_log_level(logging.ERROR)  # it tells of every log-in, with the user
    keys = [_key_of(server)] if server.private_key else []
    shown: list[str] = []
    try:
        connection, _ = await asyncssh.create_connection(
            lambda: _client(server.host_key, shown, accepts_new=accepts_new),
            server.host,
            server.port,
            options=asyncssh.SSHClientConnectionOptions(
                username=server.user,
                password=server.password or None,
                client_keys=keys or None,
                known_hosts=([], [], []),  # nobody's: `validate_host_public_key` is asked
                server_host_key_algs=_HOST_KEYS,
                config=None,
                agent_path=None,
                gss_auth=False,
                gss_kex=False,
                preferred_auth=_ways(server),
                connect_timeout=CONNECT_S,
                login_timeout=CONNECT_S,
                keepalive_interval=SILENT_S,
                keepalive_count_max=SILENCES,
            ),
        )
    except asyncssh.HostKeyNotVerifiable:
        raise _other_key(server, shown) from None
    except asyncssh.PermissionDenied:
        raise UserError("{place} refuses to log {user} in.", place=server.label, user=server.user) from None
    except asyncssh.Error as error:
        raise _unreachable(server.label, error.reason) from None
    except OSError as error:  # a timeout is one
        raise _unreachable(server.label, _reason(error)) from None
    try:
        with _Sentences(server.label, server.folder):
            client = await connection.start_sftp_client()
        yield SftpPlace(server, client, shown[-1])
    finally:
        connection.close()
        with suppress(Exception):
            async with asyncio.timeout(5):
                await connection.wait_closed()


def fingerprint_in(text: str) -> str:
    """A fingerprint as we write it. Raises UserError when it is none."""
    bare = text.strip().removeprefix("SHA256:").rstrip("=")
    if re.fullmatch(r"[A-Za-z0-9+/]{43}", bare) is None:
        raise UserError("The fingerprint begins with SHA256: and has 43 characters after that.")
    return f"SHA256:{bare}"


def _client(pinned: str, shown: list[str], *, accepts_new: bool) -> Any:
    import asyncssh

    class Client(asyncssh.SSHClient):
        """Compares the host key."""

        def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
            """The pinned one; where none is pinned, whichever is shown: whoever opens it keeps that."""
            shown.append(key.get_fingerprint())
            return shown[-1] == pinned or (accepts_new and not pinned)

    return Client()


def _ways(server: Server) -> list[str]:
    ways: list[str] = []
    if server.private_key:
        ways.append("publickey")
    if server.password:
        ways += ["password", "keyboard-interactive"]
    return ways


def _key_of(server: Server) -> Any:
    import asyncssh

    try:
        return asyncssh.import_private_key(server.private_key.strip() + "\n")
    except ValueError as error:  # all of the library's are
        if "passphrase" in str(error).lower():
            raise UserError("The private key must have no passphrase: nobody is there to type it.") from None
        raise UserError("The private key cannot be read.") from None


def _other_key(server: Server, shown: list[str]) -> UserError:
    if not server.host_key:
        return UserError(
            "The host key of {place} is {found}: if that is the right one, name it with --fingerprint.",
            place=server.label,
            found=shown[-1] if shown else "?",
        )
    return UserError(
        "The host key of {place} is {found}, and not {known}: somebody may be in between.",
        place=server.label,
        found=shown[-1] if shown else "?",
        known=server.host_key,
    )


def _unreachable(label: str, reason: str) -> UserError:
    return UserError("{place} cannot be reached: {reason}.", place=label, reason=reason.strip().rstrip("."))


async def _all(requests: Sequence[Awaitable[T]]) -> list[T]:
    """All of them at once; if some fail, the first failure once all have ended."""
    results = await asyncio.gather(*requests, return_exceptions=True)
    for each in results:
        if isinstance(each, BaseException):
            raise each
    return cast(list[T], results)


def _reason(error: OSError) -> str:
    """asyncio puts the address into the text, where it tries several."""
    if isinstance(error, socket.gaierror) or not error.errno:
        return error.strerror or str(error) or "timeout"
    return os.strerror(error.errno).lower()


def _said(error: Any) -> str:
    return str(error.reason).strip().rstrip(".")[:200] or type(error).__name__


def _errors() -> tuple[type[Exception], ...]:
    import asyncssh

    return OSError, asyncssh.Error
