"""The lists of monitor types and notification services in the README are those of the program.

`make lists` (`python -m tests.test_lists`) writes them.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import pytest

from kuma_lite.checks import monitor_types
from kuma_lite.core.declarations import NotificationService
from kuma_lite.core.registry import Registry
from kuma_lite.notifications import services

README: Final = Path(__file__).parent.parent / "README.md"
WIDTH: Final = 106  # with the mark of the end, 120
INDENT: Final = "  "


def labels() -> dict[str, list[str]]:
    """What is listed under which word: all that is built in, by the names that people see."""
    base: Any = NotificationService
    found: dict[str, Iterable[Any]] = {
        "Monitors": monitor_types().built_in(),
        "Notifications": Registry(services, base).built_in(),
    }
    return {
        word: sorted((re.sub(r" \(Support .*\)", "", kind.label) for kind in kinds), key=str.lower)
        for word, kinds in found.items()
    }


def render(text: str, listed: dict[str, list[str]]) -> str:
    """The document with the lists of today. Raises ValueError when it has no place for one."""
    for word, names in listed.items():
        place = re.compile(rf"(<!-- {word.lower()}: make lists -->\n).*?( <!-- end -->)", re.DOTALL)
        line = f"{len(names)} so far: {', '.join(names)}."
        written = textwrap.fill(line, WIDTH, initial_indent=INDENT, subsequent_indent=INDENT)
        text, places = place.subn(lambda found, new=written: f"{found[1]}{new}{found[2]}", text)  # type: ignore[misc]
        if places != 1:
            raise ValueError(f"no place for {word}")
    return text


def test_the_lists_are_up_to_date() -> None:
    text = README.read_text()
    assert text == render(text, labels()), "run `make lists`"


def test_every_kind_is_listed() -> None:
    listed = labels()
    assert {"HTTP(s)", "Ping", "Push"} < set(listed["Monitors"])
    assert {"Apprise", "Email (SMTP)", "Ntfy", "Webhook"} < set(listed["Notifications"])


def test_a_new_kind_makes_the_document_stale() -> None:
    text, listed = README.read_text(), labels()
    listed["Notifications"].append("Carrier pigeon")
    assert "Carrier pigeon." in " ".join(render(text, listed).split())  # wherever the line ends
    with pytest.raises(ValueError, match="no place for Notifications"):
        render(text.replace("<!-- notifications:", "<!-- others:"), listed)


if __name__ == "__main__":
    README.write_text(render(README.read_text(), labels()))
