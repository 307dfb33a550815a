"""Projects and their tokens: the SQL, and what can be done with them."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import Any, Final, Protocol, TypeVar

import apsw

from kuma_lite.core.clock import Clock, to_ms
from kuma_lite.core.errors import UserError
from kuma_lite.servers import tokens
from kuma_lite.servers.model import Identity, Project, Token

T = TypeVar("T")

MAX_PROJECTS: Final = 1_000
MAX_TOKENS: Final = 10_000  # of all projects: one for each host of a large fleet
NO_PROJECT: Final = "The project does not exist."
# What keeps a project from being removed. Integrations would outlive their names, as the first project's.
_HELD_BY: Final = (
    ("SELECT 1 FROM server WHERE project_id = ?", "The project still has servers."),
    (
        "SELECT 1 FROM notification_uuid WHERE project_id = ?",
        "The project still has integrations, the notifications made with its tokens.",
    ),
)
_PROJECT: Final = "id, uuid, name, is_root, created"
_COLUMNS: Final = """
    id, uuid, project_id, kind, user_id, name, prefix, created, expires, last_used, revoked
"""


class ServersDatabase(Protocol):
    """What this feature needs of the database."""

    async def read(self, fn: Callable[[apsw.Connection], T]) -> T:
        """Run a function on a snapshot."""

    async def write(self, fn: Callable[[apsw.Connection], T]) -> T:
        """Run a function in a transaction."""

    def defer(self, fn: Callable[[apsw.Connection], Any]) -> None:
        """Run a function in one of the next transactions."""


class Session(Protocol):
    """A logged-in person."""

    @property
    def user_id(self) -> int:
        """Who."""

    @property
    def username(self) -> str:
        """Their name."""


Sessions = Callable[[str | None], Awaitable[Session | None]]


class Projects:
    """What servers belong to, and the keys of machines.

    Args:
        database: where they are kept.
        clock: for expiry.
        sessions: who is behind a session token.
    """

    def __init__(self, database: ServersDatabase, clock: Clock, sessions: Sessions) -> None:
        self._database = database
        self._clock = clock
        self._sessions = sessions
        self._known: dict[str, tuple[Token, float]] = {}  # by hash; and until when no look is needed
        self._names: dict[int, str] = {}  # of the users behind user tokens
        self.all: dict[int, Project] = {}

    async def load(self) -> None:
        """Read the projects."""
        self.all = {project.id: project for project in await self._database.read(read_projects)}

    @property
    def root(self) -> Project:
        """The project that is there from the beginning, and cannot go."""
        return next(project for project in self.all.values() if project.is_root)

    def find(self, project_uuid: object) -> Project:
        """A project by its UUID; the root project for None. Raises UserError."""
        if project_uuid is None:
            return self.root
        for project in self.all.values():
            if project.uuid == project_uuid:
                return project
        raise UserError(NO_PROJECT, status=404)

    # --- who is it ---------------------------------------------------------------------------------------

    async def identify(self, authorization: str | None) -> Identity | None:
        """Who an `Authorization` header stands for; None: nobody."""
        text = tokens.credential(authorization)
        if text is not None and tokens.looks_like_one(text):
            return await self._machine(text)
        session = await self._sessions(text)
        return Identity(self.root.id, session.user_id, session.username) if session else None

    async def _machine(self, text: str) -> Identity | None:
        hashed = tokens.hash_of(text)
        token, fresh_until = self._known.get(hashed, (None, 0.0))
        if self._clock.monotonic() >= fresh_until:
            token = await self._database.read(lambda connection: find_token(connection, hashed))
            fresh_until = self._clock.monotonic() + tokens.FRESH_S
        now = to_ms(self._clock.now())
        if token is None or not token.usable(now):
            return None
        if token.last_used is None or now - token.last_used >= tokens.USED_MS:
            self._database.defer(partial(note_use, token_id=token.id, now=now))
            token = replace(token, last_used=now)
        self._known[hashed] = (token, fresh_until)
        if token.user_id is None:
            return Identity(token.project_id)
        return Identity(token.project_id, token.user_id, await self._name_of(token.user_id))

    async def _name_of(self, user_id: int) -> str:
        if user_id not in self._names:
            self._names[user_id] = await self._database.read(lambda db: user_name(db, user_id))
        return self._names[user_id]

    # --- projects ----------------------------------------------------------------------------------------

    async def add(self, name: object) -> Project:
        """A new project. Raises UserError."""
        text = clean_name(name, "project")
        if len(self.all) >= MAX_PROJECTS:
            raise UserError(f"There can be no more than {MAX_PROJECTS} projects.", status=422)
        now = to_ms(self._clock.now())
        project = await self._database.write(lambda db: insert_project(db, text, now))
        self.all[project.id] = project
        return project

    async def remove(self, project: Project) -> None:
        """Remove a project that has nothing but tokens, with these. Raises UserError."""
        if project.is_root:
            raise UserError("The first project cannot be removed.", status=422)
        await self._database.write(lambda db: delete_project(db, project.id))
        self.all.pop(project.id, None)
        self._known.clear()

    # --- tokens ------------------------------------------------------------------------------------------

    async def list_tokens(self, project_id: int | None = None) -> list[Token]:
        """All tokens, or those of a project; the newest first, revoked ones included."""
        return await self._database.read(lambda db: read_tokens(db, project_id))

    async def add_token(
        self,
        name: object,
        *,
        project: Project | None = None,
        kind: str = tokens.PROJECT,
        user_id: int | None = None,
        expires: int | None = None,
    ) -> tuple[Token, str]:
        """A new token: what is stored of it, and itself, which nobody can see again. Raises UserError.

        Args:
            name: for people.
            project: the root project when it is not given.
            kind: "project" or "user".
            user_id: whose a user token is.
            expires: milliseconds since 1970; None for never.
        """
        text = clean_name(name, "token")
        now = to_ms(self._clock.now())
        if not isinstance(kind, str) or kind not in tokens.STARTS:
            raise UserError("The kind of a token is project or user.", status=422)
        if kind == tokens.USER and user_id is None:
            raise UserError("A user token belongs to somebody who is logged in.", status=422)
        if expires is not None and expires <= now:
            raise UserError("The token would have expired already.", status=422)
        secret = tokens.new_token(kind)
        owner = user_id if kind == tokens.USER else None
        project_id = (project or self.root).id

        def write(connection: apsw.Connection) -> Token:
            return insert_token(connection, project_id, kind, owner, text, secret, now, expires)

        return await self._database.write(write), secret

    async def revoke(self, token_uuid: object, project_id: int | None = None) -> None:
        """End a token. Raises UserError when there is none (in that project)."""
        now = to_ms(self._clock.now())
        if not await self._database.write(lambda db: revoke_token(db, str(token_uuid), project_id, now)):
            raise UserError("The token does not exist.", status=404)
        self._known.clear()


def clean_name(name: object, what: str) -> str:
    """A name that lists can show. Raises UserError."""
    if not isinstance(name, str) or not name.strip() or len(name) > tokens.MAX_NAME_CHARS:
        raise UserError(f"Give the {what} a name of at most {tokens.MAX_NAME_CHARS} characters.", status=422)
    return name.strip()


# --- SQL ---------------------------------------------------------------------------------------------------


def read_projects(connection: apsw.Connection) -> list[Project]:
    """All projects, the root first."""
    rows: Any = connection.execute(f"SELECT {_PROJECT} FROM project ORDER BY is_root DESC, id")  # noqa: S608
    return [Project(number, key, name, bool(root), created) for number, key, name, root, created in rows]


def insert_project(connection: apsw.Connection, name: str, now: int) -> Project:
    """Store a new project."""
    key = str(uuid.uuid4())
    connection.execute("INSERT INTO project (uuid, name, created) VALUES (?, ?, ?)", (key, name, now))
    return Project(connection.last_insert_rowid(), key, name, False, now)


def delete_project(connection: apsw.Connection, project_id: int) -> None:
    """Remove a project and its tokens. Raises UserError when it is gone, or something else belongs to it."""
    for query, sentence in _HELD_BY:
        if connection.execute(query, (project_id,)).fetchone():
            raise UserError(sentence, status=422)
    connection.execute("DELETE FROM project WHERE id = ? AND NOT is_root", (project_id,))
    if connection.changes() != 1:
        raise UserError(NO_PROJECT, status=404)


def insert_token(
    connection: apsw.Connection,
    project_id: int | None,
    kind: str,
    user_id: int | None,
    name: str,
    secret: str,
    now: int,
    expires: int | None,
) -> Token:
    """Store a new token (`project_id` None: of the root project). Raises UserError."""
    (count,) = next(iter(connection.execute("SELECT count(*) FROM api_token WHERE revoked IS NULL")))
    if int(str(count)) >= MAX_TOKENS:
        raise UserError(f"There can be no more than {MAX_TOKENS} tokens.", status=422)
    connection.execute(
        "INSERT INTO api_token (uuid, project_id, kind, user_id, name, prefix, hash, created, expires) "
        "VALUES (?, coalesce(?, (SELECT id FROM project WHERE is_root)), ?, ?, ?, ?, ?, ?, ?)",
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
        ),
    )
    found = find_token(connection, tokens.hash_of(secret))
    assert found is not None
    return found


def find_token(connection: apsw.Connection, hashed: str) -> Token | None:
    """A token by what is stored of it."""
    row: Any = connection.execute(f"SELECT {_COLUMNS} FROM api_token WHERE hash = ?", (hashed,)).fetchone()  # noqa: S608
    return Token(*row) if row else None


def read_tokens(connection: apsw.Connection, project_id: int | None) -> list[Token]:
    """All tokens (of a project), the newest first."""
    rows: Any = connection.execute(
        f"SELECT {_COLUMNS} FROM api_token WHERE project_id = coalesce(?1, project_id) ORDER BY id DESC",  # noqa: S608
        (project_id,),
    )
    return [Token(*row) for row in rows]


def revoke_token(connection: apsw.Connection, key: str, project_id: int | None, now: int) -> bool:
    """End a token; whether there was one. Ending it again changes nothing."""
    connection.execute(
        "UPDATE api_token SET revoked = coalesce(revoked, ?) "
        "WHERE uuid = ? AND project_id = coalesce(?, project_id)",
        (now, key, project_id),
    )
    return connection.changes() == 1


def note_use(connection: apsw.Connection, token_id: int, now: int) -> None:
    """Write down that it was used."""
    connection.execute("UPDATE api_token SET last_used = ? WHERE id = ?", (now, token_id))


def user_name(connection: apsw.Connection, user_id: int) -> str:
    """What a user is called; "" for one that is gone."""
    name: Any = connection.execute("SELECT username FROM user WHERE id = ?", (user_id,)).get
    return str(name or "")
