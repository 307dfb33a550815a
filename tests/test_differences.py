"""`docs/differences.md` says what the two files of declared differences say."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
DOCUMENT = ROOT / "docs/differences.md"
REFUSALS = "refusals"  # entries that nothing was recorded of: `tests/conformance/test_refusals.py` plays them

Entries = list[dict[str, Any]]


def read(file: str) -> Entries:
    loaded: Entries = json.loads((ROOT / file).read_text())
    return loaded


def sessions() -> Entries:
    return read("tests/conformance/differences.json")


def notifications() -> Entries:
    return read("tests/notifications/differences.json")


def render() -> str:
    """The document: what clients are told, by reason, then what services are sent, by service."""
    return "\n".join(
        [
            "# Where we differ from Uptime Kuma 2.5 on purpose",
            "",
            "Made by `python -m tests.test_differences` from `tests/conformance/differences.json` and",
            "`tests/notifications/differences.json`.",
            "",
            "## What clients are told",
            "",
            "Each entry names the steps of the recorded sessions in which the difference shows.",
            *_by_reason([entry for entry in sessions() if entry["scenario"] != REFUSALS]),
            "",
            "## What is refused",
            "",
            "What else Uptime Kuma 2.5 is known to take is taken. The sentences are what clients are told.",
            *_refusals([entry for entry in sessions() if entry["scenario"] == REFUSALS]),
            "",
            "## What notification services are sent",
            "",
            "Each entry says in how many of the recorded calls the difference shows.",
            "",
            *_by_service(notifications()),
            "",
        ]
    )


def _by_reason(entries: Entries) -> list[str]:
    reasons: dict[str, list[str]] = {}
    for entry in entries:
        reasons.setdefault(entry["why"], []).append(f"- {entry['scenario']}: {entry['step']}")
    lines: list[str] = []
    for why, steps in sorted(reasons.items()):
        lines += ["", f"### {why}", "", *steps]
    return lines


def _refusals(entries: Entries) -> list[str]:
    reasons: dict[str, list[str]] = {}
    for entry in entries:
        asked = f"`{entry['event']}`" if "event" in entry else "a badge"
        reasons.setdefault(entry["why"], []).append(f"- {asked}: {entry['msg']}")
    lines: list[str] = []
    for why, refused in sorted(reasons.items()):
        lines += ["", f"### {why}", "", *dict.fromkeys(refused)]
    return lines


def _by_service(entries: Entries) -> list[str]:
    counts = Counter((entry["service"], entry["why"]) for entry in entries)
    ordered = sorted(counts.items(), key=lambda item: (item[0][0].lower(), item[0][1]))
    return [f"- **{service}** ({count}): {why}" for (service, why), count in ordered]


def test_every_difference_has_a_reason() -> None:
    assert all(entry["why"].strip() for entry in sessions() + notifications())


def test_the_document_is_up_to_date() -> None:
    assert DOCUMENT.read_text() == render()


if __name__ == "__main__":
    DOCUMENT.write_text(render())
