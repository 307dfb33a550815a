"""What a project and a token are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Project:
    """What servers, integrations and tokens belong to."""

    id: int
    uuid: str
    name: str
    is_root: bool
    created: int
    organisation: int


@dataclass(frozen=True, slots=True)
class Token:
    """A key for machines or scripts; the token itself is known to its owner alone. Times in ms."""

    id: int
    uuid: str
    project_id: int
    kind: str  # "project" or "user"
    user_id: int | None
    name: str
    prefix: str
    created: int
    expires: int | None
    last_used: int | None
    revoked: int | None

    def usable(self, now: int) -> bool:
        """Whether it opens anything at that moment."""
        return self.revoked is None and (self.expires is None or now < self.expires)
