"""DNS messages (RFC 1035): a question as bytes, and what an answer says, checked (pure).

dnspython makes objects of everything in a message, which costs more than the rest of a check. So the frame of
an answer is read here, and of its records those that are wanted (`_dns_records`).
"""

from __future__ import annotations

import struct
from typing import Any, Final

from msgspec import Struct

from kuma_lite.checks._dns_records import LABEL, POINTER, Malformed, different, read_record

FORMERR, SERVFAIL, NOTIMP, REFUSED, BADVERS = 1, 2, 4, 5, 16

_HEADER: Final = struct.Struct("!HHHHHH")  # id, flags, number of questions and of records by section
_ASKED: Final = struct.Struct("!HH")  # type, class
_RECORD: Final = struct.Struct("!HHIH")  # type, class, time to live, bytes that follow
_IN: Final = 1  # the class
_RESPONSE, _OPCODE, _TRUNCATED, _RECURSION = 0x8000, 0x7800, 0x0200, 0x0100
_ANSWERS, _ADDITIONAL = 0, 2  # sections
_OPT: Final = 41  # type of the record that is EDNS (RFC 6891 §6.1)
_MAY_NOT_REPEAT: Final = frozenset({FORMERR, SERVFAIL, NOTIMP, REFUSED})  # the question, when it gave trouble


class Question(Struct, frozen=True):
    """What is asked."""

    name: bytes  # as on the wire, uncompressed
    kind: int  # one of TYPES

    def packed(self, number: int, payload: int) -> bytes:
        """The message of an id; `payload`: bytes of an answer that a datagram may hold, 0 is without EDNS."""
        header = _HEADER.pack(number, _RECURSION, 1, 0, 0, 1 if payload else 0)
        edns = b"\0" + _RECORD.pack(_OPT, payload, 0, 0) if payload else b""
        return header + self.name + _ASKED.pack(self.kind, _IN) + edns


class Answer(Struct, frozen=True):
    """What a server said."""

    code: int  # 0: no error (RCODE with its extension)
    truncated: bool
    records: list[Any]  # of the wanted type, see `_dns_records`


def number_of(wire: bytes) -> int:
    """The id of a message, which is that of its question."""
    return int.from_bytes(wire[:2], "big")


def read_answer(wire: bytes, question: Question) -> Answer:
    """The answer to a question; what follows it is ignored. Raises Malformed."""
    try:
        return _read(wire, question)
    except (IndexError, struct.error):
        raise Malformed("it ends early") from None


def _read(wire: bytes, question: Question) -> Answer:
    _, flags, questions, *counts = _HEADER.unpack_from(wire)
    if flags & (_RESPONSE | _OPCODE) != _RESPONSE:
        raise Malformed("it is no response to a query")
    code, at = flags & 0x0F, _HEADER.size
    if questions or code not in _MAY_NOT_REPEAT:
        at = _after_question(wire, question, questions)
    records: list[Any] = []
    edns = False
    for section, count in enumerate(counts):
        for _ in range(count):
            began, at = at, _after_name(wire, at)
            kind, category, extra, length = _RECORD.unpack_from(wire, at)
            at += _RECORD.size
            if at + length > len(wire):
                raise Malformed("a record ends early")
            if kind == _OPT:
                if edns or section != _ADDITIONAL or wire[began]:
                    raise Malformed("EDNS in the wrong place")
                edns, code = True, code | extra >> 24 << 4
            elif section == _ANSWERS and kind == question.kind and category == _IN:
                records.append(read_record(wire, kind, at, length))
            at += length
    return Answer(code, bool(flags & _TRUNCATED), different(records) if len(records) > 1 else records)


def _after_question(wire: bytes, question: Question, count: int) -> int:
    """The position behind the question, which must be ours; servers may write its letters in another case."""
    end = _HEADER.size + len(question.name)
    same = wire[_HEADER.size : end].lower() == question.name.lower()
    if count != 1 or not same or _ASKED.unpack_from(wire, end) != (question.kind, _IN):
        raise Malformed("it answers another question")
    return end + _ASKED.size


def _after_name(wire: bytes, at: int) -> int:
    """The position behind a name; where it goes on elsewhere, that must lie before it."""
    began = at
    while length := wire[at]:
        if length > LABEL:
            target = (length & ~POINTER) << 8 | wire[at + 1]
            if length < POINTER or target >= began:
                raise Malformed("a name leads nowhere")
            return at + 2
        at += 1 + length
    return at + 1
