"""What a request says of itself, and sending what it is answered."""

from __future__ import annotations

import re
from typing import Any, Final

from kuma_lite.status_pages.cache import Answer

_HOST: Final = re.compile(r"[A-Za-z0-9._~:\[\]-]{1,255}")
_LOCALHOST: Final = "localhost"


def header(scope: Any, name: bytes) -> str | None:
    """The first header of that (lower-case) name."""
    for key, value in scope["headers"]:
        if key == name:
            text: str = value.decode("latin-1")
            return text
    return None


def forwarded(scope: Any, name: bytes) -> str:
    """The first entry of a header that proxies on the way append to: what the client asked for."""
    lines = [value.decode("latin-1") for key, value in scope["headers"] if key == name]
    entries = (entry.strip().strip('"') for entry in ",".join(lines).split(","))
    return next((entry for entry in entries if entry), "")


def host(scope: Any, trust_proxy: bool) -> str:
    """The host the client addressed, with its port; what cannot be one is `localhost`."""
    told = forwarded(scope, b"x-forwarded-host") if trust_proxy else ""
    names = (told, header(scope, b"host") or "")
    return next((name for name in names if _HOST.fullmatch(name)), _LOCALHOST)


def host_name(scope: Any, trust_proxy: bool) -> str:
    """The same without the port."""
    name = host(scope, trust_proxy)
    return name if name.endswith("]") else name.rpartition(":")[0] or name


def base_url(scope: Any, trust_proxy: bool) -> str:
    """Where the client believes to be: scheme and host."""
    told = forwarded(scope, b"x-forwarded-proto") if trust_proxy else ""
    scheme = (told or scope.get("scheme") or "http").lower()
    return f"{'https' if scheme in ('https', 'wss') else 'http'}://{host(scope, trust_proxy)}"


async def send_answer(
    scope: Any, send: Any, answer: Answer, headers: tuple[tuple[bytes, bytes], ...] = ()
) -> None:
    """Send it, or 304 when the client has it; HEAD gets its headers only."""
    body, etag = answer.body or b"", answer.etag
    everything = [(b"etag", etag), *headers]
    status = answer.status
    if status == 200 and etag.decode() in _known_tags(scope):
        status, body = 304, b""
    else:
        everything += [(b"content-type", answer.content_type), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": everything})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def _known_tags(scope: Any) -> set[str]:
    return {part.strip() for part in (header(scope, b"if-none-match") or "").split(",")}
