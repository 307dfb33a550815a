"""dnsmasq with the zone `shop.test`, asking nobody else. `running` gives its port."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import dns.message

from tests.peers.support import keep, started
from tests.support.ports import free_port

PROGRAM = "dnsmasq"
_ZONE = """\
host-record=www.shop.test,192.0.2.10,2001:db8::10
cname=shop.shop.test,www.shop.test
mx-host=shop.test,mail.shop.test,10
txt-record=shop.test,"v=spf1 -all"
srv-host=_sip._udp.shop.test,sip.shop.test,5060,5,7
caa-record=shop.test,0,issue,ca.test
local=/test/
"""


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[int]:
    port = free_port()
    config = folder / "dnsmasq.conf"
    config.write_text(
        f"port={port}\nlisten-address=127.0.0.1\nbind-interfaces\nno-resolv\nno-hosts\nuser=root\n"
        f"pid-file={folder / 'pid'}\n{_ZONE}"
    )

    async def ready() -> bool:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(("127.0.0.1", port))
            probe.settimeout(0.2)
            try:
                probe.send(dns.message.make_query("www.shop.test", "A").to_wire())
                return bool(probe.recv(512))
            except OSError:
                return False

    async with started(PROGRAM, "--keep-in-foreground", "-C", config, ready=ready, folder=folder):
        yield port


if __name__ == "__main__":
    keep(running)
