"""What was taken over and what was not, and why: lines for a terminal, templates that our page translates."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from msgspec import Struct, field

from kuma_lite.core.sentences import filled, translatable

NAMES_SHOWN: Final = 5  # of what was left; the rest is counted


class Named(Struct, frozen=True):
    """What a line is about: a template, and what belongs into it."""

    key: str
    arguments: dict[str, int | float | str]

    def __str__(self) -> str:
        shown = {
            name: value if isinstance(value, str) else f"{value:,}" for name, value in self.arguments.items()
        }
        return filled(self.key, shown)


Notes = dict[str, list[Named]]  # why → what it was


class Report(Struct):
    """Notes for a person, taken as an import goes along.

    Attributes:
        taken: what it is, in the plural → how many.
        left: why it was not taken → what it was.
        remarks: what is to be known of something that was taken → what it is.
    """

    taken: dict[str, int] = field(default_factory=dict)
    left: Notes = field(default_factory=dict)
    remarks: Notes = field(default_factory=dict)

    def took(self, what: str, count: int) -> None:
        """Count what was taken."""
        self.taken[what] = self.taken.get(what, 0) + count

    def leave(self, what: str, why: str, /, **arguments: Any) -> None:
        """Something was not taken: `leave("notification “{name}”", "it is broken", name=name)`."""
        self.left.setdefault(why, []).append(_named(what, arguments))

    def remark(self, what: str, why: str, /, **arguments: Any) -> None:
        """Something was taken, but is not quite what it was."""
        self.remarks.setdefault(why, []).append(_named(what, arguments))

    def lines(self) -> list[str]:
        """The report, ready to print."""
        lines = ["Taken over:"]
        lines += [f"  {what}: {count:,}" for what, count in self.taken.items() if count]
        if self.remarks:
            lines.append("To know:")
            lines += [f"  {_listed(what)}: {why}" for why, what in self.remarks.items()]
        if self.left:
            lines.append("Not taken:")
            lines += [f"  {_listed(what)}: {why}" for why, what in self.left.items()]
        else:
            lines.append("Nothing was left behind.")
        return lines

    def for_page(self) -> dict[str, Any]:
        """The same for our own page, which says it in the language of the reader."""
        return {
            "taken": [{"what": what, "count": count} for what, count in self.taken.items() if count],
            "remarks": _for_page(self.remarks),
            "left": _for_page(self.left),
        }

    def as_json(self) -> dict[str, Any]:
        """For an import that is interrupted and goes on later."""
        document: dict[str, Any] = msgspec.to_builtins(self)
        return document

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Report:
        """The inverse of `as_json`; earlier versions stored things as they were printed."""
        return cls(dict(document["taken"]), _read(document["left"]), _read(document["remarks"]))


def _named(what: str, arguments: dict[str, Any]) -> Named:
    return Named(**translatable(what, arguments))


def _read(notes: dict[str, list[Any]]) -> Notes:
    return {
        why: [Named(one, {}) if isinstance(one, str) else msgspec.convert(one, Named) for one in what]
        for why, what in notes.items()
    }


def _for_page(notes: Notes) -> list[dict[str, Any]]:
    return [
        {
            "why": why,
            "what": msgspec.to_builtins(what[:NAMES_SHOWN]),
            "more": max(0, len(what) - NAMES_SHOWN),
        }
        for why, what in notes.items()
    ]


def _listed(what: list[Named]) -> str:
    shown = ", ".join(str(one) for one in what[:NAMES_SHOWN])
    more = len(what) - NAMES_SHOWN
    return f"{shown} and {more:,} more" if more > 0 else shown
