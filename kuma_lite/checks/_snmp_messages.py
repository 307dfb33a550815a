"""SNMP's messages (pure): GET of one object in v1 (RFC 1157), v2c (RFC 1901) and v3 (RFC 3412, 3414).

v3 without authentication: a user is named, nothing is signed.
"""

from __future__ import annotations

import struct
from typing import Final

from msgspec import Struct

from kuma_lite.checks import _ber as ber
from kuma_lite.checks._ber import BerError, Reader

V1, V2C, V3 = 0, 1, 3
NO_SUCH_OBJECT, NO_SUCH_INSTANCE, END_OF_MIB_VIEW = 0x80, 0x81, 0x82
GET, RESPONSE, REPORT = 0xA0, 0xA2, 0xA8
USM_STATISTICS: Final = "1.3.6.1.6.3.15.1.1."
UNKNOWN_ENGINE: Final = f"{USM_STATISTICS}4.0"

_MAX_MESSAGE_BYTES: Final = 65_507  # the largest datagram
_REPORTABLE: Final = b"\x04"  # flags: tell us what is wrong; neither signed nor encrypted
_USM: Final = 3  # security model
_IP_ADDRESS: Final = 0x40
_UNSIGNED: Final = frozenset({0x41, 0x42, 0x43, 0x46, 0x47})  # counters, gauge, ticks
_OPAQUE: Final = 0x44
_FLOATS: Final = {b"\x9f\x78\x04": ">f", b"\x9f\x79\x08": ">d"}  # what net-snmp wraps in an Opaque

Value = int | float | str | None


class Engine(Struct, frozen=True):
    """Who answers under v3: its id, how often it was started, and its clock in seconds."""

    id: bytes = b""
    boots: int = 0
    time: int = 0


class Answer(Struct, frozen=True):
    """What came back.

    `tag`: of the value; `status` and `index`: which error, and of which object; `kind`: RESPONSE or REPORT.
    """

    kind: int
    status: int = 0
    index: int = 0
    object_id: str = ""
    tag: int = ber.NULL
    value: Value = None
    objects: int = 1
    engine: Engine = Engine()


def get(version: int, community: bytes, object_id: str, number: int) -> bytes:
    """The question under v1 and v2c; `number` comes back in the answer. Raises BerError."""
    return ber.sequence(ber.integer(version), ber.octets(community), _get(number, object_id))


def get_v3(engine: Engine, user: bytes, object_id: str, number: int) -> bytes:
    """The question under v3; an empty id asks only which engine it is. Raises BerError."""
    head = ber.sequence(
        ber.integer(number), ber.integer(_MAX_MESSAGE_BYTES), ber.octets(_REPORTABLE), ber.integer(_USM)
    )
    security = ber.sequence(
        ber.octets(engine.id),
        ber.integer(engine.boots),
        ber.integer(engine.time),
        ber.octets(user),
        ber.octets(b""),
        ber.octets(b""),
    )
    scoped = ber.sequence(ber.octets(engine.id), ber.octets(b""), _get(number, object_id))
    return ber.sequence(ber.integer(V3), head, ber.octets(security), scoped)


def _get(number: int, object_id: str) -> bytes:
    asked = (ber.sequence(ber.object_id(object_id), ber.element(ber.NULL, b"")),) if object_id else ()
    return ber.sequence(ber.integer(number), ber.integer(0), ber.integer(0), ber.sequence(*asked), tag=GET)


def read(data: bytes, version: int, number: int) -> Answer | None:
    """The answer to the question of that number; None for a message that is none. Raises BerError."""
    message = Reader(data).sequence()
    if message.integer() != version:
        return None
    if version != V3:
        message.octets()  # the community: the number says whether the answer is ours
        return _pdu(message, number, Engine())
    head = message.sequence()
    if head.integer() != number:
        return None
    security = Reader(message.octets()).sequence()
    engine = Engine(security.octets(), security.integer(), security.integer())
    scoped = message.sequence()
    scoped.octets()
    scoped.octets()
    return _pdu(scoped, None, engine)  # a report need not repeat the number of a question it did not read


def _pdu(message: Reader, number: int | None, engine: Engine) -> Answer | None:
    kind = message.tag
    if kind not in (RESPONSE, REPORT):
        return None
    pdu = message.sequence(kind)
    if pdu.integer() != number and number is not None:
        return None
    status, index = pdu.integer(), pdu.integer()
    bindings, found = pdu.sequence(), []
    while bindings:
        binding = bindings.sequence()
        found.append((binding.object_id(), *binding.any()))
    if not found:
        return Answer(kind, status, index, objects=0, engine=engine)
    object_id, tag, content = found[0]
    value = None if status else _value(tag, content)
    return Answer(kind, status, index, object_id, tag, value, len(found), engine)


def _value(tag: int, content: bytes) -> Value:
    """A value of an object (RFC 2578 §7). Raises BerError."""
    if tag == ber.INTEGER:
        return ber.read_integer(content)
    if tag in _UNSIGNED:
        return ber.read_integer(b"\0" + content)  # some agents leave out the byte that says "no minus"
    if tag == ber.OCTETS:
        return content.decode("utf-8", "replace")
    if tag == ber.OBJECT_ID:
        return ber.read_object_id(content)
    if tag == _IP_ADDRESS and len(content) == 4:
        return ".".join(map(str, content))
    if tag == _OPAQUE:
        return _opaque(content)
    if tag in (ber.NULL, NO_SUCH_OBJECT, NO_SUCH_INSTANCE, END_OF_MIB_VIEW):
        return None
    raise BerError(f"a value of unknown type {tag:#04x}")


def _opaque(content: bytes) -> Value:
    layout = _FLOATS.get(content[:3])
    if layout is None or len(content) != 3 + struct.calcsize(layout):
        return content.decode("utf-8", "replace")
    number: float = struct.unpack(layout, content[3:])[0]
    return float(f"{number:.7g}") if layout == ">f" else number
