"""The head of an answer that the strict parser refuses, read as browsers and curl read it.

Lines may end with LF alone and be folded; names may hold anything but a colon; lines that are no field are
left out; a status line needs no more than the protocol's name and three digits. Two lengths are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from kuma_lite.core.patterns import pattern
from kuma_lite.net.errors import ErrorKind, NetworkError

# Also one line of ICY, with which Shoutcast answers.
_STATUS_LINE: Final = pattern(
    rb"[ \t\r\n]*(?:HTTP(?:/(?P<version>[0-9.]*))?|ICY)[ \t]+"
    rb"(?P<status>[1-9][0-9]{2})(?![0-9])[ \t]*(?P<reason>[^\r\n]*)",
    re.IGNORECASE,
)
_BEGINNINGS: Final = (b"http", b"icy")
_END: Final = pattern(rb"\n\r*\n")
_LINE_END: Final = (b"\r", b"\n")
_BLANK: Final = " \t\r"
_FOLD: Final = (" ", "\t")
_LENGTH: Final = pattern(r"\+?([0-9]{1,18})(?:[ \t].*)?")

Field = tuple[str, str]


class Head(Struct, frozen=True):
    """Version (`1.0`, `1.1`), status, phrase, and fields as latin-1 text."""

    version: str
    status: int
    reason: bytes
    fields: list[Field]

    def plain(self) -> bytes:
        """The same for a strict parser: the status, and how long the body is. Raises NetworkError."""
        return f"HTTP/{self.version} {self.status} \r\n{_framing(BodyFields(self.fields))}\r\n".encode(
            "ascii"
        )


def end_of_head(data: bytes, start: int = 0) -> int | None:
    """Where the body begins, if the head that begins at `start` is complete."""
    while data[start : start + 1] in _LINE_END:
        start += 1
    match = _END.search(data, start)
    return match.end() if match else None


def may_be_head(data: bytes) -> bool:
    """Whether what has come so far can be the beginning of an answer."""
    begun = data.lstrip(b" \t\r\n")
    if b"\n" in begun:
        return _STATUS_LINE.match(begun) is not None
    return any(begun[: len(name)].lower() == name[: len(begun)] for name in _BEGINNINGS)


def read_head(data: bytes) -> Head | None:
    """Read a complete head; None when it is none."""
    match = _STATUS_LINE.match(data)
    if match is None:
        return None
    version = "1.0" if match["version"] in (None, b"1.0", b"0.9") else "1.1"
    fields: list[Field] = []
    for line in data[match.end() :].decode("latin-1").split("\n")[1:]:
        text = line.rstrip(_BLANK)
        if text.startswith(_FOLD) and fields:
            name, value = fields[-1]
            fields[-1] = (name, f"{value} {text.strip(_BLANK)}".strip(" "))
            continue
        name, colon, value = text.partition(":")
        if colon and (name := name.strip(_BLANK)):
            fields.append((name, value.strip(_BLANK).replace("\r", " ")))
    return Head(version, int(match["status"]), match["reason"].rstrip(b" \t"), fields)


class BodyFields:
    """What the fields of a head say about its body: in lower case, codings in the order they were applied."""

    __slots__ = ("content", "lengths", "transfer")

    def __init__(self, fields: Iterable[Field]) -> None:
        self.content: list[str] = []  # content codings
        self.transfer: list[str] = []  # transfer codings, `chunked` among them
        self.lengths: list[str] = []
        for name, value in fields:
            if len(name) in _BODY_FIELD_LENGTHS and (kind := _BODY_FIELDS.get(name.lower())):
                getattr(self, kind).extend(part.strip() for part in value.lower().split(","))

    @property
    def chunked(self) -> bool:
        """Whether the body is in chunks, whatever the length is said to be."""
        return "chunked" in self.transfer


_BODY_FIELDS: Final = {
    "content-encoding": "content",
    "transfer-encoding": "transfer",
    "content-length": "lengths",
}
_BODY_FIELD_LENGTHS: Final = frozenset(map(len, _BODY_FIELDS))


def _framing(body: BodyFields) -> str:
    """The one field that says where the body ends, or none: with the connection (RFC 9112 §6.3)."""
    if body.chunked:
        return "Transfer-Encoding: chunked\r\n"
    lengths = {int(match[1]) for text in body.lengths if (match := _LENGTH.fullmatch(text))}
    if len(lengths) > 1:
        raise NetworkError(
            "Parse Error: Content-Length differs", "HPE_UNEXPECTED_CONTENT_LENGTH", ErrorKind.PROTOCOL
        )
    return "".join(f"Content-Length: {length}\r\n" for length in lengths)
