"""May a page of that origin open a websocket here? (Cross-site websocket hijacking, GHSA-mj22-23ff-2hrr.)

The rule of Uptime Kuma 2.5: no `Origin` header (not a browser) is let in; else its host and port must be
those of `Host`, or, behind a trusted proxy, equal the literal `X-Forwarded-For`. Polling needs no such rule:
without CORS headers a browser does not show a foreign page the answer.
"""

from __future__ import annotations

from urllib.parse import urlsplit


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
