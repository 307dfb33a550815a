"""Projects and tokens as the REST API shows them."""

from __future__ import annotations

from typing import Any

from kuma_lite.core.iso_time import iso
from kuma_lite.projects.model import Project, Token
from kuma_lite.projects.service import Projects


def project_wire(project: Project) -> dict[str, Any]:
    """A project as the API shows it."""
    return {
        "uuid": project.uuid,
        "name": project.name,
        "root": project.is_root,
        "created_at": iso(project.created),
    }


def token_wire(projects: Projects, token: Token) -> dict[str, Any]:
    """A token as lists show it; of itself only the beginning."""
    project = projects.all.get(token.project_id)
    return {
        "uuid": token.uuid,
        "name": token.name,
        "kind": token.kind,
        "project_uuid": project.uuid if project else None,
        "prefix": token.prefix,
        "created_at": iso(token.created),
        "expires_at": iso(token.expires),
        "last_used_at": iso(token.last_used),
        "revoked_at": iso(token.revoked),
        **token.grant.document(),
    }
