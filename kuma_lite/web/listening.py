"""Where to listen, checked before the server starts: it says little about why it could not."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

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


def listen(address: str, port: int, backlog: int) -> socket.socket:
    """A listening socket (on a free port for 0), shared with nobody. Raises StartupError.

    Args:
        address: an IP literal; "::" is both IPv6 and IPv4.
        port: 0 to 65535.
        backlog: connections that the kernel keeps waiting.
    """
    listening = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if listening.family == socket.AF_INET6:
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        listening.bind((address, port))
        listening.listen(backlog)
    except OverflowError:
        listening.close()
        raise StartupError(f"{port} is not a port: it has to be between 0 and 65535.") from None
    except OSError as error:
        listening.close()
        raise StartupError(_bind_sentence(error, address, port)) from None
    prepare(listening)
    return listening


def listen_at(path: Path, backlog: int) -> socket.socket:
    """A listening socket of the file system, for its owner and group. Raises StartupError.

    One that is left over, and that nobody serves, goes first.
    """
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        if path.is_socket():
            _refuse_served(path)
            path.unlink()
        listening.bind(str(path))
        path.chmod(0o660)
        listening.listen(backlog)
    except OSError as error:
        listening.close()
        reason = (error.strerror or str(error)).lower()
        raise StartupError(f"Cannot listen on the socket {path}: {reason}.") from None
    except StartupError:
        listening.close()
        raise
    prepare(listening)
    return listening


def _refuse_served(path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            return
    raise StartupError(f"The socket {path} is already in use: stop the other program or choose another path.")


def split(given: Iterable[socket.socket], port: int) -> tuple[list[socket.socket], list[socket.socket]]:
    """Sockets that were opened for us: those that do not listen on a port, and those that do."""
    found: dict[bool, list[socket.socket]] = {False: [], True: []}
    for each in given:
        found[each.getsockname()[1] == port].append(each)
    return found[False], found[True]


def prepare(listening: socket.socket) -> None:
    """Small answers leave at once (connections inherit it), and whoever accepts does not wait."""
    listening.setblocking(False)
    with suppress(OSError):
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _bind_sentence(error: OSError, address: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is already in use: stop the other program or choose another with --port."
    if error.errno == errno.EACCES:
        return f"Not allowed to listen on port {port}: ports below 1024 belong to root."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"Cannot listen on {address}: this machine has no such address."
    return f"Cannot listen on {address} port {port}: {error.strerror}."
