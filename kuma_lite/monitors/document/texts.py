"""Stored documents as the JSON of the wire, of which most is the same for all monitors."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from msgspec import Struct

from kuma_lite.monitors.document.fields import Document, shown

ACTIVE: Final = "active"  # a field of the document, and what follows from its groups instead of that
_SHAPES_KEPT: Final = 512  # different sets of fields that documents have; a large server has some dozens

_encode: Final = msgspec.json.Encoder().encode


class _Shape(Struct, frozen=True):
    """What documents with the same fields have in common."""

    text: bytes  # all members, with `%b` for values
    fields: tuple[str, ...]  # whose, in that order


_shapes: Final[dict[tuple[bool, tuple[str, ...]], _Shape]] = {}


def shown_text(document: Document, *, active: bool, sensitive: bool) -> bytes:
    """The members of `shown(document)`, without braces; `active` takes the place of the field."""
    key = (sensitive, tuple(document))
    shape = _shapes.get(key)
    if shape is None:
        if len(_shapes) >= _SHAPES_KEPT:
            _shapes.clear()
        shape = _shapes[key] = _shape_of(document, sensitive)
    return shape.text % tuple(
        [_encode(active if field == ACTIVE else document[field]) for field in shape.fields]
    )


def _shape_of(document: Document, sensitive: bool) -> _Shape:
    members: list[bytes] = []
    fields: list[str] = []
    for field, value in shown(document, sensitive=sensitive).items():
        varies = field == ACTIVE or field in document
        members.append(b"%b:%b" % (_quoted(field), b"%b" if varies else _quoted(value)))
        if varies:
            fields.append(field)
    return _Shape(b",".join(members), tuple(fields))


def _quoted(value: Any) -> bytes:
    return _encode(value).replace(b"%", b"%%")
