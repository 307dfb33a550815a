"""OpenLDAP with one person, `uid=kumabob`. `running` gives the ports without TLS and with it.

Everybody may read; the administrator is `cn=admin,dc=kuma,dc=test`, password `secret`.
"""

from __future__ import annotations

import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from tests.net.authority import Issued, issue
from tests.peers.support import accepts, keep, started
from tests.requires import find_program
from tests.support.ports import free_port

PROGRAM = "slapd"
BASE = "dc=kuma,dc=test"
ADMIN = f"cn=admin,{BASE}"
PASSWORD = "secret"

_CONFIG = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
pidfile {folder}/pid
modulepath /usr/lib/ldap
moduleload back_mdb
TLSCertificateFile {folder}/certificate.pem
TLSCertificateKeyFile {folder}/key.pem
{more}
database mdb
suffix "{base}"
rootdn "{admin}"
rootpw {password}
directory {folder}/data
maxsize 10485760
"""
_ENTRIES = """dn: {base}
objectClass: domain
dc: kuma

dn: ou=people,{base}
objectClass: organizationalUnit
ou: people

dn: uid=kumabob,ou=people,{base}
objectClass: inetOrgPerson
uid: kumabob
cn: Bob (the builder)
sn: Bär
userPassword: hello pass

dn: cn=elsewhere,{base}
objectClass: referral
objectClass: extensibleObject
cn: elsewhere
ref: ldap://127.0.0.1:9/cn=elsewhere
"""


class Ports(NamedTuple):
    """Where it listens on 127.0.0.1."""

    plain: int
    tls: int


@asynccontextmanager
async def running(folder: Path, server: Issued | None = None, more: str = "") -> AsyncIterator[Ports]:
    """`server`: its certificate; `more`: further lines of its configuration."""
    server = server or issue("localhost", names=("localhost",))
    ports = Ports(free_port(), free_port())
    (folder / "data").mkdir()
    (folder / "certificate.pem").write_text(server.pem)
    (folder / "key.pem").write_text(server.key_pem)
    config, entries = folder / "slapd.conf", folder / "entries.ldif"
    config.write_text(_CONFIG.format(folder=folder, base=BASE, admin=ADMIN, password=PASSWORD, more=more))
    entries.write_text(_ENTRIES.format(base=BASE))
    add = find_program("slapadd")
    assert add is not None
    subprocess.run([add, "-f", config, "-l", entries], check=True, capture_output=True)
    addresses = f"ldap://127.0.0.1:{ports.plain}/ ldaps://127.0.0.1:{ports.tls}/"
    async with started(
        *(PROGRAM, "-f", config, "-h", addresses, "-d", "0"), ready=accepts(ports.tls), folder=folder
    ):
        yield ports


if __name__ == "__main__":
    keep(running)
