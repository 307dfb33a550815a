"""One `replace` for structs and dataclasses, and what none of them shows where it is printed."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import pytest
from msgspec import Struct

from kuma_lite.core.records import hiding, replace
from tests.support.modules import all_modules

# Names of fields that hold a secret, where what they hold is text or bytes.
SECRETS = re.compile(r"password|passphrase|secret|private_key|key_pem|bearer|push_token|config_text")
TEXTS = ("str", "bytes")


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


class Login(Struct, frozen=True):
    __repr__ = hiding("password")

    user: str
    password: str = ""


class Row(NamedTuple):
    user: str
    password: str

    def __repr__(self) -> str:
        return hiding("password")(self)


@pytest.mark.parametrize("kind", [Login, Row])
def test_what_is_hidden_is_not_printed(kind: type[Login | Row]) -> None:
    value = kind("ann", "hunter2")
    assert repr(value) == f"{kind.__name__}(user='ann')"
    assert f"{[value]}" == f"[{kind.__name__}(user='ann')]"


def kinds() -> Iterator[type[Any]]:
    """Every struct, named tuple and dataclass of the program."""
    for module in all_modules():
        for found in vars(module).values():
            if isinstance(found, type) and found.__module__ == module.__name__:
                yield found


def printed(kind: type[Any]) -> set[str]:
    """The fields with text in them that show up where one of this kind is printed."""
    if dataclasses.is_dataclass(kind):
        shown = {field.name for field in dataclasses.fields(kind) if field.repr}
        return shown if "__repr__" in vars(kind) else set()
    if not issubclass(kind, (Struct, tuple)):
        return set()
    names = getattr(kind, "__struct_fields__", None) or getattr(kind, "_fields", ())
    text = repr(kind(**{name: f"<{name}>" for name in names}))
    return {name for name in names if f"<{name}>" in text}


def test_no_secret_is_printed_with_what_holds_it() -> None:
    """Such values end up in the text of an unforeseen error, and that in the log."""
    found = []
    for kind in kinds():
        for name in filter(SECRETS.search, printed(kind)):
            if str(kind.__annotations__.get(name, "")).startswith(TEXTS):
                found.append(f"{kind.__module__}.{kind.__qualname__}.{name}")
    assert found == []
