"""SIP over datagrams (pure): the question OPTIONS, and what answers it (RFC 3261 §11, §17.1.2)."""

from __future__ import annotations

import re
import secrets
from typing import Final, Self

from msgspec import Struct

_STATUS_LINE: Final = re.compile(r"SIP/2\.0 ([1-6][0-9]{2})(?: (.*))?")
_BRANCH: Final = re.compile(r";\s*branch\s*=\s*([^\s;,]+)", re.IGNORECASE)
_COMPACT: Final = {"v": "via", "i": "call-id"}  # short names of headers (RFC 3261 §7.3.3)
_SHOWN_CHARS: Final = 200


class Status(Struct, frozen=True):
    """The first line of an answer."""

    code: int
    line: str


class Question(Struct, frozen=True):
    """One request, and what its answers are known by."""

    host: str  # as it stands in an address: IPv6 in brackets
    port: int
    branch: str
    call_id: str
    tag: str

    @classmethod
    def to(cls, host: str, port: int) -> Self:
        """A new one."""
        bare = host.partition("%")[0]
        branch, call_id, tag = (secrets.token_hex(8) for _ in range(3))
        return cls(f"[{bare}]" if ":" in bare else bare, port, f"z9hG4bK{branch}", call_id, tag)

    def message(self, own: tuple[str, int]) -> bytes:
        """The request as it is sent; `own`: address and port for the answer."""
        ip, port = own
        bare = ip.partition("%")[0]
        us = f"[{bare}]:{port}" if ":" in bare else f"{bare}:{port}"
        lines = (
            f"OPTIONS sip:{self.host}:{self.port} SIP/2.0",
            f"Via: SIP/2.0/UDP {us};branch={self.branch};rport",
            "Max-Forwards: 70",
            f"From: <sip:kuma-lite@{self.host}>;tag={self.tag}",
            f"To: <sip:{self.host}:{self.port}>",
            f"Call-ID: {self.call_id}@{us.rpartition(':')[0]}",
            "CSeq: 1 OPTIONS",
            f"Contact: <sip:kuma-lite@{us}>",
            "Accept: application/sdp",
            "User-Agent: Kuma Lite",
            "Content-Length: 0",
        )
        return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "replace")

    def status(self, data: bytes) -> Status | None:
        """What an answer to this question says; None for one to another.

        Raises ValueError for what is no answer at all.
        """
        head = data.partition(b"\r\n\r\n")[0].decode("utf-8", "replace")
        first, *lines = re.sub(r"\r?\n[ \t]+", " ", head).splitlines() or [""]
        found = _STATUS_LINE.fullmatch(first.rstrip())
        if found is None:
            raise ValueError("no SIP")
        branch = _BRANCH.search(_header(lines, "via"))
        call_id = _header(lines, "call-id").partition("@")[0]
        if branch is None or (branch[1], call_id) != (self.branch, self.call_id):
            return None
        return Status(int(found[1]), first.rstrip()[:_SHOWN_CHARS])


def _header(lines: list[str], wanted: str) -> str:
    """The first header of that name."""
    for line in lines:
        name, _, value = line.partition(":")
        name = name.strip().lower()
        if _COMPACT.get(name, name) == wanted:
            return value.strip()
    return ""
