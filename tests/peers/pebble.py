"""Pebble, a certificate authority that speaks ACME, with a DNS server that sends every name to 127.0.0.1.

`running` gives an `Authority`. Both programs are built by `make clients` (`tests/peers/install-pebble`).
"""

from __future__ import annotations

import json
import os
import shutil
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.net.authority import issue
from tests.peers.support import accepts, keep, started
from tests.requires import ROOT
from tests.support import http
from tests.support.ports import free_port

PROGRAMS = ("pebble", "pebble-challtestsrv")
_BUILT = ROOT / "build" / "clients" / "pebble"
NOWHERE = "127.0.0.9"  # an address of this machine at which nobody listens


def missing() -> list[str]:
    """The programs that are not there."""
    return [name for name in PROGRAMS if not _found(name)]


def _found(name: str) -> str | None:
    built = _BUILT / name
    return str(built) if os.access(built, os.X_OK) else shutil.which(name)


@dataclass(frozen=True)
class Authority:
    """A running one.

    Attributes:
        directory: the address of its directory.
        ca_pem: by which its own HTTPS is trusted.
        ca_file: the same, as a file.
        http_port: where it looks for proofs by HTTP.
        tls_port: where it looks for proofs by TLS.
        dns: the address at which its DNS server is told what names lead to.
        management: the address below which its root certificate is.
    """

    directory: str
    ca_pem: str
    ca_file: Path
    http_port: int
    tls_port: int
    dns: str
    management: str

    async def lead(self, name: str, address: str) -> None:
        """Have a name lead to an address from now on."""
        await self._dns("clear-a", host=f"{name}.")
        await self._dns("add-a", host=f"{name}.", addresses=[address])

    async def root_pem(self) -> str:
        """By which its certificates are trusted."""
        context = ssl.create_default_context(cadata=self.ca_pem)
        return (await http.get(f"{self.management}/roots/0", context=context)).text

    async def _dns(self, command: str, **what: Any) -> None:
        answer = await http.request("POST", f"{self.dns}/{command}", body=json.dumps(what).encode())
        assert answer.status == 200, answer


@asynccontextmanager
async def running(
    folder: Path,
    environment: Mapping[str, str] | None = None,
    ports: tuple[int, int, int] | None = None,
    lasts_s: int = 90 * 86_400,
    customers: Mapping[str, str] | None = None,
) -> AsyncIterator[Authority]:
    """While it runs.

    Args:
        environment: see Pebble's README: `PEBBLE_WFE_NONCEREJECT` is a percentage.
        ports: of its own, and those at which it looks for proofs by HTTP and TLS.
        lasts_s: of its certificates.
        customers: ids and keys of those whom alone it serves; None: everybody.
    """
    port, http_port, tls_port = ports or (free_port(), free_port(), free_port())
    dns, names_port, management = free_port(), free_port(), free_port()
    folder.mkdir(exist_ok=True)
    certificate = issue("localhost", names=("localhost",))
    (folder / "own.pem").write_text(certificate.pem)
    (folder / "own.key").write_text(certificate.key_pem)
    config = {
        "listenAddress": f"127.0.0.1:{port}",
        "managementListenAddress": f"127.0.0.1:{management}",
        "certificate": str(folder / "own.pem"),
        "privateKey": str(folder / "own.key"),
        "httpPort": http_port,
        "tlsPort": tls_port,
        "retryAfter": {"authz": 1, "order": 1},
        "domainBlocklist": ["blocked.test"],  # not longer than the names that are asked for: it would panic
        "profiles": {"default": {"description": "The one", "validityPeriod": lasts_s}},
    }
    if customers is not None:
        config |= {"externalAccountBindingRequired": True, "externalAccountMACKeys": dict(customers)}
    (folder / "config.json").write_text(json.dumps({"pebble": config}))
    (folder / "dns").mkdir(exist_ok=True)
    names = ("-dnsserver", f"127.0.0.1:{dns}", "-management", f"127.0.0.1:{names_port}")
    quiet = [f"-{service}=" for service in ("http01", "https01", "tlsalpn01", "doh", "defaultIPv6")]
    settings = {"PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "0", **(environment or {})}
    authority, server = (_found(name) or name for name in PROGRAMS)
    async with (
        started(server, *names, *quiet, ready=accepts(names_port), folder=folder / "dns"),
        started(
            authority,
            *("-config", folder / "config.json", "-dnsserver", f"127.0.0.1:{dns}"),
            ready=accepts(port),
            folder=folder,
            environment=settings,
        ),
    ):
        yield Authority(
            f"https://localhost:{port}/dir",
            certificate.pem,
            folder / "own.pem",
            http_port,
            tls_port,
            f"http://127.0.0.1:{names_port}",
            f"https://localhost:{management}",
        )


if __name__ == "__main__":
    keep(running)
