"""MariaDB with the database `shop`, whose table `item` has three rows. `running` gives where it is.

`kuma` logs in with a password, `trusted` without one; TLS where a certificate is given.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from tests.net.authority import Issued
from tests.peers.support import accepts, keep, started
from tests.requires import find_program
from tests.support.ports import free_port

PROGRAM = "mariadbd"
USER, PASSWORD, DATABASE = "kuma", "p@ss:w/rd", "shop"
_SYSTEM_USER = "mysql"  # it refuses to be root's
_CONTENTS = f"""\
CREATE DATABASE {DATABASE};
CREATE TABLE {DATABASE}.item (id int PRIMARY KEY, name text);
INSERT INTO {DATABASE}.item VALUES (1, 'a'), (2, 'b'), (3, 'c');
CREATE DEFINER='root'@'localhost' PROCEDURE {DATABASE}.list() SELECT * FROM {DATABASE}.item;
CREATE USER '{USER}'@'%' IDENTIFIED BY '{PASSWORD}', '{USER}'@'localhost' IDENTIFIED BY '{PASSWORD}';
CREATE USER 'trusted'@'%', 'müller'@'%' IDENTIFIED BY 'päß€';
GRANT ALL ON {DATABASE}.* TO '{USER}'@'%', '{USER}'@'localhost', 'trusted'@'%', 'müller'@'%';
DROP USER IF EXISTS ''@'localhost';
"""


class MariaDb(NamedTuple):
    """Where it listens, on 127.0.0.1, ::1 and a Unix socket."""

    port: int
    socket: Path


@asynccontextmanager
async def running(folder: Path, certificate: Issued | None = None) -> AsyncIterator[MariaDb]:
    port, data, path = free_port(), folder / "data", folder / "socket"
    for parent in folder.parents:  # pytest's folders are closed to others
        with contextlib.suppress(PermissionError):
            parent.chmod(parent.stat().st_mode | 0o011)
    if os.geteuid() == 0:
        shutil.chown(folder, _SYSTEM_USER)
    (folder / "contents.sql").write_text(_CONTENTS)
    await asyncio.to_thread(_prepare, folder, data)
    settings = {
        "datadir": data,
        "port": port,
        "socket": path,
        "pid-file": folder / "pid",
        "bind-address": "127.0.0.1,::1",
        "innodb-buffer-pool-size": "8M",
        "innodb-log-file-size": "4M",
        "innodb-flush-log-at-trx-commit": 0,
        "lc-messages": "en_US",
        "init-file": folder / "contents.sql",
        "character-set-server": "utf8mb4",
    }
    if certificate is not None:
        (folder / "cert.pem").write_text(certificate.pem)
        (folder / "key.pem").write_text(certificate.key_pem)
        settings |= {"ssl-cert": folder / "cert.pem", "ssl-key": folder / "key.pem"}
    arguments = [f"--{name}={value}" for name, value in settings.items()]
    async with started(
        PROGRAM, "--no-defaults", *arguments, ready=accepts(port), folder=folder, user=_SYSTEM_USER
    ):
        yield MariaDb(port, path)


def _prepare(folder: Path, data: Path) -> None:
    """The server's own tables."""
    program = find_program("mariadb-install-db")
    assert program is not None
    owner = [f"--user={_SYSTEM_USER}"] if os.geteuid() == 0 else []
    options = ["--innodb-log-file-size=4M", "--auth-root-authentication-method=normal", "--skip-test-db"]
    done = subprocess.run(
        [program, "--no-defaults", f"--datadir={data}", *owner, *options], capture_output=True, cwd=folder
    )
    assert done.returncode == 0, done.stderr.decode()


if __name__ == "__main__":
    keep(running)
