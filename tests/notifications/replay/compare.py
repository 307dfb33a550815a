"""What was sent, in a form in which two requests can be compared, and how they differ."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterable
from difflib import ndiff
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from zlib import crc32

from kuma_lite.net.http import Request
from kuma_lite.net.http.redirects import Hop

# What HTTP clients add to every request; README of the recordings.
_EVERYWHERE = {
    "user-agent": "Uptime-Kuma/2.5.3",
    "accept": "application/json, text/plain, */*",
}
_FRAMING = frozenset({"host", "connection", "content-length", "transfer-encoding", "accept-encoding"})
_BINARY = "application/octet-stream"
_SHOWN_CHARS = 160  # of a line of a difference; longer ones are cut in the middle
_SHOWN_LINES = 40  # of a difference; of longer ones, whole requests too many, half of it is shown


def recorded_request(recorded: dict[str, Any]) -> dict[str, Any]:
    """A recorded HTTP request."""
    address = _address(recorded["method"], recorded["url"])
    if recorded.get("attempted_only"):
        return address
    kind = recorded["body_kind"]
    body: Any = recorded.get(kind)
    if kind == "json" and "raw" in recorded:
        body = {"raw": recorded["raw"]}
    elif kind in ("form", "multipart"):
        body = [list(pair) for pair in recorded["form"]]
    elif kind == "webpush":
        body = recorded["raw_base64"]
    headers = recorded["headers"]
    return {
        **address,
        "headers": _headers(headers.items() if isinstance(headers, dict) else headers),
        "body": body,
        "verify": recorded.get("tls_verify", True),
    }


def sent_request(hop: Hop, request: Request, recorded: dict[str, Any] | None) -> dict[str, Any]:
    """A request of ours; what stands beside it says how its body is to be read."""
    sent = _address(hop.method, str(hop.url))
    if recorded is not None and recorded.get("attempted_only"):
        return sent
    headers = _headers(hop.headers)
    return {
        **sent,
        "headers": headers,
        "body": _body(hop, raw=recorded is not None and "raw" in recorded),
        "verify": request.verify,
    }


def difference(expected: Any, sent: Any) -> list[str]:
    """The lines that differ; empty when both are equal."""
    before, after = _lines(expected), _lines(sent)
    if before == after:
        return []
    lines = [_short(line) for line in ndiff(before, after) if line[0] in "+-"]
    if len(lines) <= _SHOWN_LINES:
        return lines
    rest = lines[_SHOWN_LINES // 2 :]
    return [*lines[: _SHOWN_LINES // 2], f"… {len(rest)} lines, {crc32(chr(10).join(rest).encode()):08x}"]


def _lines(value: Any) -> list[str]:
    return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False).splitlines()


def _short(line: str) -> str:
    shown = line.encode("utf-8", "backslashreplace").decode()
    if len(shown) <= _SHOWN_CHARS:
        return shown
    return f"{shown[:100]} … {len(shown)} characters, {crc32(shown.encode()):08x} … {shown[-20:]}"


def _address(method: str, url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    return {
        "method": method,
        "url": f"{parts.scheme}://{parts.netloc}{parts.path or '/'}",
        "query": [list(pair) for pair in parse_qsl(parts.query, keep_blank_values=True)],
    }


def _headers(fields: Iterable[tuple[str, str]]) -> dict[str, str]:
    found = {name.lower(): value for name, value in fields}
    return {
        name: re.sub(r"boundary=.*", "boundary=…", value)
        for name, value in found.items()
        if name not in _FRAMING and _EVERYWHERE.get(name) != value
    }


def _body(hop: Hop, *, raw: bool) -> Any:
    if not hop.body:
        return None
    kind = next((value for name, value in hop.headers if name.lower() == "content-type"), "")
    if kind == _BINARY:
        return b64encode(hop.body).decode()
    text = hop.body.decode()
    if kind.startswith("multipart/form-data"):
        return _parts(kind, hop.body)
    if kind.startswith("application/x-www-form-urlencoded"):
        return [list(pair) for pair in parse_qsl(text, keep_blank_values=True)]
    if raw:
        return {"raw": text}
    try:
        return json.loads(text)
    except ValueError:
        return text


def _parts(kind: str, body: bytes) -> list[list[str]]:
    message = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
    return [
        [part.get_param("name", "", "content-disposition"), part.get_payload(decode=True).decode()]  # type: ignore[union-attr,misc]
        for part in message.walk()
        if not part.is_multipart()
    ]
