"""Serving below a path of a site that has other things as well: `https://example.com/kuma/`.

Everything inside knows addresses from the root only. Here the path is taken off what is asked for (where the
proxy has not done that), and put before what leads back: redirects, cookies, links of HTML and of manifests.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from kuma_lite.core.client_address import header
from kuma_lite.core.patterns import pattern

FORWARDED_PREFIX: Final = b"x-forwarded-prefix"
BASE_PATH: Final = "base_path"  # in the scope of a request
# No other characters: it is put into HTML and headers as it is.
PATH: Final = pattern(r"(?:/[A-Za-z0-9._~-]+)+")
_HTML_LINK: Final = pattern(rb'( (?:href|src|action|data-live)=")/(?!/)')
_MANIFEST_LINK: Final = pattern(rb'("(?:start_url|src|scope|id)": ?")/(?!/)')
_COOKIE_PATH: Final = pattern(rb"(; *path=)/", re.IGNORECASE)
# What proxies say of themselves: such a one may have taken the path off.
_PROXIES: Final = frozenset((b"forwarded", b"via", b"x-real-ip", FORWARDED_PREFIX)) | frozenset(
    b"x-forwarded-" + name for name in (b"for", b"host", b"proto")
)
# What programs ask for, whatever they say they accept.
_FOR_PROGRAMS: Final = ("/api/", "/assets/", "/healthz", "/metrics", "/readyz", "/upload/")
# What is sent packed, and has no links from the root in it.
_AS_IT_IS: Final = ("/assets/", "/socket.io", "/api/v1/", "/upload/")


def clean(text: str) -> str:
    """A path without the slash at its end; "" for the root and for what is none."""
    path = text.strip().rstrip("/")
    return path if PATH.fullmatch(path) and "/." not in path else ""


class BasePath:
    """The way in and out.

    Args:
        own: the path of the setting, as `clean` has it; "" where a proxy may say it.
        trusted: whether whoever sends a request may say it.
    """

    def __init__(self, own: str, trusted: Callable[[Any], bool]) -> None:
        self._own = own
        self._trusted = trusted

    def enter(self, scope: Any, send: Any) -> tuple[Any, Any]:
        """A request as if it had been asked for from the root, and where its answer goes."""
        prefix = self._own or self._told(scope)
        if not prefix:
            return scope, send
        path: str = scope["path"]
        if path == prefix or path.startswith(f"{prefix}/"):
            path = path[len(prefix) :] or "/"
        headers = scope["headers"]
        if not path.startswith(_AS_IT_IS):
            headers = [each for each in headers if each[0] != b"accept-encoding"]
        entered = {**scope, "path": path, "headers": headers, BASE_PATH: prefix}
        return entered, send if scope["type"] != "http" else _Leading(prefix.encode(), entered, send)

    def is_outside(self, scope: Any) -> bool:
        """Whether a browser asks, past any proxy, for a page that does not stand below the path.

        Programs need no path there: health checks, agents and scripts beside the proxy go on as they are.
        """
        if not self._own or scope.get("method") not in ("GET", "HEAD"):
            return False
        path: str = scope["path"]
        if f"{path}/".startswith(f"{self._own}/") or path.startswith(_FOR_PROGRAMS):
            return False
        if any(name in _PROXIES for name, _ in scope["headers"]):
            return False
        return "text/html" in (header(scope, b"accept") or "")

    def missing(self) -> str:
        """What such a browser is told."""
        return (
            f"Kuma Lite stands below {self._own}/ here. A proxy that takes this path off has to send "
            "X-Forwarded-For."
        )

    def _told(self, scope: Any) -> str:
        told = header(scope, FORWARDED_PREFIX)
        return clean(told) if told and self._trusted(scope) else ""


class _Leading:
    """Sends one answer whose addresses lead back below the path."""

    def __init__(self, prefix: bytes, scope: Any, send: Any) -> None:
        self._prefix = prefix
        self._scope = scope
        self._send = send
        self._held: dict[str, Any] | None = None
        self._parts: list[bytes] = []
        self._link = _HTML_LINK

    async def __call__(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [self._led(*each) for each in message["headers"]]}
            if self._is_rewritten(dict(message["headers"])):
                self._held = message
                return
        elif self._held is not None:
            self._parts.append(message.get("body", b""))
            if message.get("more_body"):
                return
            body = self._link.sub(rb"\1" + self._prefix + b"/", b"".join(self._parts))
            await self._send({**self._held, "headers": [*self._kept(self._held["headers"], body)]})
            message = {**message, "body": body}
            self._held = None
        await self._send(message)

    def _kept(self, headers: Any, body: bytes) -> Any:
        for name, value in headers:
            if name != b"content-length":
                yield name, value
            elif body:
                yield name, str(len(body)).encode()

    def _is_rewritten(self, headers: dict[bytes, bytes]) -> bool:
        kind = headers.get(b"content-type", b"")
        if b"content-encoding" in headers:
            return False
        if self._scope["path"].endswith("/manifest.json"):
            self._link = _MANIFEST_LINK
            return True
        return kind.startswith(b"text/html")

    def _led(self, name: bytes, value: bytes) -> tuple[bytes, bytes]:
        if name == b"location" and value.startswith(b"/") and not value.startswith(b"//"):
            return name, self._prefix + value
        if name == b"set-cookie":
            return name, _COOKIE_PATH.sub(rb"\1" + self._prefix + b"/", value)
        return name, value
