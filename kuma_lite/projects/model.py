"""What a project and a token are."""

from __future__ import annotations

from msgspec import Struct

from kuma_lite.core.scopes import Grant, of_columns


class Project(Struct, frozen=True):
    """What servers, integrations and tokens belong to."""

    id: int
    uuid: str
    name: str
    is_root: bool
    created: int
    organisation: int


class Token(Struct, frozen=True):
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
    scopes: str | None = None  # these three as `core.scopes` stores them
    limit_kind: str | None = None
    limit_id: int | None = None

    @property
    def grant(self) -> Grant:
        """What it opens of what its project or its maker may."""
        return of_columns(self.scopes, self.limit_kind, self.limit_id)

    def usable(self, now: int) -> bool:
        """Whether it opens anything at that moment."""
        return self.revoked is None and (self.expires is None or now < self.expires)
