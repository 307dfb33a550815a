"""The recordings: what was asked of the original, and what it did."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kuma_lite.core.declarations import Message

BESIDE = frozenset({"inputs.json", "test-keys.json"})  # in the folder, but no recordings


@dataclass(frozen=True)
class Call:
    """One message of one variant of a service."""

    service: str
    variant: str
    case: str
    config: dict[str, Any]
    settings: dict[str, Any]
    message: Message
    requests: list[dict[str, Any]]
    sent: bool
    error: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What a declared difference names it by."""
        return self.service, self.variant, self.case


def load(path: Path) -> Any:
    """A file of JSON; three recordings hold halves of an emoji."""
    return json.loads(path.read_bytes().decode("utf-8", "surrogatepass"))


def files(folder: Path) -> list[Path]:
    """The recordings of a folder."""
    return sorted(path for path in folder.glob("*.json") if path.name not in BESIDE)


def calls(path: Path) -> Iterator[Call]:
    """The calls of one service, in order."""
    recorded, inputs = load(path), load(path.with_name("inputs.json"))
    for variant in recorded["variants"]:
        for call in variant["calls"]:
            yield Call(
                recorded["type"],
                variant["name"],
                call["case"],
                variant["config"] | call.get("config_change", {}),
                inputs["settings"] | variant.get("settings", {}),
                _message(call, inputs),
                call["requests"],
                "error" not in call,
                call.get("error", ""),
            )


def _message(call: dict[str, Any], inputs: dict[str, Any]) -> Message:
    found: list[dict[str, Any] | None] = []
    for what in ("monitor", "heartbeat"):
        name = call[what]
        given = None if name is None else inputs[f"{what}s"][name] | call.get(f"{what}_change", {})
        found.append(given)
    return Message(call["msg"], *found)
