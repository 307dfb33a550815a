"""What can be chosen for a project and for a token."""

from __future__ import annotations

from kuma_lite.core.declarations import Choice, Kind
from kuma_lite.core.options import Options, option
from kuma_lite.core.scopes import Scope
from kuma_lite.projects import tokens


class ProjectOptions(Options):
    """A project."""

    name: str = option("", label="Name", kind=Kind.TEXT, required=True)


class TokenOptions(Options):
    """A token; the token itself is made by us."""

    name: str = option("", label="Name", kind=Kind.TEXT, required=True)
    kind: str = option(
        tokens.PROJECT,
        label="Kind",
        kind=Kind.SELECT,
        choices=(Choice(tokens.PROJECT, "Project"), Choice(tokens.USER, "User")),
    )
    project: str | None = option(None, alias="project_uuid", label="Project", kind=Kind.TEXT)
    expires: str | None = option(
        None, alias="expires_at", label="Expires", kind=Kind.TEXT, placeholder="2030-12-31T23:59:59Z"
    )
    scopes: tuple[str, ...] = option(
        (),
        label="Scopes",
        kind=Kind.LIST,
        choices=tuple(Choice(scope, scope.capitalize()) for scope in Scope),
        help="Without any it opens all that its project, or its maker, may.",
    )
    tag: int | None = option(None, label="Tag", kind=Kind.REFERENCE, refers_to="tag")
    group: int | None = option(None, label="Group", kind=Kind.REFERENCE, refers_to="monitor")
