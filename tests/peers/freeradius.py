"""FreeRADIUS with the user `kumabob`, password `hello pass`. `running` gives its port; secret `testing123`.

The user `challenged` is asked for more.
"""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from kuma_lite.checks._radius_packets import Secrets, request
from tests.peers.support import keep, started
from tests.requires import binds_ipv6
from tests.support.ports import free_port

PROGRAM = "freeradius"
USER = "kumabob"
PASSWORD = "hello pass"
SECRET = "testing123"

_IPV6 = "listen {{\n type = auth\n ipv6addr = ::1\n port = {port}\n }}"
_CONFIG = """
prefix = /usr
libdir = ${{prefix}}/lib/freeradius
logdir = {folder}
run_dir = {folder}
pidfile = {folder}/pid
log {{
    destination = stdout
}}
security {{
    reject_delay = 0
    status_server = no
}}
thread pool {{
    start_servers = 1
    max_servers = 1
    min_spare_servers = 1
    max_spare_servers = 1
}}
modules {{
    pap {{
    }}
    always reject {{
        rcode = reject
    }}
    always handled {{
        rcode = handled
    }}
}}
client v4 {{
    ipaddr = 127.0.0.1
    secret = {secret}
    require_message_authenticator = {required}
}}
client v6 {{
    ipv6addr = ::1
    secret = {secret}
}}
server default {{
    listen {{
        type = auth
        ipaddr = 127.0.0.1
        port = {port}
    }}
    {ipv6}
    authorize {{
        update control {{
            Cleartext-Password := "{password}"
        }}
        if (&User-Name == "challenged") {{
            update control {{
                Auth-Type := Challenge
            }}
        }}
        elsif (&User-Name == "{user}") {{
            pap
        }}
        else {{
            reject
        }}
    }}
    authenticate {{
        Auth-Type PAP {{
            pap
        }}
        Auth-Type Challenge {{
            update control {{
                Response-Packet-Type := Access-Challenge
            }}
            handled
        }}
    }}
}}
"""


@asynccontextmanager
async def running(folder: Path, required: str = "no") -> AsyncIterator[int]:
    """`required`: whether clients have to sign their requests, yes or no."""
    port = free_port()
    ipv6 = _IPV6.format(port=port) if binds_ipv6() else ""
    (folder / "radiusd.conf").write_text(
        _CONFIG.format(
            folder=folder,
            port=port,
            ipv6=ipv6,
            secret=SECRET,
            user=USER,
            password=PASSWORD,
            required=required,
        )
    )

    async def ready() -> bool:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(("127.0.0.1", port))
            probe.settimeout(0.3)
            try:
                probe.send(request(Secrets(USER, PASSWORD, SECRET), (), signed=True).data)
                return bool(probe.recv(1000))
            except OSError:
                return False

    async with started(
        *(PROGRAM, "-f", "-l", "stdout", "-d", folder, "-n", "radiusd", "-D", "/usr/share/freeradius"),
        ready=ready,
        folder=folder,
    ):
        yield port


if __name__ == "__main__":
    keep(running)
