"""`docs/differences.md` says what `tests/conformance/differences.json` says."""

from __future__ import annotations

import json
from pathlib import Path

ROOT = Path(__file__).parent.parent


def render(entries: list[dict[str, str]]) -> str:
    """The document: one reason, and the steps where it shows."""
    reasons: dict[str, list[str]] = {}
    for entry in entries:
        reasons.setdefault(entry["why"], []).append(f"{entry['scenario']}: {entry['step']}")
    lines = [
        "# Where we differ from Uptime Kuma 2.5 on purpose",
        "",
        "Made from `tests/conformance/differences.json` by `python -m tests.test_differences`. Each entry",
        "names the steps of the recorded sessions in which the difference shows.",
    ]
    for why, steps in sorted(reasons.items()):
        lines += ["", f"## {why}", ""]
        lines += [f"- {step}" for step in steps]
    return "\n".join(lines) + "\n"


def entries() -> list[dict[str, str]]:
    loaded: list[dict[str, str]] = json.loads((ROOT / "tests/conformance/differences.json").read_text())
    return loaded


def test_every_difference_has_a_reason() -> None:
    assert all(entry["why"].strip() for entry in entries())


def test_the_document_is_up_to_date() -> None:
    assert (ROOT / "docs/differences.md").read_text() == render(entries())


if __name__ == "__main__":
    (ROOT / "docs/differences.md").write_text(render(entries()))
