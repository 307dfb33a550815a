"""What a DNS monitor has found last stands in its object, over restarts and edits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import dns.message
import dns.rrset

from tests.support.appliance import add_monitor, running
from tests.support.sio import Client


class _Zone(asyncio.DatagramProtocol):
    """A name server with one address for every name."""

    address = "192.0.2.1"

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        query = dns.message.from_wire(data)
        response = dns.message.make_response(query)
        response.answer.append(dns.rrset.from_text(query.question[0].name, 60, "IN", "A", self.address))
        self.transport.sendto(response.to_wire(), addr)


@asynccontextmanager
async def zone() -> AsyncIterator[tuple[_Zone, int]]:
    loop = asyncio.get_running_loop()
    transport, found = await loop.create_datagram_endpoint(_Zone, local_addr=("127.0.0.1", 0))
    try:
        yield found, transport.get_extra_info("sockname")[1]
    finally:
        transport.close()


async def last_result(client: Client, number: int) -> str | None:
    monitor = (await client.call("getMonitor", number))["monitor"]
    found: str | None = monitor["dns_last_result"]
    return found


async def test_the_last_result_is_kept(tmp_path: Path) -> None:
    async with zone() as (server, port):
        async with running(tmp_path) as kuma, kuma.logged_in() as client:
            number = await add_monitor(
                client,
                type="dns",
                hostname="host.test",
                dns_resolve_server="127.0.0.1",
                dns_resolve_type="A",
                port=port,
            )
            await client.wait_for("heartbeat")
            assert await last_result(client, number) == "Records: 192.0.2.1"
            server.address = "192.0.2.2"
            monitor = (await client.call("getMonitor", number))["monitor"]
            saved = await client.call("editMonitor", {**monitor, "dns_last_result": "made up"})
            assert saved["ok"] is True, saved
            await client.wait_for("heartbeat")
            assert await last_result(client, number) == "Records: 192.0.2.2"
            server.transport.close()
            await client.call("editMonitor", {**monitor, "name": "other"})
            assert await last_result(client, number) == "Records: 192.0.2.2"
        async with running(tmp_path) as kuma, kuma.logged_in() as client:
            assert await last_result(client, number) == "Records: 192.0.2.2"
