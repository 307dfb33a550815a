"""The code keeps its shape: imports point down, never up, never in a circle, never into another feature."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "kuma_lite"

# Lower numbers stand on the ground. Rooms of the same floor do not know each other.
FEATURE = 4
FLOORS = {
    "core": 0,
    "net": 1,
    "rest": 1,
    "checks": 2,
    "places": 2,
    "notifications.services": 2,
    "beats": 3,
    "projects": 3,
    **dict.fromkeys(
        (
            "accounts",
            "acme",
            "agent",
            "api_keys",
            "assistants",
            "backups",
            "cloudflared",
            "config_files",
            "docker_hosts",
            "doctor",
            "health",
            "importing",
            "installing",
            "maintenance",
            "management",
            "metrics",
            "monitors",
            "notifications",
            "proxies",
            "remote_browsers",
            "servers",
            "settings",
            "status_pages",
            "tags",
            "tools",
            "webhooks",
        ),
        FEATURE,
    ),
    "foreign": 5,
    "web": 5,
    "appliance": 6,
    "cli": 7,
}
# Rooms within rooms, in the order in which they may import: each only those before it, and what stands
# directly in the room around them.
SUB_ROOMS = {
    "core": ("migrations",),
    "checks": ("_games",),
    "net": ("http",),
    "notifications": ("liquid", "services"),
    "notifications.liquid": ("filters",),
    "notifications.services": ("support", "kit"),
    "notifications.services.support": ("nostr", "webpush"),
    "status_pages": (
        "drawing",
        "badges",
        "feeds",
        "answering",
        "protection",
        "components",
        "timelines",
        "serving",
        "editing",
        "subscribers",
    ),
    "monitors": ("document", "engine", "doors"),
    "servers": ("rules", "samples", "alerting", "page", "api"),
}
MOST_ROOMS = 10  # files and folders that a room with sub-rooms shows at once
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
    return FLOORS[room(module)]


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


def packages() -> set[str]:
    """Folders of the package, dotted."""
    return {
        ".".join(path.relative_to(PACKAGE).parts)
        for path in PACKAGE.rglob("*")
        if path.is_dir() and path.name != "__pycache__"
    }


def test_every_folder_is_a_known_room() -> None:
    known = set(FLOORS) | {f"{outer}.{inner}" for outer, rooms in SUB_ROOMS.items() for inner in rooms}
    assert packages() == known


def test_every_file_stands_in_a_room() -> None:
    assert {name for name in modules() if "." not in name} - set(FLOORS) == STANDALONE


def test_imports_point_down() -> None:
    wrong = [
        f"{source} → {target}"
        for source, target in arrows(typing_too=True)
        if source not in STANDALONE and target not in STANDALONE and floor(target) > floor(source)
    ]
    assert wrong == []


def test_rooms_of_a_floor_do_not_import_each_others_insides() -> None:
    wrong = [
        f"{source} → {target}"
        for source, target in arrows(typing_too=True)
        if not {source, target} & STANDALONE
        and floor(source) == floor(target)
        and room(source) != room(target)
    ]
    assert wrong == []


@pytest.mark.parametrize("outer", SUB_ROOMS)
def test_sub_rooms_have_an_order(outer: str) -> None:
    order = {f"{outer}.{name}": number for number, name in enumerate(SUB_ROOMS[outer])}

    def place(module: str) -> int | None:
        return next((order[name] for name in order if module == name or module.startswith(name + ".")), None)

    wrong = [
        f"{source} → {target}"
        for source, target in arrows(typing_too=True)
        if (here := place(source)) is not None and (there := place(target)) is not None and there > here
    ]
    assert wrong == []


@pytest.mark.parametrize("outer", ["monitors", "servers"])
def test_a_room_with_sub_rooms_can_be_seen_at_a_glance(outer: str) -> None:
    rooms = [
        path.name for path in (PACKAGE / outer).iterdir() if path.name not in ("__init__.py", "__pycache__")
    ]
    assert len(rooms) <= MOST_ROOMS, sorted(rooms)


def test_modules_are_small_enough_to_read_in_one_sitting() -> None:
    lines = sorted(
        (len(path.read_text(encoding="utf-8").splitlines()), name)
        for name, path in modules().items()
        if path.name != "__init__.py"
    )
    assert lines[len(lines) // 2][0] <= 110
    assert [entry for entry in lines if entry[0] > 400] == []


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
