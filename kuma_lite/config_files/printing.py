"""A plan as people read it on a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from kuma_lite.config_files.model import CHANGES, Deed

_GREEN, _YELLOW, _RED, _FAINT, _PLAIN = "\x1b[32m", "\x1b[33m", "\x1b[31m", "\x1b[2m", "\x1b[0m"
_MARKS: Final = {
    Deed.CREATE: ("+", _GREEN, "to create"),
    Deed.UPDATE: ("~", _YELLOW, "to change"),
    Deed.DELETE: ("-", _RED, "to remove"),
    Deed.ADOPT: ("=", _FAINT, "to take over as they are"),
    Deed.KEEP: ("·", _FAINT, "not in the file any more (--prune removes them)"),
    Deed.WAIT: ("?", _FAINT, "waiting until they report"),
}
_DONE: Final = {
    Deed.CREATE: "created",
    Deed.UPDATE: "changed",
    Deed.DELETE: "removed",
    Deed.ADOPT: "taken over as they are",
}
NOTHING: Final = "Nothing to do: everything is as the file says."
_LONGEST: Final = 80  # characters of one value


def plan_lines(changes: Sequence[Mapping[str, Any]], *, colour: bool) -> Iterator[str]:
    """What would be done, as the server answers it."""
    for change in changes:
        deed = Deed(change["action"])
        mark, paint, _ = _MARKS[deed]
        line = f"{mark} {change['kind']} {_text(change['key'])}"
        yield f"{paint}{line}{_PLAIN}" if colour else line
        width = max((len(one["name"]) for one in change["fields"]), default=0)
        for one in change["fields"]:
            yield f"    {one['name'].ljust(width)}  {_values(deed, one)}"
    summary = counted(changes, done=False)
    yield f"Plan: {summary}." if summary else NOTHING


def counted(changes: Sequence[Mapping[str, Any]], *, done: bool) -> str:
    """`2 to create, 1 to change`, or what was done."""
    parts = []
    for deed, (_, _, words) in _MARKS.items():
        if done and deed not in CHANGES:
            continue
        count = sum(change["action"] == deed for change in changes)
        if count:
            parts.append(f"{count} {_DONE[deed] if done else words}")
    return ", ".join(parts)


def changes_anything(changes: Sequence[Mapping[str, Any]]) -> bool:
    """Whether there is anything to do."""
    return any(change["action"] in CHANGES for change in changes)


def _values(deed: Deed, one: Mapping[str, Any]) -> str:
    new = _text(one["new"])
    return new if deed is Deed.CREATE else f"{_text(one['old'])} → {new}"


def _text(value: Any) -> str:
    """In one line, and without what a terminal would obey."""
    text = json.dumps(value, ensure_ascii=False)
    text = "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in text)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
