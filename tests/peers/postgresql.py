"""PostgreSQL with the database `shop`, whose table `item` has three rows. `running` gives where it is.

`kuma` logs in by SCRAM, `plain` by the bare password, `hashed` by MD5, `trusted` without any; TLS where a
certificate is given.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tests.net.authority import Issued
from tests.peers.support import accepts, keep, started
from tests.support.ports import free_port

USER, PASSWORD, DATABASE = "kuma", "p@ss:w/rd", "shop"
_SYSTEM_USER = "postgres"  # it refuses to be root's
_HBA = """\
host  all trusted all trust
host  all plain all password
host  all hashed all md5
host  all all all scram-sha-256
local all trusted trust
local all all scram-sha-256
"""
# A statement a line, as the server reads them when it is alone with its data.
_ROLES = f"""\
CREATE ROLE {USER} LOGIN PASSWORD '{PASSWORD}'
CREATE ROLE trusted LOGIN
CREATE ROLE plain LOGIN PASSWORD '{PASSWORD}'
SET password_encryption = 'md5'; CREATE ROLE hashed LOGIN PASSWORD '{PASSWORD}'
CREATE DATABASE {DATABASE} OWNER {USER}
"""
_CONTENTS = """\
CREATE TABLE item (id int PRIMARY KEY, name text)
INSERT INTO item VALUES (1, 'a'), (2, 'b'), (3, 'c')
GRANT ALL ON item TO PUBLIC
"""


class Postgres(NamedTuple):
    """Where it listens, on 127.0.0.1, ::1 and a Unix socket in `folder`."""

    port: int
    folder: Path


def find(program: str) -> Path | None:
    """Debian keeps the server's programs of each version to itself."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))
    path = shutil.which(program)
    return found[-1] if found else Path(path) if path else None


@asynccontextmanager
async def running(folder: Path, certificate: Issued | None = None) -> AsyncIterator[Postgres]:
    port, data = free_port(), folder / "data"
    _prepare(folder, data)
    settings = {
        "port": port,
        "listen_addresses": "127.0.0.1,::1",
        "unix_socket_directories": folder,
        "fsync": "off",
        "max_connections": 10,
        "shared_buffers": "1MB",
        "lc_messages": "C",
    }
    if certificate is not None:
        key, pem = data / "server.key", data / "server.crt"
        pem.write_text(certificate.pem)
        key.write_text(certificate.key_pem)
        key.chmod(0o600)
        settings |= {"ssl": "on", "ssl_key_file": key, "ssl_cert_file": pem}
    arguments = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    program = find("postgres")
    assert program is not None
    async with started(
        program, "-D", data, *arguments, ready=accepts(port), folder=folder, user=_SYSTEM_USER
    ):
        yield Postgres(port, folder)


def _prepare(folder: Path, data: Path) -> None:
    """The database and its contents, made without a server that listens."""
    for parent in folder.parents:  # pytest's folders are closed to others
        with contextlib.suppress(PermissionError):
            parent.chmod(parent.stat().st_mode | 0o011)
    as_user: dict[str, Any] = {"user": _SYSTEM_USER} if os.geteuid() == 0 else {}
    if as_user:
        shutil.chown(folder, _SYSTEM_USER)

    def run(program: str, *arguments: str | Path, words: str = "") -> None:
        path = find(program)
        assert path is not None
        environment = {**os.environ, "LC_ALL": "C"}
        done = subprocess.run(
            [path, *arguments],
            input=words.encode(),
            cwd=folder,
            env=environment,
            capture_output=True,
            **as_user,
        )
        assert done.returncode == 0, done.stderr.decode()

    run("initdb", "-D", data, "-U", "root", "--no-sync", "--auth", "trust", "-E", "UTF8", "--no-locale")
    run("postgres", "--single", "-F", "-D", data, "postgres", words=_ROLES)
    run("postgres", "--single", "-F", "-D", data, DATABASE, words=_CONTENTS)
    (data / "pg_hba.conf").write_text(_HBA)


if __name__ == "__main__":
    keep(running)
