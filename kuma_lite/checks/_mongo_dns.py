"""The hosts of a `mongodb+srv://` connection string, which are in DNS (initial DNS seedlist discovery)."""

from __future__ import annotations

from typing import Any, Final

from kuma_lite.checks import _driver
from kuma_lite.checks._mongo_url import MongoUrl, read_url, wrong
from kuma_lite.core.declarations import CheckFailed
from kuma_lite.core.records import replace

# What DNS may add to the options; everything else would let it redirect a password.
_ALLOWED_IN_DNS: Final = frozenset({"authsource", "replicaset", "loadbalanced"})


async def with_hosts(url: MongoUrl, *, timeout: float) -> MongoUrl:
    """The connection string with the hosts that DNS names, within `timeout` seconds.

    Raises CheckFailed, CannotCheck.
    """
    host = url.hosts[0][0]
    parent = host.split(".", 1)[-1] if host.count(".") > 1 else host
    if "." not in host:
        raise wrong("the host after mongodb+srv:// has a domain")
    service = url.options.get("srvservicename") or "mongodb"
    records = await _records(f"_{service}._tcp.{host}", "SRV", "querySrv", timeout)
    hosts = tuple((record.target.to_text(omit_final_dot=True).lower(), record.port) for record in records)
    if not hosts:
        raise CheckFailed("No addresses found at host")
    if any(not name.endswith(f".{parent}") for name, _ in hosts):
        raise CheckFailed("Server record does not share hostname with parent URI")
    most = url.options.get("srvmaxhosts", "")
    if most.isascii() and most.isdigit() and int(most):
        hosts = hosts[: int(most)]
    return replace(url, hosts=hosts, options={**await _options(host, timeout), **url.options})


async def _options(host: str, timeout: float) -> dict[str, str]:
    try:
        texts = await _records(host, "TXT", "queryTxt", timeout)
    except CheckFailed:
        return {}
    text = b"".join(part for record in texts[:1] for part in record.strings).decode("ascii", "replace")
    options = read_url(f"mongodb://host/?{text}").options
    return {name: value for name, value in options.items() if name in _ALLOWED_IN_DNS}


async def _records(name: str, kind: str, query: str, timeout: float) -> list[Any]:
    asynchronous = _driver.load("dns.asyncresolver")
    exceptions = _driver.load("dns.resolver")
    broken: Any = _driver.load("dns.exception").DNSException
    try:
        resolver = asynchronous.Resolver()  # of today's configuration
        return list(await resolver.resolve(name, kind, lifetime=timeout, search=False))
    except (exceptions.NXDOMAIN, exceptions.NoAnswer):
        raise CheckFailed(f"{query} ENOTFOUND {name}") from None
    except exceptions.LifetimeTimeout:
        raise CheckFailed(f"{query} ETIMEOUT {name}", local=True) from None
    except (broken, OSError):
        raise CheckFailed(f"{query} ESERVFAIL {name}", local=True) from None
