"""What an answer of 3xx turns a request into."""

from __future__ import annotations

from dataclasses import dataclass, field

from kuma_lite.core.patterns import pattern
from kuma_lite.core.records import replace
from kuma_lite.net.errors import ErrorKind, NetworkError
from kuma_lite.net.http.message import Headers
from kuma_lite.net.http.request_bytes import Field, authorise
from kuma_lite.net.http.url import Url, join_url, parse_url

_NOT_ASCII = pattern(r"[\x80-\xff]")
_CREDENTIALS = frozenset({"authorization", "proxy-authorization", "cookie"})
_SEE_OTHER = 303
_POST_BECOMES_GET = frozenset({301, 302})


@dataclass(slots=True)
class Hop:
    """One request of a chain. The first one is kept: only `payload` and `shown` may be put in later."""

    method: str
    url: Url
    headers: tuple[Field, ...]
    body: bytes | None
    payload: bytes | None = field(default=None, init=False, compare=False, repr=False)
    # The address without user and password.
    shown: str = field(default="", init=False, compare=False, repr=False)


def is_redirect(status: int, headers: Headers) -> bool:
    """Whether there is somewhere to go."""
    return 300 <= status < 400 and bool(headers.get("location"))


def too_many_redirects() -> NetworkError:
    """`Maximum number of redirects exceeded`."""
    return NetworkError(
        "Maximum number of redirects exceeded", "ERR_FR_TOO_MANY_REDIRECTS", ErrorKind.PROTOCOL
    )


def next_hop(hop: Hop, status: int, location: str) -> Hop:
    """The request that follows. Raises NetworkError when `location` cannot be asked for.

    A POST becomes a GET after 301 and 302, everything but HEAD after 303. A Host header of the user's names
    the host that relative locations mean, and is not sent again. Credentials stay with their host and its
    subdomains, and are never carried from https to http; those of the location replace them.
    """
    host_header = next((value for name, value in hop.headers if name.lower() == "host"), None)
    try:
        here = parse_url(f"{hop.url.scheme}://{host_header}{hop.url.target}") if host_header else hop.url
        url = join_url(here, _as_sent(location))
    except NetworkError as error:
        raise NetworkError(
            f"Redirected request failed: {error.message}", "ERR_FR_REDIRECTION_FAILURE", ErrorKind.PROTOCOL
        ) from None
    dropped = {"host"}
    if not keeps_credentials(here, url):
        dropped |= _CREDENTIALS
    becomes_get = (status in _POST_BECOMES_GET and hop.method == "POST") or (
        status == _SEE_OTHER and hop.method not in ("GET", "HEAD")
    )
    kept = [
        (name, value)
        for name, value in hop.headers
        if name.lower() not in dropped and not (becomes_get and name.lower().startswith("content-"))
    ]
    headers = tuple(authorise(kept, url, None))
    if becomes_get:
        return Hop("GET", url, headers, None)
    return replace(hop, url=url, headers=headers)


def _as_sent(location: str) -> str:
    """The text of a Location: servers write UTF-8 there, and other bytes go back as they came, escaped."""
    data = location.encode("latin-1", "replace")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return _NOT_ASCII.sub(lambda match: f"%{ord(match[0]):02X}", location)


def keeps_credentials(here: Url, there: Url) -> bool:
    """Whether what was meant for one address may be shown to another: its host, and its subdomains."""
    if there.scheme != here.scheme and there.scheme != "https":
        return False
    return here.netloc == there.netloc or there.host.endswith("." + here.host)
