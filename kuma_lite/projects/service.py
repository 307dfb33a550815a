"""Projects and their tokens: what can be done with them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import Final, Protocol, TypeVar

from kuma_lite.core.access import Identity
from kuma_lite.core.clock import Clock, to_ms
from kuma_lite.core.errors import UserError
from kuma_lite.core.sql import Connection
from kuma_lite.core.transactions import Transactions
from kuma_lite.projects import tokens
from kuma_lite.projects.model import Project, Token
from kuma_lite.projects.store import (
    NO_PROJECT,
    delete_project,
    find_token,
    insert_project,
    insert_token,
    note_use,
    read_projects,
    read_tokens,
    revoke_token,
    user_name,
)

T = TypeVar("T")

MAX_PROJECTS: Final = 1_000


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

    def __init__(self, database: Transactions, clock: Clock, sessions: Sessions) -> None:
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

        def write(connection: Connection) -> Token:
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
