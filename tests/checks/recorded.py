"""What the real Uptime Kuma said of targets of each kind (`outcomes/`), for the tests of a type to replay."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = Path(__file__).parent / "outcomes"


class Recorded(NamedTuple):
    """One case. `status` None: the original had said nothing after 25 s."""

    case: str
    peer: str
    config: dict[str, Any]
    status: int | None
    message: str

    def document(self, **ours: Any) -> dict[str, Any]:
        """The monitor, with our own ports and passwords in place of those of the recording."""
        return {**self.config, **ours}


def recorded(kind: str, *, without: Collection[str] = ()) -> dict[str, Recorded]:
    """The cases of a type by name; those in `without` are judged by tests of their own, which say why."""
    found = {
        entry["case"]: Recorded(
            entry["case"],
            entry["peer"],
            entry["config"],
            entry["result"]["status"],
            entry["result"]["msg"] or "",
        )
        for entry in json.loads((FOLDER / f"{kind}.json").read_text())
    }
    assert set(without) <= set(found), f"not recorded: {set(without) - set(found)}"
    return {case: each for case, each in found.items() if case not in without}
