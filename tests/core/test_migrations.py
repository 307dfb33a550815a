from __future__ import annotations

from pathlib import Path

import apsw
import pytest

from kuma_lite.core.errors import StartupError
from kuma_lite.core.migrations import Migration, discover, migrate, version_of


def schema_of(connection: apsw.Connection) -> list[tuple[str, str]]:
    query = "SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name"
    return [(str(name), str(sql)) for name, sql in connection.execute(query)]


def fresh(folder: Path, name: str = "a.db") -> apsw.Connection:
    return apsw.Connection(str(folder / name))


def test_every_file_is_found_in_order() -> None:
    steps = discover()
    assert steps[0].number == 1
    assert [step.number for step in steps] == sorted({step.number for step in steps})


def test_every_older_version_arrives_at_the_same_schema(tmp_path: Path) -> None:
    steps = discover()
    whole = fresh(tmp_path)
    assert migrate(whole, steps) == len(steps)
    assert version_of(whole) == steps[-1].number
    for done in range(1, len(steps)):
        older = fresh(tmp_path, f"{done}.db")
        migrate(older, steps[:done])
        assert migrate(older, steps) == len(steps) - done
        assert schema_of(older) == schema_of(whole)
    assert migrate(whole, steps) == 0


def test_tables_are_strict_and_references_are_indexed(tmp_path: Path) -> None:
    """A deleted monitor must not make SQLite look through whole tables."""
    connection = fresh(tmp_path)
    migrate(connection, discover())
    tables = list(connection.execute("SELECT name, strict FROM pragma_table_list WHERE schema = 'main'"))
    loose = [name for name, strict in tables if not strict and not str(name).startswith("sqlite_")]
    assert loose == []
    for table, _ in tables:
        query = 'SELECT "from" FROM pragma_foreign_key_list(?) WHERE "table" = \'monitor\''
        for row in connection.execute(query, (table,)):
            plan = connection.execute(
                f"EXPLAIN QUERY PLAN SELECT 1 FROM {table} WHERE {row[0]} = 1"
            ).fetchall()
            assert "SEARCH" in str(plan), (table, row[0])


def test_a_step_that_fails_leaves_nothing_and_is_taken_again(tmp_path: Path) -> None:
    connection = fresh(tmp_path)

    def fails(found: apsw.Connection) -> None:
        found.execute("CREATE TABLE half (a)")
        raise KeyError("killed here")

    steps = [Migration(1, lambda found: None), Migration(2, fails)]
    with pytest.raises(KeyError):
        migrate(connection, steps)
    assert version_of(connection) == 1
    assert schema_of(connection) == []
    steps[1] = Migration(2, lambda found: found.execute("CREATE TABLE whole (a)"))
    assert migrate(connection, steps) == 1
    assert [name for name, _ in schema_of(connection)] == ["whole"]


def test_a_newer_database_is_refused_with_a_sentence(tmp_path: Path) -> None:
    connection = fresh(tmp_path)
    connection.pragma("user_version", 99)
    with pytest.raises(StartupError, match="written by a newer Kuma Lite"):
        migrate(connection, discover())
    assert version_of(connection) == 99


# What belongs to an organisation by itself; everything else belongs to one of these.
OWNED = {
    "user", "monitor", "notification", "maintenance", "status_page", "tag", "proxy", "docker_host",
    "remote_browser", "api_key", "project",
}  # fmt: skip


def any_row(connection: apsw.Connection, table: str) -> None:
    """A row with a value in every column that needs one."""
    texts = {"BLOB": b"x", "INTEGER": 1, "REAL": 1.0}
    query = 'SELECT name, type FROM pragma_table_info(?) WHERE "notnull" AND dflt_value IS NULL AND NOT pk'
    needed = {str(name): texts.get(str(kind), "x") for name, kind in connection.execute(query, (table,))}
    marks = ", ".join("?" * len(needed))
    connection.execute(f"INSERT INTO {table} ({', '.join(needed)}) VALUES ({marks})", tuple(needed.values()))


def test_what_there_was_before_organisations_belongs_to_the_first(tmp_path: Path) -> None:
    connection, steps = fresh(tmp_path), discover()
    migrate(connection, [step for step in steps if step.number < 23])
    for table in OWNED:
        any_row(connection, table)
    columns = {
        table: ", ".join(row[1] for row in connection.execute(f"PRAGMA table_info({table})"))
        for table in OWNED
    }
    before = {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in OWNED}
    migrate(connection, steps)
    assert connection.execute("SELECT id, name FROM organisation").fetchall() == [(1, "Default")]
    for table, rows in before.items():
        after = connection.execute(f"SELECT {columns[table]}, organisation_id FROM {table}").fetchall()
        assert rows and after == [(*row, 1) for row in rows], table
    columns = "SELECT count(*) FROM pragma_table_info(?) WHERE name = 'organisation_id'"
    tables = connection.execute("SELECT name FROM pragma_table_list WHERE schema = 'main'").fetchall()
    owned = {str(table) for (table,) in tables if connection.execute(columns, (table,)).get}
    assert owned == OWNED | {"file_thing", "webhook"}  # which came later
