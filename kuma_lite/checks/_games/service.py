"""Where a domain says that its Minecraft server is (an SRV record, as the game itself looks it up)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from kuma_lite.checks._dns_query import QueryFailed, Server, ask
from kuma_lite.net.resolve import literal

if TYPE_CHECKING:
    from kuma_lite.net.network import Network

MINECRAFT_PORT: Final = 25565  # with any other the game asks for no record
_LOOKUP_S: Final = 2.0
_DNS_PORT: Final = 53


class Service(Struct, frozen=True):
    """A host and a port."""

    host: str
    port: int


async def minecraft_service(network: Network, host: str) -> Service | None:
    """What the record of a name says; None without one, and where nobody can be asked for it."""
    import dns.exception
    import dns.name

    if literal(host) is not None or "." not in host:
        return None
    try:
        name = dns.name.from_text(f"_minecraft._tcp.{host}").to_wire()
        assert name is not None  # it was written nowhere else
        records = await ask(network, system_servers(), name, "SRV", _LOOKUP_S)
    except (dns.exception.DNSException, QueryFailed):
        return None
    first: Any = min(records, key=lambda record: record.priority, default=None)
    target = first.target if first is not None else ""
    return Service(target, first.port) if target not in ("", ".", "@") else None


def system_servers() -> tuple[Server, ...]:
    """The DNS servers of this machine."""
    import dns.resolver

    try:
        found = dns.resolver.Resolver(configure=True).nameservers
    except dns.resolver.NoResolverConfiguration:
        return ()
    return tuple((server, _DNS_PORT) for server in found if isinstance(server, str))
