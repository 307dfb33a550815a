"""Projects and their tokens: what can be done with them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final, Protocol, TypeVar

from kuma_lite.core.access import (
    FIRST_ORGANISATION,
    PROJECT_TOKEN_RIGHTS,
    Actor,
    Right,
    require,
)
from kuma_lite.core.clock import Clock, to_ms
from kuma_lite.core.errors import UserError
from kuma_lite.core.records import replace
from kuma_lite.core.scopes import Grant, Limits, NoLimits, granted
from kuma_lite.core.sql import Connection
from kuma_lite.core.transactions import Transactions
from kuma_lite.projects import tokens
from kuma_lite.projects.model import Project, Token
from kuma_lite.projects.store import (
    ALL,
    NO_PROJECT,
    delete_project,
    find_token,
    insert_project,
    insert_token,
    note_use,
    read_projects,
    read_tokens,
    revoke_token,
)

T = TypeVar("T")

MAX_PROJECTS: Final = 1_000


class People(Protocol):
    """Who may log in."""

    async def session(self, token: str | None) -> Actor | None:
        """Who is behind a session token; None: nobody."""

    async def actor(self, user_id: int) -> Actor | None:
        """A user; None: there is none any more."""


class Projects:
    """What servers belong to, and the keys of machines.

    Args:
        database: where they are kept.
        clock: for expiry.
        people: who is behind a session token, or a token of a user.
    """

    def __init__(self, database: Transactions, clock: Clock, people: People) -> None:
        self._database = database
        self._clock = clock
        self._people = people
        self._known: dict[str, tuple[Token, float]] = {}  # by hash; and until when no look is needed
        self.all: dict[int, Project] = {}
        # Other keys: whom a text lets in as a person; None: nobody.
        self.others: list[Callable[[str], Awaitable[Actor | None]]] = []
        self.limits: Limits = NoLimits()  # who knows tags and groups

    async def load(self) -> None:
        """Read the projects."""
        self.all = {project.id: project for project in await self._database.read(read_projects)}

    @property
    def root(self) -> Project:
        """The first project of the first organisation, which cannot go."""
        return self.root_of(FIRST_ORGANISATION)

    def root_of(self, organisation: int) -> Project:
        """The project that an organisation has from the beginning."""
        return next(project for project in self.of(organisation) if project.is_root)

    def is_root(self, actor: Actor) -> bool:
        """Whether an actor asks in the project that its organisation has from the beginning."""
        return actor.project_id == self.root_of(actor.organisation).id

    def of(self, organisation: int) -> list[Project]:
        """An organisation's projects, the first one first."""
        return [project for project in self.all.values() if project.organisation == organisation]

    def find(self, actor: Actor, project_uuid: object) -> Project:
        """A project by its UUID; the organisation's first one for None. Raises UserError."""
        if project_uuid is None:
            return self.root_of(actor.organisation)
        for project in self.of(actor.organisation):
            if project.uuid == project_uuid:
                return project
        raise UserError(NO_PROJECT, status=404)

    # --- who is it ---------------------------------------------------------------------------------------

    async def identify(self, authorization: str | None) -> Actor | None:
        """Who an `Authorization` header stands for, and in which project; None: nobody."""
        text = tokens.credential(authorization)
        if text is not None and tokens.looks_like_one(text):
            return await self._machine(text)
        for other in self.others:
            if text is not None and (person := await other(text)) is not None:
                return self._in(person, self.root_of(person.organisation))
        actor = await self._people.session(text)
        return self._in(actor, self.root_of(actor.organisation)) if actor else None

    @staticmethod
    def _in(actor: Actor, project: Project) -> Actor:
        return replace(actor, project_id=project.id)

    async def _machine(self, text: str) -> Actor | None:
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
        project = self.all.get(token.project_id)
        if project is None:
            return None  # removed since the token was looked at
        if token.user_id is None:
            machine = Actor(project.organisation, PROJECT_TOKEN_RIGHTS, project_id=project.id)
            return granted(machine, token.grant, self.limits)
        person = await self._people.actor(token.user_id)
        return granted(self._in(person, project), token.grant, self.limits) if person else None

    # --- projects ----------------------------------------------------------------------------------------

    async def add(self, actor: Actor, name: object) -> Project:
        """A new project. Raises UserError."""
        require(actor, Right.TOKENS_EDIT)
        text = clean_name(name, "project")
        if len(self.all) >= MAX_PROJECTS:
            raise UserError("There can be no more than {most} projects.", most=MAX_PROJECTS, status=422)
        now = to_ms(self._clock.now())
        project = await self._database.write(lambda db: insert_project(db, actor.organisation, text, now))
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

    async def list_tokens(self, organisation: int) -> list[Token]:
        """An organisation's tokens, the newest first, revoked ones included."""
        ids = [project.id for project in self.of(organisation)]
        return await self._database.read(lambda db: read_tokens(db, ids))

    async def add_token(
        self,
        name: object,
        *,
        project: Project | None = None,
        kind: str = tokens.PROJECT,
        user_id: int | None = None,
        expires: int | None = None,
        grant: Grant = ALL,
    ) -> tuple[Token, str]:
        """A new token: what is stored of it, and itself, which nobody can see again. Raises UserError.

        Args:
            name: for people.
            project: the root project when it is not given.
            kind: "project" or "user".
            user_id: whose a user token is.
            expires: milliseconds since 1970; None for never.
            grant: what it opens; a limit is for tokens of users.
        """
        text = clean_name(name, "token")
        now = to_ms(self._clock.now())
        if not isinstance(kind, str) or kind not in tokens.STARTS:
            raise UserError("The kind of a token is project or user.", status=422)
        if kind == tokens.USER and user_id is None:
            raise UserError("A user token belongs to somebody who is logged in.", status=422)
        if expires is not None and expires <= now:
            raise UserError("The token would have expired already.", status=422)
        if grant.limit is not None and kind != tokens.USER:
            raise UserError("Only a user token can be limited to a tag or a group.", status=422)
        secret = tokens.new_token(kind)
        owner = user_id if kind == tokens.USER else None
        project_id = (project or self.root).id

        def write(connection: Connection) -> Token:
            return insert_token(connection, project_id, kind, owner, text, secret, now, expires, grant)

        return await self._database.write(write), secret

    async def revoke(self, organisation: int, token_uuid: object) -> None:
        """Revoke a token of an organisation. Raises UserError when there is none."""
        now, ids = to_ms(self._clock.now()), [project.id for project in self.of(organisation)]
        if not await self._database.write(lambda db: revoke_token(db, str(token_uuid), ids, now)):
            raise UserError("The token does not exist.", status=404)
        self._known.clear()


def clean_name(name: object, what: str) -> str:
    """A name that lists can show. Raises UserError."""
    if not isinstance(name, str) or not name.strip() or len(name) > tokens.MAX_NAME_CHARS:
        raise UserError(
            "Give the {what} a name of at most {most} characters.",
            what=what,
            most=tokens.MAX_NAME_CHARS,
            status=422,
        )
    return name.strip()
