"""SQL outside the ground is what several databases understand, and each table has one writer.

The texts are found where they stand: every string that looks like SQL, with `{}` for what f-strings put in.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import apsw
import pytest

from kuma_lite.core import migrations

PACKAGE = Path(__file__).parent.parent / "kuma_lite"
# `core` is SQLite's place; an import reads the SQLite file of another program.
SQLITE_ROOMS = ("core", "importing")
# Copies whole rows into a database that is empty but for them, table by table from one list.
COPIES_ROWS = "importing.tables"
# Filled by its migration; nothing changes it yet.
UNCHANGED = frozenset({"organisation"})

LOOKS_LIKE_SQL = re.compile(
    r"^\s*(SELECT|INSERT|REPLACE|UPDATE|DELETE|WITH|CREATE|ALTER|DROP|PRAGMA|VACUUM|AND|OR)\b"
    r"|\b(SELECT|FROM|INTO|WHERE|LIMIT|VALUES|ON CONFLICT|GROUP BY|ORDER BY|RETURNING)\b"
)
# What is refused → an example of it, for `test_refuses`; what to write instead stands in `core.sql`.
DIALECT: Mapping[str, str] = {
    r"\bINSERT OR\b|^\s*REPLACE\b": "INSERT OR IGNORE INTO tag (id) VALUES (?)",
    r"\bjson\w*\(|->": "SELECT json_extract(document, '$.parent') FROM monitor",
    r"\blast_insert_rowid\b|\b_?rowid_?\b": "SELECT last_insert_rowid()",
    r"\b(PRAGMA|VACUUM|AUTOINCREMENT|STRICT|INDEXED|GLOB|REGEXP|COLLATE|ATTACH)\b": "PRAGMA optimize",
    r"\bsqlite_|\bpragma_": "SELECT name FROM sqlite_master",
    r"\b(ifnull|iif|instr|printf|total|typeof|hex|changes|group_concat|randomblob|glob|char)\(": (
        "SELECT ifnull(max(id), 0) FROM tag"
    ),
    r"\b(datetime|date|time|strftime|julianday|unixepoch)\(": "DELETE FROM tag WHERE id < datetime('now')",
    r"\b(max|min)\([^()]*,": "UPDATE beat_mark SET upto = max(upto, excluded.upto)",
    r"\?\d|[:@$][a-z]\w*\b(?!')": "SELECT id FROM tag WHERE id = ?1",
    r"\bIS (NOT )?\?": "DELETE FROM monitor_tag WHERE value IS ?",
    r"\bIN \(\s*\)": "SELECT id FROM tag WHERE id IN ()",
    r"\bLIMIT -": "SELECT id FROM tag LIMIT -1",
    r"\bCROSS JOIN [\w{}]+( AS \w+)? ON\b": "SELECT 1 FROM monitor CROSS JOIN tag ON tag.id = monitor.id",
    r"\b(sum|count|avg)\([^()]*=": "SELECT sum(state = 'waiting') FROM outbox",
    r"\b(WHERE|AND|OR|NOT)\s+(NOT\s+)?[a-z_.]+\s*($|\)|\b(AND|OR|ORDER|GROUP|LIMIT|ON|RETURNING)\b)": (
        "SELECT id FROM project WHERE is_root"
    ),
    r"\b(FROM|INTO|UPDATE|JOIN) user\b": "SELECT id FROM user",  # a reserved word elsewhere
    r'==|`|\[\w+\]|= "': "SELECT id FROM tag WHERE name == ?",
}
WRITES = re.compile(
    r'\b(?:INSERT(?: OR \w+)? INTO|(?<!DO )UPDATE|DELETE FROM|REPLACE INTO)\s+"?(?P<table>[\w{}]+)"?'
)


class Text(NamedTuple):
    """A string of a module."""

    module: str
    line: int
    text: str


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts)


def strings(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """All strings but the docstrings; pieces of f-strings together."""
    skipped = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            skipped.update(id(piece) for piece in node.values)
            pieces = (piece.value if isinstance(piece, ast.Constant) else "{}" for piece in node.values)
            yield node.lineno, "".join(map(str, pieces))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            yield node.lineno, node.value


@cache
def sql_texts() -> list[Text]:
    """Every SQL text of the package."""
    return [
        Text(module_of(path), line, " ".join(text.split()))
        for path in sorted(PACKAGE.rglob("*.py"))
        for line, text in strings(ast.parse(path.read_text(encoding="utf-8")))
        if LOOKS_LIKE_SQL.search(text)
    ]


def room(module: str) -> str:
    return module.split(".")[0]


@cache
def owners() -> Mapping[str, str]:
    """Table → the feature that alone writes to it, as the migrations say."""
    found: dict[str, str] = {}
    for step in pkgutil.iter_modules(migrations.__path__):
        found |= getattr(importlib.import_module(f"{migrations.__name__}.{step.name}"), "OWNERS", {})
    return found


def writers() -> Mapping[str, set[str]]:
    """Table → the modules that write to it."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for module, _, text in sql_texts():
        for write in WRITES.finditer(text):
            for table in tables(module, write["table"]):
                found[table].add(module)
    return found


def tables(module: str, name: str) -> set[str]:
    """The tables that a name with `{}` in it may stand for: those that the module has words for."""
    if "{" not in name:
        return {name}
    path = PACKAGE.joinpath(*module.split(".")).with_suffix(".py")
    words = {text for _, text in strings(ast.parse(path.read_text(encoding="utf-8")))}
    pattern = re.compile(re.sub(r"\\{\w*\\}", r"(\\w+)", re.escape(name)))
    known = ((table, pattern.fullmatch(table)) for table in owners())
    return {table for table, match in known if match and (name[0] != "{" or match[1] in words)}


# --- what may be written -----------------------------------------------------------------------------------


def test_finds_the_texts() -> None:
    texts = [text for text in sql_texts() if room(text.module) not in SQLITE_ROOMS]
    assert len(texts) > 200
    assert len({text.module for text in texts}) > 20


@pytest.mark.parametrize("pattern", DIALECT)
def test_no_dialect_outside_the_ground(pattern: str) -> None:
    found = [
        f"{module}:{line}: {text}"
        for module, line, text in sql_texts()
        if room(module) not in SQLITE_ROOMS and re.search(pattern, text)
    ]
    assert found == []


@pytest.mark.parametrize(("pattern", "example"), DIALECT.items())
def test_refuses(pattern: str, example: str) -> None:
    assert LOOKS_LIKE_SQL.search(example)
    assert re.search(pattern, example)


@pytest.mark.parametrize("library", ["apsw", "sqlite3", "aiosqlite"])
def test_only_the_ground_knows_the_library(library: str) -> None:
    importers = [
        module_of(path)
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if library in imported(node) and room(module_of(path)) not in SQLITE_ROOMS
    ]
    assert importers == []


def imported(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Import):
        return {alias.name.split(".")[0] for alias in node.names}
    return {(node.module or "").split(".")[0]} if isinstance(node, ast.ImportFrom) else set()


# --- who may write -----------------------------------------------------------------------------------------


def test_every_table_has_an_owner() -> None:
    connection = apsw.Connection(":memory:")
    migrations.migrate(connection, migrations.discover())
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    assert {name for (name,) in connection.execute(query)} == set(owners())


@pytest.mark.parametrize("table", sorted(set(owners()) - UNCHANGED))
def test_only_its_owner_writes_to_a_table(table: str) -> None:
    modules = {module for module in writers()[table] if room(module) != "core"} - {COPIES_ROWS}
    assert {room(module) for module in modules} == {owners()[table]}, sorted(modules)


def test_writes_name_known_tables() -> None:
    assert set(writers()) <= set(owners())
