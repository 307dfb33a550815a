"""What a service must not do itself, because the kit does it: rules on the syntax tree of its file."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from typing import Final

MARKS: Final = frozenset("&<>*_~`")  # of Markdown dialects and HTML

Rule = Callable[[ast.AST], bool]


def repeated(source: str) -> Iterator[tuple[str, int]]:
    """What the source does itself, as the name of a rule, and in which line."""
    for node in ast.walk(ast.parse(source)):
        for name, applies in RULES.items():
            if applies(node):
                yield name, getattr(node, "lineno", 0)


def _calls(node: ast.AST, *names: str) -> bool:
    """Whether it calls a function or a method of that name."""
    if not isinstance(node, ast.Call):
        return False
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return called in names


def _begins(node: ast.AST, place: int = 0) -> str:
    """The constant text of an argument of a call; "" for anything else."""
    if isinstance(node, ast.Call) and len(node.args) > place:
        found = node.args[place]
        if isinstance(found, ast.Constant) and isinstance(found.value, str):
            return found.value
    return ""


def _says(node: ast.AST, pattern: str) -> bool:
    """Whether it is a text, or a piece of one, in which the pattern is found."""
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and bool(re.search(pattern, node.value))
    )


def _imports(node: ast.AST, *modules: str) -> bool:
    """Whether it imports one of the modules, or from it."""
    names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
    names += [one.name for one in node.names] if isinstance(node, ast.Import) else []
    return any(name == module or name.startswith(f"{module}.") for name in names for module in modules)


def _cuts(node: ast.AST) -> bool:
    """`text[:160]`, `text[:MAX_CHARS]`."""
    if not (isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice)):
        return False
    upper = node.slice.upper
    is_limit = isinstance(upper, ast.Name) and upper.id.isupper()
    is_large = isinstance(upper, ast.Constant) and isinstance(upper.value, int) and upper.value > 20
    return node.slice.lower is None and (is_limit or is_large)


def _asks_for_status(node: ast.AST) -> bool:
    """`answer.status >= 500`, `answer.status in (408, 429)`."""
    if not isinstance(node, ast.Compare):
        return False
    parts = list(ast.walk(node))
    judged = any(isinstance(one, ast.Constant) and one.value in (408, 425, 429, 500) for one in parts)
    return judged and any(isinstance(one, ast.Attribute) and one.attr == "status" for one in parts)


def _escapes(node: ast.AST) -> bool:
    """`text.replace("<", "&lt;")`, `html.escape(text)`."""
    return _imports(node, "html") or (
        _calls(node, "replace") and _begins(node) in MARKS and len(_begins(node, 1)) > 1
    )


# Each: what is repeated, and what there is for it.
RULES: Final[dict[str, Rule]] = {
    "cuts a text: kit.limited": _cuts,
    "escapes: kit.escaping": _escapes,
    "writes or reads JSON: Call(json=…), Answer.json, core.json_text": lambda node: _imports(node, "json"),
    "encodes a URL: Call(query=…), kit.quoted, kit.with_parameter": (
        lambda node: _calls(node, "urlencode", "quote", "quote_plus", "urlunsplit")
    ),
    "looks whether a text is an address: kit.url": (
        lambda node: _calls(node, "startswith", "match", "fullmatch") and _begins(node).startswith("http")
    ),
    "writes a header of credentials: kit.bearer, kit.basic": lambda node: _says(node, r"^(Bearer|Basic) $"),
    "says who it is: the transport": lambda node: _says(node, r"(?i)^user-agent$"),
    "reads the wire: kit.News": (
        lambda node: (
            isinstance(node, ast.Attribute)
            and node.attr in ("heartbeat", "monitor")
            and isinstance(node.value, ast.Name)
            and node.value.id == "message"
        )
    ),
    "links to a monitor: News.link": lambda node: _says(node, r"^/dashboard/"),
    "says the state: News.state, News.headline": lambda node: _says(node, r"(🔴|✅) (Down|Up)"),
    "says that it was sent: kit.SENT": lambda node: _says(node, r"Sent Successfully"),
    "says what is lacking: the declaration (`required`)": lambda node: _says(node, r"is (required|missing)"),
    "judges a status: the transport, HttpService.heals": _asks_for_status,
    "asks for the time: News.now, News.at": lambda node: _imports(node, "time", "datetime"),
    "reads a list: kit.comma_list": lambda node: _calls(node, "split") and _begins(node) == ",",
    "makes a request: Call": (
        lambda node: _imports(node, "http", "socket", "urllib.request", "kuma_lite.net.http")
    ),
}
