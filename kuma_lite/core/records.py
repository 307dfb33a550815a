"""Values of both sorts, structs of msgspec and dataclasses: `replace`, and how to hide some fields.

What is only a value is a `msgspec.Struct`: it is defined in 20 µs and made in 0.1 µs. A dataclass takes
650 µs, as Python before 3.13 compiles six functions from text for each, and 0.8 µs when it is frozen; a
named tuple takes 130 µs, and is for what is unpacked, sorted or stored as a row. What is not a plain value,
or must do without libraries, stays a dataclass.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from dataclasses import replace as replace  # so that names and types of the changes are looked at
else:
    import dataclasses

    def replace(value: Any, /, **changes: Any) -> Any:
        """The same value with other fields."""
        change = msgspec.structs.replace if isinstance(value, msgspec.Struct) else dataclasses.replace
        return change(value, **changes)


def hiding(*names: str) -> Callable[[Any], str]:
    """A `__repr__` for a struct or named tuple that leaves out these fields, so that no log can show them."""

    def shown(self: Any) -> str:
        fields = getattr(self, "__struct_fields__", None) or self._fields
        rest = (f"{name}={getattr(self, name)!r}" for name in fields if name not in names)
        return f"{type(self).__name__}({', '.join(rest)})"

    return shown
