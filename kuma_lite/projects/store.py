"""The SQL of projects and tokens. Functions run inside a transaction."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any, Final

from kuma_lite.core import sql
from kuma_lite.core.errors import UserError
from kuma_lite.core.scopes import Grant
from kuma_lite.core.sql import Connection
from kuma_lite.projects import tokens
from kuma_lite.projects.model import Project, Token

MAX_TOKENS: Final = 10_000  # of all projects: one for each host of a large fleet
ALL: Final = Grant()  # of a token: whatever its project or its maker may
NO_PROJECT: Final = "The project does not exist."
# What keeps a project from being removed. Integrations would outlive their names, as the first project's.
_HELD_BY: Final = (
    ("SELECT 1 FROM server WHERE project_id = ?", "The project still has servers."),
    (
        "SELECT 1 FROM notification_uuid WHERE project_id = ?",
        "The project still has integrations, the notifications made with its tokens.",
    ),
)
_PROJECT: Final = "id, uuid, name, is_root, created, organisation_id"
_COLUMNS: Final = """
    id, uuid, project_id, kind, user_id, name, prefix, created, expires, last_used, revoked, scopes,
    limit_kind, limit_id
"""


def read_projects(connection: Connection) -> list[Project]:
    """All projects, the root first."""
    rows: Any = connection.execute(f"SELECT {_PROJECT} FROM project ORDER BY is_root DESC, id")  # noqa: S608
    return [
        Project(number, key, name, bool(root), created, organisation)
        for number, key, name, root, created, organisation in rows
    ]


def insert_project(connection: Connection, organisation: int, name: str, now: int) -> Project:
    """Store a new project of an organisation."""
    key = str(uuid.uuid4())
    query = "INSERT INTO project (organisation_id, uuid, name, created) VALUES (?, ?, ?, ?)"
    number = sql.insert(connection, query, (organisation, key, name, now))
    return Project(number, key, name, False, now, organisation)


def delete_project(connection: Connection, project_id: int) -> None:
    """Remove a project and its tokens. Raises UserError when it is gone, or something else belongs to it."""
    for query, sentence in _HELD_BY:
        if connection.execute(query, (project_id,)).fetchone():
            raise UserError(sentence, status=422)
    connection.execute("DELETE FROM project WHERE id = ? AND is_root = 0", (project_id,))
    if connection.changes() != 1:
        raise UserError(NO_PROJECT, status=404)


def insert_token(
    connection: Connection,
    project_id: int,
    kind: str,
    user_id: int | None,
    name: str,
    secret: str,
    now: int,
    expires: int | None,
    grant: Grant = ALL,
) -> Token:
    """Store a new token. Raises UserError."""
    if sql.value(connection, "SELECT count(*) FROM api_token WHERE revoked IS NULL") >= MAX_TOKENS:
        raise UserError("There can be no more than {most} tokens.", most=MAX_TOKENS, status=422)
    connection.execute(
        "INSERT INTO api_token (uuid, project_id, kind, user_id, name, prefix, hash, created, expires, "
        "scopes, limit_kind, limit_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            str(uuid.uuid4()),
            project_id,
            kind,
            user_id,
            name,
            tokens.prefix_of(secret),
            tokens.hash_of(secret),
            now,
            expires,
            *grant.columns(),
        ),
    )
    found = find_token(connection, tokens.hash_of(secret))
    assert found is not None
    return found


def find_token(connection: Connection, hashed: str) -> Token | None:
    """A token by what is stored of it."""
    row: Any = connection.execute(f"SELECT {_COLUMNS} FROM api_token WHERE hash = ?", (hashed,)).fetchone()  # noqa: S608
    return Token(*row) if row else None


def read_tokens(connection: Connection, project_ids: Iterable[int]) -> list[Token]:
    """All tokens of some projects, the newest first."""
    rows: Any = connection.execute(f"SELECT {_COLUMNS} FROM api_token ORDER BY id DESC")  # noqa: S608
    wanted = set(project_ids)
    return [token for token in (Token(*row) for row in rows) if token.project_id in wanted]


def revoke_token(connection: Connection, key: str, project_ids: Iterable[int], now: int) -> bool:
    """Revoke a token of one of the projects; whether there was one. Doing it again changes nothing."""
    found = sql.value(connection, "SELECT project_id FROM api_token WHERE uuid = ?", (key,))
    if found not in set(project_ids):
        return False
    connection.execute("UPDATE api_token SET revoked = coalesce(revoked, ?) WHERE uuid = ?", (now, key))
    return True


def note_use(connection: Connection, token_id: int, now: int) -> None:
    """Write down that it was used."""
    connection.execute("UPDATE api_token SET last_used = ? WHERE id = ?", (now, token_id))
