"""SIPp, which answers OPTIONS as a telephone exchange does. `running` gives its port."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from kuma_lite.checks._sip_messages import Question
from tests.peers.support import keep, started
from tests.support.ports import free_port

PROGRAM = "sipp"

_SCENARIO = """<?xml version="1.0" encoding="ISO-8859-1" ?>
<scenario name="answers OPTIONS">
  <recv request="OPTIONS"/>
  <send><![CDATA[

    SIP/2.0 {status}
    [last_Via:]
    [last_From:]
    [last_To:];tag=[call_number]
    [last_Call-ID:]
    [last_CSeq:]
    Allow: INVITE, ACK, BYE, CANCEL, OPTIONS
    Content-Length: 0

  ]]></send>
</scenario>
"""


@asynccontextmanager
async def running(folder: Path, status: str = "200 OK", address: str = "127.0.0.1") -> AsyncIterator[int]:
    """`status`: what it answers."""
    port = free_port()
    (folder / "options.xml").write_text(_SCENARIO.format(status=status))

    async def ready() -> bool:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((address, port))
            probe.settimeout(0.2)
            try:
                probe.send(Question.to(address, port).message(probe.getsockname()[:2]))
                return probe.recv(2000).startswith(b"SIP/2.0 ")
            except OSError:
                return False

    async with started(
        *(PROGRAM, "-sf", "options.xml", "-i", address, "-p", str(port), "-nostdin"),
        ready=ready,
        folder=folder,
    ):
        yield port


if __name__ == "__main__":
    keep(running)
