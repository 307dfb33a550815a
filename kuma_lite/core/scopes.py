"""What a key or token opens: scopes, and one tag or one group of monitors as its limit."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final, Protocol

from msgspec import Struct

from kuma_lite.core import wire_values
from kuma_lite.core.access import Actor, Reach, Right
from kuma_lite.core.errors import UserError
from kuma_lite.core.records import replace

TAG, GROUP = "tag", "group"
LIMITS: Final = (TAG, GROUP)


class Scope(StrEnum):
    """What one may do with it."""

    READ = "read"
    PUSH = "push"  # tell how push monitors and servers are
    WRITE = "write"  # all of it, but for keys, tokens and what concerns the machine


_PUSHING: Final = frozenset({Right.MONITORS_PUSH, Right.SERVERS_REPORT})
_NEVER: Final = frozenset({Right.API_KEYS_EDIT, Right.TOKENS_EDIT, Right.ACCOUNT, Right.OWNER})
RIGHTS: Final[Mapping[Scope, frozenset[Right]]] = {
    Scope.READ: frozenset(right for right in Right if right.endswith(".view")),
    Scope.PUSH: _PUSHING,
    Scope.WRITE: frozenset(Right) - _NEVER,
}
# A limit is one of monitors: whoever has one sees nothing else.
LIMITED_RIGHTS: Final = frozenset({Right.MONITORS_VIEW, Right.MONITORS_EDIT, Right.MONITORS_PUSH})


class Limit(Struct, frozen=True):
    """The tag that monitors carry, or the group in which they stand."""

    kind: str  # TAG or GROUP
    id: int


class Grant(Struct, frozen=True):
    """What a key or token opens of what its maker may."""

    scopes: frozenset[Scope] | None = None  # None: none were chosen, as with all before there were any
    limit: Limit | None = None

    def columns(self) -> tuple[str | None, str | None, int | None]:
        """As it is stored: scopes, kind and number of the limit."""
        text = None if self.scopes is None else " ".join(sorted(self.scopes))
        return text, self.limit.kind if self.limit else None, self.limit.id if self.limit else None

    def document(self) -> dict[str, Any]:
        """As clients are told of it: `scopes`, `tag`, `group`."""
        limits = {kind: self.limit.id if self.limit and self.limit.kind == kind else None for kind in LIMITS}
        return {"scopes": tuple(sorted(self.scopes or ())), **limits}


class Limits(Protocol):
    """Who knows tags and groups."""

    def reach(self, limit: Limit) -> Reach:
        """The monitors within; none where the tag or group is gone."""

    async def exists(self, actor: Actor, limit: Limit) -> bool:
        """Whether there is such a tag or group that the actor may see."""


class NoLimits:
    """Where nobody knows of tags and groups."""

    def reach(self, limit: Limit) -> Reach:
        """Raises LookupError."""
        raise LookupError(limit)

    async def exists(self, actor: Actor, limit: Limit) -> bool:
        """There are none."""
        del actor, limit
        return False


def of_columns(scopes: str | None, kind: str | None, number: int | None) -> Grant:
    """What was stored."""
    limit = None if kind is None or number is None else Limit(kind, number)
    return Grant(None if scopes is None else frozenset(map(Scope, scopes.split())), limit)


async def asked(document: Mapping[str, Any], actor: Actor, limits: Limits) -> Grant:
    """What a client asks for. Raises UserError; `field` in its extra says which one does not fit."""
    scopes = _scopes(document.get("scopes"))
    given = {kind: document[kind] for kind in LIMITS if document.get(kind) is not None}
    if not given:
        return Grant(scopes)
    if scopes is None:
        raise _misfit("A limit needs a scope.", "scopes")
    if len(given) > 1:
        raise _misfit("Choose a tag or a group, not both.", GROUP)
    ((kind, value),) = given.items()
    limit = Limit(kind, wire_values.whole(value) or 0)
    if not await limits.exists(actor, limit):
        raise _misfit("There is no such tag." if kind == TAG else "There is no such group.", kind)
    return Grant(scopes, limit)


def granted(actor: Actor, grant: Grant, limits: Limits) -> Actor:
    """An actor with nothing but what was granted."""
    if grant.scopes is None:
        return actor
    opened: frozenset[Right] = frozenset().union(*(RIGHTS[scope] for scope in grant.scopes))
    if grant.limit is None:
        return replace(actor, rights=actor.rights & opened)
    return replace(actor, rights=actor.rights & opened & LIMITED_RIGHTS, reach=limits.reach(grant.limit))


def _scopes(given: Any) -> frozenset[Scope] | None:
    if not isinstance(given, list | tuple) or not all(isinstance(name, str) for name in given):
        if given is None:
            return None
        raise _misfit("The scopes must be a list.", "scopes")
    unknown = sorted(set(given) - set(Scope))
    if unknown:
        raise _misfit("The scopes are read, push and write.", "scopes")
    return frozenset(map(Scope, given)) or None


def _misfit(sentence: str, field: str) -> UserError:
    return UserError(sentence, status=422, extra={"field": field})
