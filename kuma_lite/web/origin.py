"""Which web pages may have a browser talk to this server?

Websockets: the rule of Uptime Kuma 2.5 (cross-site websocket hijacking, GHSA-mj22-23ff-2hrr). No `Origin`
header (not a browser) is let in; else its host and port must be those of `Host`, or, behind a trusted proxy,
equal the literal `X-Forwarded-For`.

Polling, and whatever changes something: no page of another site. A browser hides the answers from it, but
what it asks for is done all the same, and where nobody has to log in nothing else would stop it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import urlsplit

from kuma_lite.core.client_address import header

_OURS: Final = ("same-origin", "none")  # of Sec-Fetch-Site: our own page; the person who uses the browser
_THEIRS: Final = "cross-site"


def origin_allowed(origin: str | None, host: str | None, forwarded_for: str | None = None) -> bool:
    """Whether the websocket handshake may go on.

    Args:
        origin: the `Origin` header, None when absent.
        host: the `Host` header.
        forwarded_for: the `X-Forwarded-For` header where the proxy is trusted, else None.
    """
    if not origin:
        return True
    try:
        parts = urlsplit(origin.lower())
        parts.port  # noqa: B018 - raises ValueError when it is no number
    except ValueError:
        return False
    if not parts.scheme or not parts.netloc:
        return False
    return parts.netloc in [name.lower() for name in (host, forwarded_for) if name]


def is_foreign(scope: Any, hosts: Iterable[str | None] = ()) -> bool:
    """Whether a page of another site has made the browser send this request.

    Args:
        scope: of the request (ASGI).
        hosts: names, with their ports, under which browsers know this server, besides its `Host` header,
            which some proxies replace.
    """
    # Browsers say it themselves, unless they speak plain HTTP to another machine; no page can change it.
    site = header(scope, b"sec-fetch-site")
    if site in _OURS:
        return False
    origin = header(scope, b"origin")
    if not origin:
        return site == _THEIRS
    return not any(origin_allowed(origin, host) for host in (header(scope, b"host"), *hosts))
