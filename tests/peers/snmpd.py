"""net-snmp's agent, named `kuma-peer`. `running` gives its port; community `public`, v3 user `kumauser`."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from kuma_lite.checks import _snmp_messages as snmp
from tests.peers.support import keep, started
from tests.requires import binds_ipv6
from tests.support.ports import free_port

PROGRAM = "snmpd"
NAME = "kuma-peer"
COMMUNITY = "public"
USER = "kumauser"
_NAME_OID = "1.3.6.1.2.1.1.5.0"


@asynccontextmanager
async def running(folder: Path, more: str = "") -> AsyncIterator[int]:
    """`more`: further lines of its configuration."""
    port = free_port()
    config = folder / "snmpd.conf"
    ipv6 = f",udp6:[::1]:{port}" if binds_ipv6() else ""
    config.write_text(
        f"sysName {NAME}\nrocommunity {COMMUNITY}\nrocommunity6 {COMMUNITY}\n"
        f"createUser {USER}\nrouser {USER} noauth\n"
        f"agentaddress udp:127.0.0.1:{port}{ipv6}\n{more}"
    )

    async def ready() -> bool:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(("127.0.0.1", port))
            probe.settimeout(0.2)
            try:
                probe.send(snmp.get(snmp.V2C, COMMUNITY.encode(), _NAME_OID, 1))
                return NAME.encode() in probe.recv(1000)
            except OSError:
                return False

    async with started(
        *(PROGRAM, "-f", "-Lo", "-r", "-C", "-c", config, "-I", "-smux"),
        ready=ready,
        folder=folder,
        environment={"SNMP_PERSISTENT_DIR": str(folder), "MIBS": ""},
    ):
        yield port


if __name__ == "__main__":
    keep(running)
