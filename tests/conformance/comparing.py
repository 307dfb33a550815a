"""What of a step is compared, what the marks blur, and when two normalised steps are the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from tests.conformance.client import ON_BEAT, PERIODIC

# Events after which a push of all maintenance plans is an answer, not a coincidence.
EXPECTS_MAINTENANCE = re.compile(
    r"Maintenance$|MaintenanceStatusPage$|^setSettings$|^getMaintenanceList$|^login"
)

# Texts of the reference's language runtime or database engine: by default only their presence is compared.
ENGINE_TEXT = re.compile(
    r"Cannot read propert|Cannot set propert|Cannot destructure|is not a function|"
    r"is not iterable|is not defined|Unexpected token|Unexpected end of|SQLITE_|"
    r"^(insert into|update |select |delete from)|Undefined binding|Illegal arguments|"
    r"^The \"?\w+\"? argument|must be of type|^Invalid bean|Invalid time value|"
    r"not valid JSON|in JSON at position|Invalid URL|ENOENT|getaddrinfo|EAI_AGAIN|"
    r"Cannot convert|circular structure|data and hash|Bad control character|"
    r"^CronPattern|^CronDate|invalid regular|after JSON at|Invalid template",
    re.I,
)


def waits_for(event: str, sent: str, marks: dict[str, Any]) -> bool:
    """Tell whether a pushed event counts as an answer to what was sent."""
    if event in marks.get("ignore", ()):
        return False
    if event in marks.get("also", ()):
        return True
    if event in PERIODIC:
        return False
    if event in ON_BEAT:
        return bool(EXPECTS_MAINTENANCE.search(sent))
    return True


def shape(value: Any) -> Any:
    """The types of a value; of a list, the shapes of its first element."""
    if isinstance(value, dict):
        return {k: shape(v) for k, v in value.items()}
    if isinstance(value, list):
        return ["non-empty" if value else "empty", shape(value[0]) if value else None]
    if isinstance(value, bool):
        return "<bool>"
    if isinstance(value, (int, float)):
        return "<number>"
    if value is None:
        return None
    return "<string>"


def at_paths(tree: Any, paths: Iterable[str] | None, change: Callable[[Any], Any]) -> None:
    """Replace what the dotted paths point at; `*` matches any key or index."""
    for path in paths or ():
        _at(tree, path.split("."), change)


def _at(node: Any, parts: list[str], change: Callable[[Any], Any]) -> None:
    head, rest = parts[0], parts[1:]
    keys: Iterable[Any]
    if isinstance(node, dict):
        keys = list(node) if head == "*" else [head] if head in node else []
    elif isinstance(node, list):
        keys = range(len(node)) if head == "*" else [int(head)] if head.isdigit() else []
        keys = [key for key in keys if key < len(node)]
    else:
        return
    for k in keys:
        if rest:
            _at(node[k], rest, change)
        else:
            node[k] = change(node[k])


def apply_marks(step: dict[str, Any], marks: dict[str, Any]) -> dict[str, Any]:
    """Blur or cut what the marks of a step name, in its normalised form."""
    at_paths(step, marks.get("any"), lambda v: "<any>")
    at_paths(step, marks.get("text"), lambda v: "<text>" if isinstance(v, str) and v else v)
    at_paths(step, marks.get("shape"), shape)
    for path in marks.get("drop", ()):
        parent, _, leaf = path.rpartition(".")

        def cut(v: Any, leaf: str = leaf) -> Any:
            if isinstance(v, dict):
                v.pop(leaf, None)
            return v

        at_paths({"": step} if not parent else step, [parent] if parent else [""], cut)
    return step


def loosen(expected: Any, actual: Any) -> tuple[Any, Any]:
    """Blur texts of the reference's runtime, pairwise on both sides."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        e, a = dict(expected), dict(actual)
        for k in expected:
            if k in actual:
                e[k], a[k] = loosen(expected[k], actual[k])
        return e, a
    if isinstance(expected, list) and isinstance(actual, list):
        if len(expected) != len(actual):
            return expected, actual
        pairs = [loosen(x, y) for x, y in zip(expected, actual, strict=True)]
        return [p[0] for p in pairs], [p[1] for p in pairs]
    if isinstance(expected, str) and isinstance(actual, str) and actual and ENGINE_TEXT.search(expected):
        return "<engine text>", "<engine text>"
    return expected, actual


def same(a: Any, b: Any) -> bool:
    """Equality that keeps booleans and numbers apart."""
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    return bool(a == b)
