"""What the wire has to know of types of Uptime Kuma 2.5 that this program stores but does not check yet.

Once a type has a file in `checks/`, what stands here moves there: a test refuses a type that is in both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from kuma_lite.core.declarations import ConditionVariable
from kuma_lite.core.targets import Target
from kuma_lite.monitors.document.fields import Document


class UncheckedType(NamedTuple):
    """What would stand in the type's own file."""

    validate: Callable[[Document], Document] | None = None  # refuses (UserError); returns keys to change
    address: str = ""  # the field in which its host or URL stands
    condition_variables: tuple[ConditionVariable, ...] = ()
    in_type_list: bool = True


def validate_unchecked(document: Document) -> Document:
    """Refuse what the original refuses (UserError); returns keys to change."""
    kind = UNCHECKED.get(document.get("type") or "")
    return kind.validate(document) if kind is not None and kind.validate is not None else {}


def target_of_unchecked(document: Mapping[str, Any]) -> Target | None:
    """What a monitor of such a type points at; None for one without a host, or without a known type."""
    name = document.get("type")
    kind = UNCHECKED.get(name) if isinstance(name, str) else None
    if kind is None or not kind.address:
        return None
    value = document.get(kind.address)
    address = value if isinstance(value, str) else ""
    return Target(host=address) if kind.address == "hostname" else Target(url=address)


UNCHECKED: Final[dict[str, UncheckedType]] = {}
