"""Libraries that speak a protocol for a check: imported when the first monitor of its kind runs.

A driver is given the address we looked up ourselves, so that it starts no look-ups in threads of its own and
a dead resolver is recognised; over TLS the name still has to be the one that was typed: `NamedContext`.
"""

from __future__ import annotations

import asyncio
import importlib
import ssl
from functools import lru_cache
from types import ModuleType
from typing import TYPE_CHECKING, Any

from kuma_lite.core.declarations import CannotCheck
from kuma_lite.net.contexts import CONTEXTS_KEPT, trust

if TYPE_CHECKING:
    from kuma_lite.net.network import Network


def load(module: str, *, extra: str = "", package: str = "") -> ModuleType:
    """A driver's module. Raises CannotCheck with one sentence on what to install.

    Args:
        extra: of our own package, for drivers that do not come with it.
        package: what to install, where it is not called as the module is.
    """
    try:
        return importlib.import_module(module)
    except ImportError:
        what = f"kuma-lite[{extra}]" if extra else package or module.partition(".")[0]
        raise CannotCheck(
            f"The driver is not installed here. Install it with: pip install '{what}'"
        ) from None


async def address_of(network: Network, host: str) -> str:
    """The address a driver shall connect to: the first of the host. Raises NetworkError of kind DNS."""
    return (await network.resolver.resolve(host))[0].ip


class NamedContext(ssl.SSLContext):
    """A client context that expects a certificate for `name`, whatever address a driver connects to."""

    name = ""

    def wrap_bio(self, incoming: Any, outgoing: Any, *_: Any, **more: Any) -> ssl.SSLObject:
        """For asyncio and uvloop."""
        return super().wrap_bio(
            incoming, outgoing, server_side=False, server_hostname=self.name, session=more.get("session")
        )

    def wrap_socket(self, sock: Any, *_: Any, **more: Any) -> ssl.SSLSocket:
        """For drivers that block."""
        more.update(server_side=False, server_hostname=self.name)
        return super().wrap_socket(sock, **more)


@lru_cache(CONTEXTS_KEPT)
def _context(name: str, verify: bool, ca_pem: str | None) -> NamedContext:
    context = NamedContext(ssl.PROTOCOL_TLS_CLIENT)
    context.name = name
    context.check_hostname = verify
    context.verify_mode = ssl.CERT_REQUIRED if verify else ssl.CERT_NONE
    if verify or ca_pem:
        trust(context, ca_pem)
    return context


async def tls_context(name: str, *, verify: bool, ca_pem: str | None = None) -> NamedContext:
    """A context for one name; the first one of a kind is made on a thread, which takes 30 to 50 ms.

    Args:
        verify: check chain and name; without, any certificate will do.
        ca_pem: trusted instead of the system's authorities.

    Raises NetworkError for a `ca_pem` that cannot be read.
    """
    return await asyncio.to_thread(_context, name, verify, ca_pem)
