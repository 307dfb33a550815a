"""Dovecot with one user, a self-signed certificate, and all ways of TLS. `running` gives its ports."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tests.net.authority import issue
from tests.peers.support import Ready, keep, started
from tests.support.ports import free_port

PROGRAM = "dovecot"
USER, PASSWORD = "kümä@example.org", 'p "ä\\ss'


class Ports(NamedTuple):
    imap: int
    imaps: int
    pop3: int
    pop3s: int


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Ports]:
    """In a folder of its own: its processes are somebody else's, and pytest closes its folders to others."""
    del folder
    with TemporaryDirectory(prefix="dovecot-") as place:
        async with _serving(Path(place)) as ports:
            yield ports


@asynccontextmanager
async def _serving(folder: Path) -> AsyncIterator[Ports]:
    folder.chmod(0o711)
    ports = Ports(free_port(), free_port(), free_port(), free_port())
    certificate = issue("localhost", names=("localhost",))
    (folder / "tls.pem").write_text(certificate.pem + certificate.key_pem)
    (folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
    for name in ("tls.pem", "users"):
        (folder / name).chmod(0o644)  # whatever the mask of this process is
    (folder / "mail").mkdir()
    (folder / "run").mkdir()
    (folder / "run").chmod(0o755)
    (folder / "mail").chmod(0o777)
    config = folder / "dovecot.conf"
    config.write_text(_CONFIG.format(folder=folder, **ports._asdict()))
    async with started(PROGRAM, "-F", "-c", config, ready=_takes_log_ins(ports.imap), folder=folder):
        yield ports


def _takes_log_ins(port: int) -> Ready:
    """Whether the server can judge a password; on a busy machine it listens seconds before."""

    async def ready() -> bool:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            return False
        try:
            async with asyncio.timeout(5):
                await reader.readline()
                writer.write(b"a1 LOGIN nobody wrong\r\n")
                answer = await reader.readline()
        except (OSError, TimeoutError):
            return False
        finally:
            writer.close()
        return b"AUTHENTICATIONFAILED" in answer

    return ready


_CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/dovecot.log
protocols = imap pop3
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/tls.pem
ssl_key = <{folder}/tls.pem
disable_plaintext_auth = no
auth_username_chars =
auth_failure_delay = 0
first_valid_uid = 1
mail_location = maildir:{folder}/mail
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
userdb {{
  driver = static
  args = uid=mail gid=mail home={folder}/mail
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service pop3-login {{
  chroot =
  inet_listener pop3 {{
    port = {pop3}
  }}
  inet_listener pop3s {{
    port = {pop3s}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  # Else wrong passwords make this address wait.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""


if __name__ == "__main__":
    keep(running)
