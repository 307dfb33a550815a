"""What can go wrong on the network, in the words Uptime Kuma's runtime shows.

Users match notification rules against these sentences, so they are kept to the letter; `kind` is what our own
code decides by.
"""

from __future__ import annotations

import errno
import socket
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kuma_lite.net.tls import CertificateReport


class ErrorKind(Enum):
    """Whose trouble it may be."""

    REFUSED = "refused"  # the target's machine answered: nobody listens
    TIMEOUT = "timeout"  # no answer in time
    DNS = "dns"  # the name has no address, or nobody could be asked
    UNREACHABLE = "unreachable"  # no route to the target
    RESET = "reset"  # the connection ended before the answer did
    TLS = "tls"  # the handshake or the certificate failed
    PROTOCOL = "protocol"  # the answer is not what the protocol allows
    URL = "url"  # what was asked for cannot be asked


# Codes that may mean that this machine has no network, rather than that the target is down.
OWN_NETWORK_CODES = frozenset({"ENETUNREACH", "ENETDOWN", "EAI_AGAIN", "EADDRNOTAVAIL"})

_KIND_OF_CODE = {
    "ECONNREFUSED": ErrorKind.REFUSED,
    "ETIMEDOUT": ErrorKind.TIMEOUT,
    "ECONNRESET": ErrorKind.RESET,
    "EPIPE": ErrorKind.RESET,
    "ECONNABORTED": ErrorKind.RESET,
}


class NetworkError(Exception):
    """A request or connection failed.

    Args:
        message: the sentence for the beat, e.g. `connect ECONNREFUSED 127.0.0.1:1`.
        code: the runtime's code, e.g. `ECONNREFUSED`, `ENOTFOUND`, `CERT_HAS_EXPIRED`.
        kind: what our own code decides by.
        certificate: what the server presented, if a handshake got that far.
    """

    def __init__(
        self, message: str, code: str, kind: ErrorKind, certificate: CertificateReport | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.kind = kind
        self.certificate = certificate
        self.by_proxy = False  # the proxy could not be reached, or refused us: nobody asked the target

    @property
    def may_be_own_network(self) -> bool:
        """Whether this machine's own uplink or resolver could be the cause."""
        return self.code in OWN_NETWORK_CODES


def code_of(error: OSError) -> str:
    """The symbolic name of an operating system error (`ECONNREFUSED`), or `EUNKNOWN`."""
    if isinstance(error, TimeoutError) and error.errno is None:
        return "ETIMEDOUT"
    return errno.errorcode.get(error.errno or 0, "EUNKNOWN")


def connect_error(error: OSError, address: str, port: int | None) -> NetworkError:
    """`connect <CODE> <ip>:<port>` for a failed connect; without a port, `address` is a Unix socket."""
    code = code_of(error)
    kind = _KIND_OF_CODE.get(code, ErrorKind.UNREACHABLE)
    target = address if port is None else f"{address}:{port}"
    return NetworkError(f"connect {code} {target}", code, kind)


def io_error(error: OSError) -> NetworkError:
    """`read ECONNRESET`, `write EPIPE`, ...: an established connection broke."""
    code = code_of(error)
    verb = "write" if code == "EPIPE" else "read"
    return NetworkError(f"{verb} {code}", code, _KIND_OF_CODE.get(code, ErrorKind.RESET))


def lookup_error(error: socket.gaierror, host: str) -> NetworkError:
    """`getaddrinfo <CODE> <host>`; both "no such name" and "name without address" are ENOTFOUND."""
    code = _LOOKUP_CODES.get(error.errno or 0, "EAI_FAIL")
    return NetworkError(f"getaddrinfo {code} {host}", code, ErrorKind.DNS)


_LOOKUP_CODES = {
    socket.EAI_NONAME: "ENOTFOUND",
    socket.EAI_NODATA: "ENOTFOUND",
    socket.EAI_ADDRFAMILY: "ENOTFOUND",
    socket.EAI_AGAIN: "EAI_AGAIN",
    socket.EAI_MEMORY: "EAI_MEMORY",
    socket.EAI_FAMILY: "EAI_FAMILY",
}


def timeout_error(milliseconds: float) -> NetworkError:
    """`timeout of <n>ms exceeded`: no response headers, or no connection, in time."""
    return NetworkError(f"timeout of {round(milliseconds)}ms exceeded", "ECONNABORTED", ErrorKind.TIMEOUT)
