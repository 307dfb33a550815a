"""DNS: a name has records of a type, and on request the right ones."""

from __future__ import annotations

from functools import lru_cache
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final, cast

from kuma_lite.checks._conditions import ConditionError, holds, text_variable
from kuma_lite.checks._dns_query import QueryFailed, Server, ask
from kuma_lite.checks._dns_records import TYPES
from kuma_lite.checks._network import network_of
from kuma_lite.checks._shared_options import Conditions
from kuma_lite.core.declarations import (
    Bare,
    CheckContext,
    CheckFailed,
    CheckResult,
    Choice,
    Kind,
    MonitorType,
    Notation,
)
from kuma_lite.core.options import Options, option
from kuma_lite.core.targets import Target
from kuma_lite.net.errors import NetworkError
from kuma_lite.net.http.url import host_to_ascii

if TYPE_CHECKING:
    from kuma_lite.net.network import Network

DNS_PORT: Final = 53
_MAX_PORT: Final = 65_535
_NAMES_KEPT: Final = 4096  # that have been asked for, in the form of the wire
_NO_SERVERS: Final = (
    "No Resolver Servers specified. Please specify at least one resolver server like 1.1.1.1 or a hostname"
)
_UNKNOWN_SERVERS: Final = (
    "None of the configured resolver servers could be resolved to an IP address. Please provide a "
    "comma-separated list of valid resolver hostnames or IP addresses."
)


class DnsOptions(Options):
    """What to ask, and whom."""

    hostname: str = option(
        "",
        label="Hostname",
        kind=Kind.HOST,
        required=True,
        help="For PTR, the address whose name is wanted.",
    )
    server: str = option(
        "",
        alias="dns_resolve_server",
        label="DNS servers",
        kind=Kind.TEXT,
        required=True,
        form_default="1.1.1.1",
        help="Addresses or names, separated by commas; the next one is asked when one fails.",
    )
    port: int | None = option(
        None, label="Port", kind=Kind.PORT, form_default=DNS_PORT, help="Of the servers, usually 53."
    )
    record_type: str = option(
        "A",
        alias="dns_resolve_type",
        label="Record type",
        kind=Kind.SELECT,
        choices=tuple(Choice(name, name) for name in TYPES),
    )
    conditions: Conditions = option(
        (), label="Conditions", kind=Kind.CONDITIONS, help="One record at least has to meet them."
    )


class DnsMonitor(MonitorType[DnsOptions]):
    """Asks for the records of a name."""

    name = "dns"
    label = "DNS"
    description = "Asks DNS servers for records, and compares them on request."
    options = DnsOptions
    notations = (
        Notation(command="dig", bare=(Bare.DOMAIN,), rank=2),
        Notation(command="nslookup"),
        Notation(command="host"),
    )
    condition_variables = (text_variable("record"),)

    def target(self, options: DnsOptions) -> Target:
        """The name that is asked for; the port is that of the servers."""
        return Target(options.hostname)

    async def check(self, options: DnsOptions, context: CheckContext) -> CheckResult:
        """The ping is the time of the answer in whole ms, looking up the servers included."""
        begun = perf_counter()
        servers = await _servers(options, network_of(context))
        records = await _records(options, servers, context)
        ping = round((perf_counter() - begun) * 1000)
        message = _message(options.record_type, records)
        try:
            met = any(
                holds(options.conditions, {"record": value})
                for record in records
                for value in _values(options.record_type, record)
            )
        except ConditionError as error:
            raise CheckFailed(str(error), ping=ping, last_result=message) from None
        if not met:
            raise CheckFailed(message, ping=ping, last_result=message)
        return CheckResult(message, ping=ping, last_result=message)


async def _servers(options: DnsOptions, network: Network) -> list[Server]:
    """Address and port of each server; names that nobody knows are left out. Raises CheckFailed."""
    names = _names_in(options.server)
    if not names:
        raise CheckFailed(_NO_SERVERS)
    port = DNS_PORT if options.port is None else options.port
    if not 0 < port <= _MAX_PORT:
        raise CheckFailed(f"Invalid port of the DNS servers: {port}")
    found: list[Server] = []
    unsure = False
    for name in names:
        try:
            found += [(address.ip, port) for address in await network.resolver.resolve(name)]
        except NetworkError as error:
            unsure = unsure or error.may_be_own_network
    if not found:
        raise CheckFailed(_UNKNOWN_SERVERS, local=unsure)
    return found


async def _records(options: DnsOptions, servers: list[Server], context: CheckContext) -> list[Any]:
    kind, host = options.record_type, options.hostname.strip()
    if kind not in TYPES:
        raise CheckFailed(f"Unknown record type: {kind}")
    verb = "getHostByAddr" if kind == "PTR" else f"query{kind.capitalize()}"
    try:
        name = _name_of(host, kind == "PTR")
    except (ValueError, NetworkError):
        raise CheckFailed(f"{verb} {'EINVAL' if kind == 'PTR' else 'EBADNAME'} {host}") from None
    try:
        return await ask(network_of(context), servers, name, kind, context.timeout)
    except QueryFailed as failed:
        code = "ENOTFOUND" if kind == "PTR" and failed.code == "ENODATA" else failed.code
        raise CheckFailed(f"{verb} {code} {host}", local=failed.local) from None


@lru_cache(maxsize=_NAMES_KEPT)
def _names_in(servers: str) -> tuple[str, ...]:
    """Names and addresses, separated by commas, without brackets."""
    return tuple(name.strip("[]") for name in "".join(servers.split()).split(",") if name)


@lru_cache(maxsize=_NAMES_KEPT)
def _name_of(host: str, is_address: bool) -> bytes:
    """The name that is asked for, as on the wire. Raises ValueError, NetworkError."""
    import dns.exception
    import dns.name
    import dns.reversename

    try:
        name = dns.reversename.from_address(host) if is_address else dns.name.from_text(_ascii(host))
        return cast(bytes, name.to_wire())
    except dns.exception.DNSException as error:
        raise ValueError(str(error)) from None


def _ascii(host: str) -> str:
    """A name in other scripts as browsers write it. Raises NetworkError."""
    return host if host.isascii() else host_to_ascii(host)


# --- Words -------------------------------------------------------------------------------------------------


def _message(kind: str, records: list[Any]) -> str:
    """The records in the words of Uptime Kuma 2.5."""
    if kind == "CNAME":
        return cast(str, records[0].target)
    if kind == "SOA":
        soa = records[0]
        return (
            f"NS-Name: {soa.mname} | Hostmaster: {soa.rname} | Serial: {soa.serial} | "
            f"Refresh: {soa.refresh} | Retry: {soa.retry} | Expire: {soa.expire} | MinTTL: {soa.minimum}"
        )
    texts = " | ".join(_text(kind, record) for record in records)
    if kind in ("MX", "SRV"):
        return texts
    return f"Servers: {texts}" if kind == "NS" else f"Records: {texts}"


def _text(kind: str, record: Any) -> str:
    if kind == "MX":
        return f"Hostname: {record.exchange} - Priority: {record.preference}"
    if kind == "SRV":
        return (
            f"Name: {record.target} | Port: {record.port} | Priority: {record.priority} | "
            f"Weight: {record.weight}"
        )
    return _values(kind, record)[0]


def _values(kind: str, record: Any) -> list[str]:
    """What conditions see of a record. Chunks of a TXT record are one text, but count each as well."""
    if kind in ("A", "AAAA"):
        return [record.address]
    if kind == "TXT":
        chunks = [chunk.decode("utf-8", "replace") for chunk in record.strings]
        return ["".join(chunks), *(chunks if len(chunks) > 1 else [])]
    if kind == "CAA":
        tag, value = record.tag.decode("ascii", "replace"), record.value.decode("utf-8", "replace")
        return [value if tag == "issue" else f"{tag} {value}"]
    field = {"MX": "exchange", "SOA": "mname"}.get(kind, "target")
    return [getattr(record, field)]
