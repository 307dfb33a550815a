"""LDAP's messages (pure): bind, search, STARTTLS, and what answers them (RFC 4511)."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from kuma_lite.checks import _ber as ber
from kuma_lite.checks._ber import Reader

BIND, SEARCH, EXTENDED = 0x60, 0x63, 0x77
BIND_ANSWER, ENTRY, SEARCH_DONE, REFERENCE, EXTENDED_ANSWER = 0x61, 0x64, 0x65, 0x73, 0x78
SUCCESS: Final = 0
NOTICE: Final = 0  # number of a message that answers nothing: the server is about to leave

_VERSION: Final = 3
_UNBIND: Final = 0x42
_SUBTREE: Final = 2
_NO_ATTRIBUTES: Final = b"1.1"
_START_TLS: Final = b"1.3.6.1.4.1.1466.20037"
_RESULTS: Final = {
    1: "operations error",
    2: "protocol error",
    3: "time limit exceeded",
    4: "size limit exceeded",
    7: "authentication method not supported",
    8: "stronger authentication required",
    10: "referral to another server",
    11: "administrative limit exceeded",
    12: "critical extension not available",
    13: "confidentiality required",
    16: "no such attribute",
    17: "undefined attribute type",
    18: "inappropriate matching",
    21: "invalid attribute syntax",
    32: "no such object",
    33: "alias problem",
    34: "invalid DN",
    36: "alias dereferencing problem",
    48: "inappropriate authentication",
    49: "invalid credentials",
    50: "insufficient access rights",
    51: "busy",
    52: "unavailable",
    53: "unwilling to perform",
    54: "loop detected",
    80: "other error",
}


class Answer(Struct, frozen=True):
    """One message of a server. `code` and `reason` only of those that end a question."""

    number: int
    kind: int
    code: int = SUCCESS
    reason: str = ""

    def sentence(self) -> str:
        """The result in words, its number, and what the server says besides."""
        words = f"{_RESULTS.get(self.code, 'error')} ({self.code})"
        return f"{words}: {self.reason}" if self.reason else words


def bind(number: int, name: str, password: str) -> bytes:
    """Log in; without a name and a password, as nobody."""
    return _message(
        number,
        ber.sequence(
            ber.integer(_VERSION), ber.octets(_bytes(name)), ber.octets(_bytes(password), 0x80), tag=BIND
        ),
    )


def search(number: int, base: str, condition: bytes, seconds: int) -> bytes:
    """Look for one entry at and below `base`; `condition` is an encoded filter."""
    return _message(
        number,
        ber.sequence(
            ber.octets(_bytes(base)),
            ber.integer(_SUBTREE, ber.ENUMERATED),
            ber.integer(0, ber.ENUMERATED),  # aliases stay what they are
            ber.integer(1),  # entries
            ber.integer(seconds),
            ber.boolean(True),  # names of attributes only
            condition,
            ber.sequence(ber.octets(_NO_ATTRIBUTES)),
            tag=SEARCH,
        ),
    )


def start_tls(number: int) -> bytes:
    """Ask for TLS on this connection."""
    return _message(number, ber.sequence(ber.octets(_START_TLS, 0x80), tag=EXTENDED))


def unbind(number: int) -> bytes:
    """Say goodbye."""
    return _message(number, ber.element(_UNBIND, b""))


def _message(number: int, operation: bytes) -> bytes:
    return ber.sequence(ber.integer(number), operation)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def read(data: bytes) -> Answer:
    """One message. Raises BerError."""
    message = Reader(data).sequence()
    number = message.integer()
    kind, content = message.any()
    if kind not in (BIND_ANSWER, SEARCH_DONE, EXTENDED_ANSWER):
        return Answer(number, kind)
    result = Reader(content)
    code = result.integer(ber.ENUMERATED)
    result.octets()  # the part of a name that exists
    return Answer(number, kind, code, _line(result.octets()))


def _line(text: bytes) -> str:
    return " ".join(text.decode("utf-8", "replace").replace("\0", " ").split())[:200]
