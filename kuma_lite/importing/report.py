"""What was taken over and what was not, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

NAMES_SHOWN: Final = 5  # of what was left; the rest is counted


@dataclass
class Report:
    """Notes for a person, taken as an import goes along.

    Attributes:
        taken: what it is, in the plural → how many.
        left: why it was not taken → what it was.
        remarks: what is to be known of something that was taken → what it is.
    """

    taken: dict[str, int] = field(default_factory=dict)
    left: dict[str, list[str]] = field(default_factory=dict)
    remarks: dict[str, list[str]] = field(default_factory=dict)

    def took(self, what: str, count: int) -> None:
        """Count what was taken."""
        self.taken[what] = self.taken.get(what, 0) + count

    def leave(self, what: str, why: str) -> None:
        """Something was not taken."""
        self.left.setdefault(why, []).append(what)

    def remark(self, what: str, why: str) -> None:
        """Something was taken, but is not quite what it was."""
        self.remarks.setdefault(why, []).append(what)

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

    def as_json(self) -> dict[str, Any]:
        """For an import that is interrupted and goes on later."""
        return {"taken": self.taken, "left": self.left, "remarks": self.remarks}

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Report:
        """The inverse of `as_json`."""
        return cls(dict(document["taken"]), dict(document["left"]), dict(document["remarks"]))


def _listed(what: list[str]) -> str:
    shown = ", ".join(what[:NAMES_SHOWN])
    more = len(what) - NAMES_SHOWN
    return f"{shown} and {more:,} more" if more > 0 else shown
