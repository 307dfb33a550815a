"""What is asked and what is answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct, field

from kuma_lite.core.records import hiding
from kuma_lite.net.http.charsets import readings
from kuma_lite.net.http.resumption import Resumption
from kuma_lite.net.proxy import ProxyRule
from kuma_lite.net.resolve import IpFamily
from kuma_lite.net.tls import CertificateReport

# Body bytes read, on the wire and unpacked alike. Larger pages are cut there: a keyword is looked for in the
# first 4 MiB, and a hundred endless answers at once stay below the memory of a small machine.
MAX_BODY_BYTES = 4 * 1024 * 1024
# Until the response headers are there, in seconds; redirects included. Uptime Kuma's 0.8 of a minute.
DEFAULT_TIMEOUT = 48.0
# What the body may take on top of the timeout, in seconds, as in Uptime Kuma.
BODY_GRACE = 10.0
# Uptime Kuma's default of `maxredirects`.
DEFAULT_MAX_REDIRECTS = 10


class Headers:
    """Header fields in the order they came; names compare without case, values are latin-1 text."""

    __slots__ = ("_fields",)

    def __init__(self, fields: list[tuple[str, str]] | None = None) -> None:
        self._fields = fields if fields is not None else []

    def get(self, name: str, default: str | None = None) -> str | None:
        """The first value of `name`."""
        lower = name.lower()
        for key, value in self._fields:
            if key.lower() == lower:
                return value
        return default

    def get_all(self, name: str) -> list[str]:
        """All values of `name`."""
        lower = name.lower()
        return [value for key, value in self._fields if key.lower() == lower]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.get(name) is not None

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def __repr__(self) -> str:
        return f"Headers({[name for name, _ in self._fields]})"  # values may be secrets


# One log-in that takes several requests on one connection (NTLM): given the headers of a 401, the
# Authorization to ask with again, or None when there is nothing more to say.
LogIn = Callable[[Headers], str | None]


class Request(Struct):
    """One request, and how far to go for its answer.

    Args:
        method: any case.
        headers: sent as given, before what the engine adds; a name given here replaces the engine's.
        body: sent with any method.
        timeout: seconds until the response headers, redirects included; also the longest silence in a body.
        total_timeout: seconds for everything; None is `timeout` + 10.
        max_redirects: 0 does not follow and returns the 3xx itself.
        verify: False accepts every certificate (the report still says whether it was valid).
        ca_pem: trusted instead of the system's CAs.
        cert_pem, key_pem: client certificate.
        ip_family: None tries both.
        body_limit: bytes; the response is cut there and marked `truncated`.
        auth: user and password sent as Basic; wins over those in the URL and over an Authorization header.
        unix_socket: path to connect to instead of the URL's host and port (Docker); knows no proxy.
        proxy: says for each address, redirects included, which proxy to take.
        log_in: begins a log-in with the host of the address; those that redirects lead to are not told.
        recurs: the same is asked again and again: what it was read as, and its bytes, are kept.
        resumption: TLS sessions of whoever asks, to be resumed; None: every handshake is a whole one.
        keeps: the connection may be one that an earlier request has left, and waits for the next one.
    """

    __repr__ = hiding("headers", "body", "key_pem", "auth")

    method: str
    url: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes | None = None
    timeout: float = DEFAULT_TIMEOUT
    total_timeout: float | None = None
    max_redirects: int = DEFAULT_MAX_REDIRECTS
    verify: bool = True
    ca_pem: str | None = None
    cert_pem: str | None = None
    key_pem: str | None = None
    ip_family: IpFamily | None = None
    body_limit: int = MAX_BODY_BYTES
    auth: tuple[str, str] | None = None
    unix_socket: str | None = None
    proxy: ProxyRule | None = None
    log_in: Callable[[], LogIn] | None = None
    recurs: bool = False
    resumption: Resumption | None = None
    keeps: bool = False


class Timings(Struct):
    """Milliseconds. All but `total` belong to the last request of a chain of redirects.

    `first_byte` counts from the request sent to the first byte of the answer; `total` from the call to the
    end of the body.
    """

    dns: float = 0.0
    connect: float = 0.0
    tls: float = 0.0
    first_byte: float = 0.0
    total: float = 0.0


class Response(Struct):
    """An answer, whatever its status.

    Args:
        reason: the phrase of the status line; may be empty.
        body: unpacked, at most `body_limit` bytes.
        truncated: the body went on after the limit.
        url: where the answer came from after redirects, without user and password.
        certificate: of the last request, None over plain HTTP.
        address: the IP address that answered (the path, over a Unix socket).
        resumed: its TLS session was; the certificate is that of the whole handshake before it.
    """

    status: int
    reason: str
    headers: Headers
    body: bytes
    truncated: bool
    url: str
    timings: Timings
    certificate: CertificateReport | None
    http_version: str
    address: str
    resumed: bool = False

    @property
    def text(self) -> str:
        """The body in its likeliest reading; what has no meaning in it becomes U+FFFD."""
        return next(self.readings())

    def readings(self) -> Iterator[str]:
        """The texts that the body can be, by its bytes, its header and its own word; the likeliest first."""
        return readings(self.body, self.headers.get_all("content-type"), cut=self.truncated)
