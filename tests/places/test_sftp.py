"""A folder of a real OpenSSH server."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from kuma_lite.core.errors import UserError
from kuma_lite.core.records import replace
from kuma_lite.places.model import Manner
from kuma_lite.places.sftp import Server, connected, fingerprint_in
from tests.peers import sshd
from tests.places.contract import LARGE, keeps_its_word
from tests.requires import needs_program, needs_root

pytestmark = [needs_program(sshd.PROGRAM, sshd.KEY_PROGRAM), needs_root()]  # who else may log in as whom


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    async with sshd.taking_files(tmp_path) as found:
        yield Server(
            "127.0.0.1",
            "root",
            found.port,
            private_key=found.private_key,
            folder=str(tmp_path / "there" / "deep"),
        )


async def test_it_keeps_its_word(server: Server, tmp_path: Path) -> None:
    async with connected(server) as place:
        await keeps_its_word(place, tmp_path)
    assert list(Path(server.folder).iterdir()) == [], "folders go with the last file in them"


async def test_who_may_read(server: Server) -> None:
    async with connected(server) as place:
        await place.put("x", b"secret")
        await place.put("index.html", b"<p>", Manner(is_public=True))
    modes = {path.name: path.stat().st_mode & 0o777 for path in Path(server.folder).iterdir()}
    assert modes == {"x": 0o600, "index.html": 0o644}


async def test_the_host_key_is_shown_and_compared(server: Server) -> None:
    async with connected(server) as place:
        shown = place.host_key
    async with connected(replace(server, host_key=shown)):
        pass
    with pytest.raises(
        UserError, match=r"The host key of sftp://root@127.0.0.1:\d+/.* is SHA256:.*, and not "
    ):
        async with connected(replace(server, host_key=fingerprint_in("a" * 43))):
            pass
    with pytest.raises(UserError, match=f"The host key of .* is {shown.replace('+', '[+]')}: .*fingerprint"):
        async with connected(server, accepts_new=False):
            pass


async def test_what_is_refused_is_one_sentence(server: Server, tmp_path: Path) -> None:
    made = subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "a passphrase", "-f", tmp_path / "locked"], check=False
    )
    assert made.returncode == 0
    other = tmp_path / "other"
    subprocess.run(["ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", other], check=True)
    (tmp_path / "file").write_text("x")
    for where, sentence in (
        (replace(server, private_key="", password="not-the-password"), "refuses to log root in."),
        (replace(server, private_key=other.read_text()), "refuses to log root in."),
        (replace(server, private_key="-----BEGIN"), "The private key cannot be read."),
        (replace(server, private_key=(tmp_path / "locked").read_text()), "must have no passphrase"),
        (replace(server, port=1), "cannot be reached: connection refused."),
        (replace(server, host="no.such.host.invalid"), "cannot be reached: "),
        (replace(server, folder=str(tmp_path / "file")), "refuses x: "),
    ):
        with pytest.raises(UserError) as refused:
            async with connected(where) as place:
                await place.put("x", b"1")
        assert sentence in refused.value.message
        assert "not-the-password" not in refused.value.message
    assert not Path(server.folder).exists()


async def test_a_disk_that_is_full(server: Server) -> None:
    async with connected(replace(server, folder="/dev/full")) as place:
        with pytest.raises(UserError):
            await place.put("x", b"1")


async def test_half_of_a_file_is_never_seen(server: Server, tmp_path: Path) -> None:
    large = tmp_path / "large"
    large.write_bytes(os.urandom(LARGE))
    folder = Path(server.folder)
    async with connected(server) as place:
        await place.put("x", b"old")
        begun = asyncio.Event()
        task = asyncio.create_task(place.put("x", large, told=lambda done, total: begun.set()))
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert [path.name for path in folder.iterdir()] == ["x"]
        assert await place.read("x", 10) == b"old"


@asynccontextmanager
async def cut_after(port: int, size: int) -> AsyncIterator[int]:
    """A way to a server that is cut when so many bytes have been sent there."""

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, most: int) -> None:
        try:
            while most > 0 and (piece := await reader.read(65_536)):
                most -= len(piece)
                writer.write(piece)
                await writer.drain()
        finally:
            writer.transport.abort()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(carry(reader, back, size), carry(there, writer, 1 << 40), return_exceptions=True)

    relay = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield relay.sockets[0].getsockname()[1]
    finally:
        relay.close()


async def test_a_connection_that_is_cut_is_one_sentence(server: Server, tmp_path: Path) -> None:
    large = tmp_path / "large"
    large.write_bytes(os.urandom(LARGE))
    async with cut_after(server.port, LARGE // 2) as port:
        with pytest.raises(UserError, match="cannot be reached: "):
            async with connected(replace(server, port=port)) as place:
                await place.put("x", large)
    async with connected(server) as place:
        assert await place.files() == []
        await place.put("y", b"1")
    assert [path.name for path in Path(server.folder).iterdir()] == ["y"], (
        "what was left is gone with the next"
    )


def test_fingerprints() -> None:
    text = "uNiVztksCsDhcc0u9e8BrrQXVUpKZIDTMczCvj3tD2s"
    for written in (text, f" SHA256:{text}\n", f"{text}="):
        assert fingerprint_in(written) == f"SHA256:{text}"
    for wrong in ("", "MD5:aa:bb", text[1:], f"{text[1:]}!"):
        with pytest.raises(UserError):
            fingerprint_in(wrong)
