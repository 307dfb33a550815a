"""One `replace` for structs and dataclasses."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from msgspec import Struct

from kuma_lite.core.records import replace


class Point(Struct, frozen=True):
    x: int
    y: int = 0


@dataclass(frozen=True)
class Place:
    name: str
    secret: str = ""


@pytest.mark.parametrize(
    ("value", "changes", "wanted"),
    [(Point(1, 2), {"y": 3}, Point(1, 3)), (Place("a", "b"), {"name": "c"}, Place("c", "b"))],
)
def test_other_fields_and_the_rest_as_it_was(value: Point | Place, changes: dict, wanted: object) -> None:
    assert replace(value, **changes) == wanted
    with pytest.raises(TypeError):
        replace(value, nothing=1)
