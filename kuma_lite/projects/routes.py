"""The routes about projects and tokens; for people only, a machine cannot make itself more keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kuma_lite.core.resources import Resource
from kuma_lite.projects import examples
from kuma_lite.projects.documents import project_wire, token_wire
from kuma_lite.projects.model import Project
from kuma_lite.projects.resource import KeptToken
from kuma_lite.projects.service import Projects
from kuma_lite.rest.resource import Rest
from kuma_lite.rest.route import Route


def project_routes(
    projects: Projects, project: Resource[Project], token: Resource[KeptToken]
) -> Iterator[Route]:
    """The routes. `token` in the answer of the one that makes a token is the only time it is shown."""

    def shown(kept: KeptToken) -> dict[str, Any]:
        return token_wire(projects, kept.token)

    yield from Rest(
        things=project,
        one="project",
        many="projects",
        tag="Projects",
        view=project.view,
        edit=project.edit,
        shown=project_wire,
        example=examples.PROJECT,
        gets=False,
        new=examples.NEW_PROJECT,
        people=True,
    ).routes()
    yield from Rest(
        things=token,
        one="token",
        many="tokens",
        tag="Tokens",
        view=token.view,
        edit=token.edit,
        shown=shown,
        example=examples.TOKEN,
        gets=False,
        new=examples.NEW_TOKEN,
        made=(lambda kept: {**shown(kept), "token": kept.text}, examples.CREATED_TOKEN),
        deletes="revoke",
        people=True,
        version=lambda kept: {"uuid": kept.token.uuid, "revoked": kept.token.revoked},
    ).routes()
