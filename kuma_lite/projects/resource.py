"""What projects and tokens are to people, and to everything that is made from that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from kuma_lite.core.access import Actor, Right
from kuma_lite.core.errors import UserError
from kuma_lite.core.iso_time import iso, parse_iso
from kuma_lite.core.records import hiding
from kuma_lite.core.resources import CREATE, DELETE, Document, Reference, Resource
from kuma_lite.core.scopes import GROUP, TAG, asked
from kuma_lite.projects import tokens
from kuma_lite.projects.model import Project, Token
from kuma_lite.projects.service import Projects

if TYPE_CHECKING:
    from kuma_lite.core.options import Options


class ProjectKeeper:
    """Projects as things that people keep; their name stays."""

    def __init__(self, projects: Projects) -> None:
        self._projects = projects

    async def all(self, actor: Actor) -> list[Project]:
        """The projects of an organisation, the first one first."""
        return self._projects.of(actor.organisation)

    async def find(self, actor: Actor, key: Any) -> Project | None:
        """One by its UUID."""
        return next((one for one in self._projects.of(actor.organisation) if one.uuid == key), None)

    def document(self, project: Project) -> Document:
        """What was chosen for it."""
        return {"name": project.name}

    async def create(self, actor: Actor, document: Any) -> Project:
        """A new one. Raises UserError."""
        return await self._projects.add(actor, document.get("name"))

    async def replace(self, actor: Actor, project: Project, document: Any) -> Project:
        """Raises UserError."""
        raise UserError("A project keeps its name.", status=405)

    async def delete(self, _actor: Actor, project: Project) -> None:
        """Remove one that has nothing but tokens, with these. Raises UserError."""
        await self._projects.remove(project)


FIELDS: Final = frozenset(
    {"name", "kind", "project_uuid", "expires_at", "scopes", TAG, GROUP}
)  # of a new token


class KeptToken(Struct, frozen=True):
    """A token with its project."""

    __repr__ = hiding("text")

    token: Token
    project: Project
    text: str = ""  # the token itself; only of one that was made just now

    @property
    def organisation(self) -> int:
        """Whose it is."""
        return self.project.organisation


class TokenKeeper:
    """Tokens as things that people keep: made and revoked, never changed."""

    def __init__(self, projects: Projects) -> None:
        self._projects = projects

    async def all(self, actor: Actor) -> list[KeptToken]:
        """The tokens of an organisation, the newest first, revoked ones included."""
        found = await self._projects.list_tokens(actor.organisation)
        return [KeptToken(token, self._projects.all[token.project_id]) for token in found]

    async def find(self, actor: Actor, key: Any) -> KeptToken | None:
        """One by its UUID."""
        return next((kept for kept in await self.all(actor) if kept.token.uuid == key), None)

    def document(self, kept: KeptToken) -> Document:
        """What was chosen for it."""
        return {
            "name": kept.token.name,
            "kind": kept.token.kind,
            "project_uuid": kept.project.uuid,
            "expires_at": iso(kept.token.expires),
            **kept.token.grant.document(),
        }

    async def create(self, actor: Actor, document: Any) -> KeptToken:
        """A new one, whose `text` is known this once. Raises UserError."""
        for name in sorted(document.keys() - FIELDS):
            # One that was to end, and does not because the field is called otherwise, would be a trap.
            sentence = "A {shown_name} has no field “{name}”."
            raise UserError(sentence, shown_name="token", name=name, status=422)
        project = self._projects.find(actor, document.get("project_uuid"))
        token, text = await self._projects.add_token(
            document.get("name"),
            project=project,
            kind=document.get("kind") or tokens.PROJECT,
            user_id=actor.user_id,
            expires=expiry(document.get("expires_at")),
            grant=await asked(document, actor, self._projects.limits),
        )
        return KeptToken(token, project, text)

    async def replace(self, actor: Actor, kept: KeptToken, document: Any) -> KeptToken:
        """Raises UserError."""
        raise UserError("A token cannot be changed; make another one instead.", status=405)

    async def delete(self, actor: Actor, kept: KeptToken) -> None:
        """Revoke one; it stays in the list."""
        await self._projects.revoke(actor.organisation, kept.token.uuid)


def project_resource(projects: Projects) -> Resource[Project]:
    """Projects."""
    return Resource(
        name="project",
        plural="projects",
        view=Right.TOKENS_VIEW,
        edit=Right.TOKENS_EDIT,
        keeper=ProjectKeeper(projects),
        options=_project_options,
        title=lambda project: project.name,
        identify=lambda project: project.uuid,
        can=frozenset({CREATE, DELETE}),
    )


def token_resource(projects: Projects) -> Resource[KeptToken]:
    """Tokens."""
    return Resource(
        name="token",
        plural="tokens",
        view=Right.TOKENS_VIEW,
        edit=Right.TOKENS_EDIT,
        keeper=TokenKeeper(projects),
        options=_token_options,
        title=lambda kept: kept.token.name,
        identify=lambda kept: kept.token.uuid,
        references=(
            Reference("project_uuid", "project"),
            Reference(TAG, "tag"),
            Reference(GROUP, "monitor"),
        ),
        can=frozenset({CREATE, DELETE}),
    )


def _project_options(_document: Mapping[str, Any]) -> Sequence[type[Options]]:
    from kuma_lite.projects.options import ProjectOptions

    return (ProjectOptions,)


def _token_options(_document: Mapping[str, Any]) -> Sequence[type[Options]]:
    from kuma_lite.projects.options import TokenOptions

    return (TokenOptions,)


def expiry(value: object) -> int | None:
    """The moment (ms) a token ends at; None for never. Raises UserError."""
    if value is None:
        return None
    moment = parse_iso(value)
    if moment is None:
        raise UserError("expires_at must be an ISO 8601 date.", status=422)
    return moment
