"""The built page: its files, how browsers keep them, and the page itself for every other address."""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path, PurePath
from typing import Any, Final

from msgspec import Struct, field

from kuma_lite.core.client_address import header
from kuma_lite.core.patterns import pattern
from kuma_lite.web.respond import HTML, TEXT, respond

_FOLDER: Final = "frontend_dist"
_PACKED: Final = "frontend_dist.pack"  # as a binary has it, see `read_files`
# Vite puts a hash of the content into the names of what it builds, so those never change.
_HASHED: Final = pattern(r"/assets/.+[-.][A-Za-z0-9_-]{8,}\.\w+$")
_FOREVER: Final = b"public, max-age=31536000, immutable"
_ASK_AGAIN: Final = b"public, max-age=0, must-revalidate"
# Suffix of a file compressed at build time → its Content-Encoding, the better one first.
_COMPRESSED: Final = ((".br", "br"), (".gz", "gzip"))
_TYPES: Final = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json; charset=UTF-8",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".map": "application/json",
    ".png": "image/png",
    ".ico": "image/vnd.microsoft.icon",
    ".txt": "text/plain",
}
_NOT_BUILT: Final = (
    "<!doctype html><title>Kuma Lite</title><p>Kuma Lite is running, but its page has not been built. "
    "Run <code>make frontend</code> and start again.</p>"
)


class Part(Struct, frozen=True):
    """A file within another: so many bytes from there on."""

    path: Path
    start: int
    length: int

    def read_bytes(self) -> bytes:
        """Its content."""
        with self.path.open("rb") as whole:
            whole.seek(self.start)
            return whole.read(self.length)


class File(Struct, frozen=True, dict=True):
    """One file of the page with its compressed siblings; binaries have most gzipped only, without `plain`."""

    plain: Path | Part | None
    content_type: bytes
    caching: bytes
    encodings: dict[str, Path | Part] = field(default_factory=dict)

    @cached_property
    def etag(self) -> bytes:
        """Read from the file when somebody first asks for it."""
        digest = hashlib.blake2s(self.read(None), digest_size=12).hexdigest()
        return f'"{digest}"'.encode()

    def best(self, accepted: str) -> str | None:
        """The Content-Encoding for a browser that accepts these; None: as it is."""
        names = {part.split(";")[0].strip() for part in accepted.split(",") if not part.endswith("q=0")}
        return next((encoding for encoding in self.encodings if encoding in names), None)

    def read(self, encoding: str | None) -> bytes:
        """What is sent with that Content-Encoding, one of `encodings`; None: the file itself."""
        if encoding is not None:
            return self.encodings[encoding].read_bytes()
        if self.plain is None:
            return gzip.decompress(self.encodings["gzip"].read_bytes())
        return self.plain.read_bytes()


def find_page() -> Path | None:
    """Where the built page is: in the binary, in the package, or in the repository; None when not built."""
    package = Path(__file__).resolve().parent.parent
    bundle = getattr(sys, "_MEIPASS", None)
    if bundle and (packed := Path(bundle) / _PACKED).is_file():
        return packed
    for folder in (package / _FOLDER, package.parent / _FOLDER):
        if (folder / "index.html").is_file():
            return folder
    return None


def read_files(place: Path) -> dict[str, File]:
    """URL path → file, for all files below a folder, or of those that a binary has in one.

    That begins with a line of JSON: name of each → where it starts behind that line, and its length.
    """
    sources: dict[str, Path | Part]
    if place.is_file():
        with place.open("rb") as packed:
            named = json.loads(packed.readline())
            begin = packed.tell()
        sources = {name: Part(place, begin + start, length) for name, (start, length) in named.items()}
    else:
        found = sorted(place.rglob("*"))
        sources = {path.relative_to(place).as_posix(): path for path in found if path.is_file()}
    plain = dict.fromkeys(name.removesuffix(".gz") for name in sources if not name.endswith(".br"))
    return {f"/{name}": _describe(name, sources) for name in plain}


def _describe(name: str, sources: dict[str, Path | Part]) -> File:
    return File(
        plain=sources.get(name),
        content_type=_TYPES.get(PurePath(name).suffix, "application/octet-stream").encode(),
        caching=_FOREVER if _HASHED.match(f"/{name}") else _ASK_AGAIN,
        encodings={
            encoding: sources[name + suffix] for suffix, encoding in _COMPRESSED if name + suffix in sources
        },
    )


class Page:
    """Serves the built page.

    Args:
        folder: of the built page, or the file that it is in; None when there is none.
        html_headers: what HTML answers carry besides (`headers.page_headers`).
    """

    def __init__(self, folder: Path | None, html_headers: Iterable[tuple[bytes, bytes]]) -> None:
        self.files = read_files(folder) if folder else {}
        self._html_headers = list(html_headers)
        self.index = self.files.pop("/index.html", None)

    async def serve(self, scope: Any, send: Any, file: File, status: int = 200) -> None:
        """One file, or 304 when the browser has it."""
        encoding = file.best(header(scope, b"accept-encoding") or "")
        # The variants differ in their bytes, so each has a tag of its own.
        etag = file.etag if encoding is None else file.etag[:-1] + f'-{encoding}"'.encode()
        headers = [(b"etag", etag), (b"cache-control", file.caching)]
        if file.encodings:
            headers.append((b"vary", b"accept-encoding"))
        if file.content_type == HTML:
            headers += self._html_headers
        known = header(scope, b"if-none-match") or ""
        known_tags = (part.strip().removeprefix("W/") for part in known.split(","))
        if status == 200 and etag.decode() in known_tags:
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        if encoding is not None:
            headers.append((b"content-encoding", encoding.encode()))
        await respond(scope, send, status, file.read(encoding), file.content_type, headers)

    async def serve_unknown(self, scope: Any, send: Any, status: int = 200) -> None:
        """What no route knows: the page (with `status`) for GET, 404 for the rest and for missing files."""
        if scope["method"] not in ("GET", "HEAD"):
            text = f"Cannot {scope['method']} here"
            await respond(scope, send, 404, _error_page(text), HTML, self._html_headers)
        elif scope["path"].startswith("/upload/"):
            await respond(scope, send, 404, b"File not found.", HTML)
        elif scope["path"].startswith("/assets/"):
            await respond(scope, send, 404, b"File not found.", TEXT)
        elif self.index is None:
            await respond(scope, send, status, _NOT_BUILT.encode(), HTML, self._html_headers)
        else:
            await self.serve(scope, send, self.index, status)


def _error_page(text: str) -> bytes:
    return f'<!doctype html><html lang="en"><title>Error</title><pre>{text}</pre></html>'.encode()
