"""Servers that cost next to nothing: what the monitors of the benchmarks look at.

    python -m tests.benchmarks.target [--tls | --dns] [PORT]

prints its port and answers 200 to everything until it is ended; over TLS with a certificate that nobody has
signed; or as a DNS server that gives one address, and two mail servers, to every name.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from typing import Any

import uvloop

from tests.net.authority import issue

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n"


class Answering(asyncio.Protocol):
    """Answers the first packet and closes."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        transport: Any = self.transport  # of uvloop, which is no asyncio.Transport
        transport.write(ANSWER)
        transport.close()


class Naming(asyncio.DatagramProtocol):
    """Answers every question with the address 192.0.2.1, or with two mail servers."""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        import dns.flags
        import dns.message
        import dns.rdatatype
        import dns.rrset

        answer = dns.message.make_response(dns.message.from_wire(data))
        asked = answer.question[0]
        wants_mail = asked.rdtype == dns.rdatatype.MX
        found = ("MX", "10 mx1.example.org.", "20 mx2.example.org.") if wants_mail else ("A", "192.0.2.1")
        answer.answer.append(dns.rrset.from_text(asked.name, 60, "IN", *found))
        self.transport.sendto(answer.to_wire(), addr)


async def serve(port: int, mode: str) -> None:
    loop = asyncio.get_running_loop()
    if mode == "--dns":
        transport, _ = await loop.create_datagram_endpoint(Naming, local_addr=("127.0.0.1", port))
        print(transport.get_extra_info("sockname")[1], flush=True)
        await asyncio.Event().wait()
    context = issue("localhost", names=("localhost",)).server_context() if mode == "--tls" else None
    server = await loop.create_server(Answering, "127.0.0.1", port, backlog=4096, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    modes = [word for word in sys.argv[1:] if word.startswith("--")]
    ports = [int(word) for word in sys.argv[1:] if not word.startswith("--")]
    with contextlib.suppress(KeyboardInterrupt):
        uvloop.run(serve(ports[0] if ports else 0, modes[0] if modes else ""))
