"""What a request says of itself, and sending what it is answered."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from kuma_lite.core.patterns import pattern
from kuma_lite.status_pages.answering.cache import Answer

_HOST: Final = pattern(r"[A-Za-z0-9._~:\[\]-]{1,255}")
_LOCALHOST: Final = "localhost"
_REFUSED: Final = pattern(r"q=0(?:\.0{0,3})?")


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
    """Where the client believes to be: scheme, host, and the path below which this server stands there."""
    told = forwarded(scope, b"x-forwarded-proto") if trust_proxy else ""
    scheme = (told or scope.get("scheme") or "http").lower()
    told = "https" if scheme in ("https", "wss") else "http"
    return f"{told}://{host(scope, trust_proxy)}{scope.get('base_path', '')}"


async def send_answer(
    scope: Any, send: Any, answer: Answer, headers: tuple[tuple[bytes, bytes], ...] = ()
) -> None:
    """Send it, packed as the client likes it, or 304 when it has it; HEAD gets its headers only."""
    body, etag, status = answer.body or b"", answer.etag, answer.status
    everything = [(b"etag", etag), *headers]
    known, accepted = _asked(scope)
    packable = answer.packable
    if packable and not any(name == b"vary" for name, _value in headers):
        everything.append((b"vary", b"accept-encoding"))
    if status == 200 and known and etag.decode() in [part.strip() for part in known.split(",")]:
        status, body = 304, b""
    else:
        if packable and (encoding := best_encoding(accepted)):
            body = await answer.packed(encoding)
            everything.append((b"content-encoding", encoding.encode()))
        everything += [(b"content-type", answer.content_type), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": everything})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def _asked(scope: Any) -> tuple[str, str]:
    """The tags a client knows, and the encodings that it accepts."""
    known = accepted = ""
    for key, value in scope["headers"]:
        if key == b"if-none-match":
            known = known or value.decode("latin-1")
        elif key == b"accept-encoding":
            accepted = accepted or value.decode("latin-1")
    return known, accepted


@lru_cache(maxsize=256)
def best_encoding(accepted: str) -> str:
    """`br`, `gzip`, or "" for neither, by an Accept-Encoding header."""
    names = {}
    for part in accepted.lower().split(","):
        name, _, parameters = part.partition(";")
        names[name.strip()] = not _REFUSED.fullmatch(parameters.replace(" ", ""))
    return next((name for name in ("br", "gzip") if names.get(name)), "")
