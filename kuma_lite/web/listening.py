"""Where to listen, checked before the server starts: it says little about why it could not."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl

from kuma_lite.core.config import Tls
from kuma_lite.core.errors import StartupError


async def resolve_host(host: str) -> str:
    """A name or address as an IP literal, IPv4 preferred. Raises StartupError."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise StartupError(
            f"Cannot listen on {host!r}: this is neither an address nor a known name."
        ) from None
    addresses = sorted(found, key=lambda entry: entry[0] != socket.AF_INET)
    return str(addresses[0][4][0])


def claim_port(address: str, port: int) -> int:
    """Make sure nobody listens there, and return the port (a free one for 0). Raises StartupError.

    The server itself shares ports with SO_REUSEPORT, so a second instance would get half of the requests.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address, port))
            free: int = probe.getsockname()[1]
            return free
    except OverflowError:
        raise StartupError(f"{port} is not a port: it has to be between 0 and 65535.") from None
    except OSError as error:
        raise StartupError(_bind_sentence(error, address, port)) from None


def _bind_sentence(error: OSError, address: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is already in use: stop the other program or choose another with --port."
    if error.errno == errno.EACCES:
        return f"Not allowed to listen on port {port}: ports below 1024 belong to root."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"Cannot listen on {address}: this machine has no such address."
    return f"Cannot listen on {address} port {port}: {error.strerror}."


def check_certificate(tls: Tls) -> None:
    """Load the files as the server will. Raises StartupError."""
    for path in (tls.certificate, tls.key):
        if not path.is_file():
            raise StartupError(f"The TLS file {path} does not exist.")
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tls.certificate, tls.key, password=lambda: tls.passphrase or "")
    except (ssl.SSLError, ValueError, OSError):
        raise StartupError(
            f"The TLS certificate {tls.certificate} and key {tls.key} cannot be used together: "
            "both must be PEM files, and the key's passphrase must be right."
        ) from None
