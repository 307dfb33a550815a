"""Response headers of everything this server sends."""

from __future__ import annotations

from typing import Any, Final

# No inline scripts and no foreign ones; images may be pasted logos (data:) and what users link to.
_CONTENT_POLICY: Final = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob: https: http:; "
    "font-src 'self' data:; connect-src 'self' ws: wss:; worker-src 'self' blob:; object-src 'none'; "
    "base-uri 'self'; form-action 'self'"
)
_EVERYWHERE: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
)
_FRAMES: Final = (b"x-frame-options", b"SAMEORIGIN")


def page_headers(same_origin_frames: bool) -> list[tuple[bytes, bytes]]:
    """What an HTML page carries besides.

    Args:
        same_origin_frames: whether other sites are kept from showing the page in a frame.
    """
    ancestors = "; frame-ancestors 'self'" if same_origin_frames else ""
    return [(b"content-security-policy", (_CONTENT_POLICY + ancestors).encode())]


class HeaderSender:
    """Wraps ASGI `send` functions so that every answer carries the common headers."""

    def __init__(self, same_origin_frames: bool) -> None:
        self._headers = [*_EVERYWHERE, _FRAMES] if same_origin_frames else list(_EVERYWHERE)

    def wrap(self, send: Any) -> Any:
        """The `send` for one request."""

        async def send_with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *self._headers]
            await send(message)

        return send_with_headers
