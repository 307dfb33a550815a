"""OpenSSH's server with a key of each kind. `running` gives its port and the fingerprints by kind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from tests.peers.support import accepts, keep, started
from tests.requires import find_program
from tests.support.ports import free_port

PROGRAM, KEY_PROGRAM = "sshd", "ssh-keygen"
KINDS = ("ed25519", "ecdsa", "rsa")


class Server(NamedTuple):
    port: int
    fingerprints: dict[str, str]


@asynccontextmanager
async def running(
    folder: Path, *, kinds: tuple[str, ...] = KINDS, more: str = "", port: int = 0
) -> AsyncIterator[Server]:
    """`more`: lines of its configuration; `port`: any that is free when it is not given."""
    port = port or free_port()
    fingerprints = {kind: await _key(folder / kind, kind) for kind in kinds}
    Path("/run/sshd").mkdir(exist_ok=True)
    config = folder / "sshd_config"
    keys = "\n".join(f"HostKey {folder / kind}" for kind in kinds)
    config.write_text(f"ListenAddress 127.0.0.1:{port}\nPidFile none\nStrictModes no\n{keys}\n{more}\n")
    async with started(PROGRAM, "-D", "-e", "-f", config, ready=accepts(port), folder=folder):
        yield Server(port, fingerprints)


class FileServer(NamedTuple):
    port: int
    private_key: str  # of root
    fingerprint: str  # of the host key


@asynccontextmanager
async def taking_files(folder: Path) -> AsyncIterator[FileServer]:
    """With SFTP, for whoever has the key."""
    home = folder / "sshd"
    home.mkdir()
    await _key(home / "user", "ed25519")
    more = f"Subsystem sftp internal-sftp\nPermitRootLogin yes\nAuthorizedKeysFile {home / 'user.pub'}"
    async with running(home, kinds=("ed25519",), more=more) as server:
        yield FileServer(server.port, (home / "user").read_text(), server.fingerprints["ed25519"])


async def _key(path: Path, kind: str) -> str:
    for arguments in (["-q", "-t", kind, "-N", "", "-f"], ["-l", "-f"]):
        process = await asyncio.create_subprocess_exec(
            find_program(KEY_PROGRAM) or KEY_PROGRAM, *arguments, str(path), stdout=asyncio.subprocess.PIPE
        )
        output, _ = await process.communicate()
        assert process.returncode == 0
    return output.decode().split()[1]


if __name__ == "__main__":
    keep(running)
