"""The house keeps its shape: imports point down, never up, never in a circle, never into another feature."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "kuma_lite"

# Lower numbers stand on the ground. Rooms of the same floor do not know each other.
FLOORS = {
    "core": 0,
    "net": 1,
    "rest": 1,
    "projects": 3,
    "checks": 2,
    "notifications.services": 2,
    "beats": 3,
    "web": 5,
    "appliance": 6,
    "cli": 7,
}
FEATURE = 4
STANDALONE = {"__init__", "__main__"}


def modules() -> dict[str, Path]:
    found = {}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name or "__init__"] = path
    return found


def room(module: str) -> str:
    return "notifications.services" if module.startswith("notifications.services") else module.split(".")[0]


def floor(module: str) -> int:
    return FLOORS.get(room(module), FEATURE)


def imported(path: Path) -> Iterator[tuple[str, bool]]:
    """Module names within the package, and whether they are imported for typing only."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            if name == "kuma_lite" or name.startswith("kuma_lite."):
                yield name.removeprefix("kuma_lite").lstrip("."), id(node) in typing_only


def arrows(*, typing_too: bool) -> Iterator[tuple[str, str]]:
    known = modules()
    for module, path in known.items():
        for target, typing_only in imported(path):
            if target in known and target != module and (typing_too or not typing_only):
                yield module, target


def test_imports_point_down() -> None:
    wrong = [
        f"{source} → {target}"
        for source, target in arrows(typing_too=True)
        if source not in STANDALONE and target not in STANDALONE and floor(target) > floor(source)
    ]
    assert wrong == []


def test_features_do_not_import_each_others_insides() -> None:
    wrong = [
        f"{source} → {target}"
        for source, target in arrows(typing_too=True)
        if floor(source) == floor(target) == FEATURE and room(source) != room(target)
    ]
    assert wrong == []


def test_no_circles() -> None:
    graph: dict[str, set[str]] = {}
    for source, target in arrows(typing_too=False):
        # A package's own __init__ is loaded with any of its modules; that is no arrow of the reader's.
        if not source.startswith(target + "."):
            graph.setdefault(source, set()).add(target)
    state: dict[str, int] = {}

    def visit(module: str, path: tuple[str, ...]) -> None:
        if state.get(module) == 2:
            return
        assert state.get(module) != 1, "circle: " + " → ".join((*path, module))
        state[module] = 1
        for target in graph.get(module, ()):
            visit(target, (*path, module))
        state[module] = 2

    for module in list(graph):
        visit(module, ())


@pytest.mark.parametrize("word", ["time.time(", "datetime.now(", "datetime.utcnow("])
def test_only_the_clock_asks_what_time_it_is(word: str) -> None:
    askers = [
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if word in path.read_text(encoding="utf-8") and path.name != "clock.py"
    ]
    assert askers == []
