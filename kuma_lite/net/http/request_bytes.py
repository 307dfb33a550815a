"""A request as bytes. Nothing a user typed can add a line to it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence

from kuma_lite.core.patterns import pattern
from kuma_lite.net.errors import ErrorKind, NetworkError
from kuma_lite.net.http.url import Url

# The packings we can undo.
ACCEPT_ENCODING = "gzip, deflate"

_TOKEN = pattern(r"^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$")
_BAD_VALUE = pattern(r"[^\t\x20-\x7e\x80-\xff]")
# Methods whose requests have no body unless one is given; the others say `Content-Length: 0`.
_BODILESS = frozenset({"GET", "HEAD", "DELETE", "OPTIONS", "TRACE", "CONNECT"})

Field = tuple[str, str]


def check_method(method: str) -> str:
    """The method in capitals. Raises NetworkError of kind URL."""
    if not _TOKEN.match(method):
        raise NetworkError(
            f'Method must be a valid HTTP token ["{method}"]', "ERR_INVALID_HTTP_TOKEN", ErrorKind.URL
        )
    return method.upper()


def check_headers(headers: Sequence[Field]) -> None:
    """Refuse names that are no tokens and values with line breaks or characters outside latin-1."""
    for name, value in headers:
        if not _TOKEN.match(name):
            raise NetworkError(
                f'Header name must be a valid HTTP token ["{name}"]', "ERR_INVALID_HTTP_TOKEN", ErrorKind.URL
            )
        if _BAD_VALUE.search(value):
            raise NetworkError(
                f'Invalid character in header content ["{name}"]', "ERR_INVALID_CHAR", ErrorKind.URL
            )


def basic(username: str, password: str) -> str:
    """The value of an Authorization header."""
    return "Basic " + b64encode(f"{username}:{password}".encode()).decode("ascii")


def authorise(headers: Sequence[Field], url: Url, auth: tuple[str, str] | None) -> list[Field]:
    """The headers with the credentials of `auth`, or else of the URL, instead of their Authorization."""
    credentials = auth or ((url.username, url.password) if url.username or url.password else None)
    if credentials is None:
        return list(headers)
    kept = [field for field in headers if field[0].lower() != "authorization"]
    return [*kept, ("Authorization", basic(*credentials))]


def serialise(
    method: str,
    url: Url,
    headers: Sequence[Field],
    body: bytes | None,
    *,
    absolute: bool = False,
    keeps: bool = False,
) -> bytes:
    """Request line, headers and body. `headers` were checked; `Connection: close` and the like are added.

    `absolute` names the whole address in the request line, for a proxy that passes the request on; `keeps`
    says that others may follow, as the HTTP library of Uptime Kuma does.
    """
    given = {name.lower() for name, _ in headers}
    lines = [f"{method} {url if absolute else url.target} HTTP/1.1"]
    if "host" not in given:
        lines.append(f"Host: {url.host_header}")
    lines.extend([f"{name}: {value}" for name, value in headers])
    if "accept-encoding" not in given:
        lines.append(f"Accept-Encoding: {ACCEPT_ENCODING}")
    if "connection" not in given:
        lines.append("Connection: keep-alive" if keeps else "Connection: close")
    framed = "content-length" in given or "transfer-encoding" in given
    if not framed and (body or method not in _BODILESS):
        lines.append(f"Content-Length: {len(body or b'')}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + (body or b"")
