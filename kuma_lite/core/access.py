"""Who may see and do what: the one model of rights.

Everything stored belongs to an **organisation** (there is one, until there are more). An **actor** is who
asks: a person who has logged in, or a machine with a token. A **right** is what one may do with a kind of
things. A door (event or route, `core/doors.py`) names the right it needs; a service is told the actor and
asks `require` about what it has found.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final, Protocol

from msgspec import Struct

from kuma_lite.core.errors import UserError
from kuma_lite.core.records import replace

FIRST_ORGANISATION: Final = 1  # the one that every database begins with


class Right(StrEnum):
    """What one may do. `view` never shows a secret that our own page would not show."""

    MONITORS_VIEW = "monitors.view"
    MONITORS_EDIT = "monitors.edit"  # pausing, and clearing what was recorded, included
    MONITORS_PUSH = "monitors.push"  # report how a push monitor is
    NOTIFICATIONS_VIEW = "notifications.view"
    NOTIFICATIONS_EDIT = "notifications.edit"
    MAINTENANCE_VIEW = "maintenance.view"
    MAINTENANCE_EDIT = "maintenance.edit"
    STATUS_PAGES_VIEW = "status-pages.view"
    STATUS_PAGES_EDIT = "status-pages.edit"
    TAGS_VIEW = "tags.view"
    TAGS_EDIT = "tags.edit"
    PROXIES_VIEW = "proxies.view"
    PROXIES_EDIT = "proxies.edit"
    DOCKER_HOSTS_VIEW = "docker-hosts.view"
    DOCKER_HOSTS_EDIT = "docker-hosts.edit"
    REMOTE_BROWSERS_VIEW = "remote-browsers.view"
    REMOTE_BROWSERS_EDIT = "remote-browsers.edit"
    API_KEYS_VIEW = "api-keys.view"
    API_KEYS_EDIT = "api-keys.edit"
    SERVERS_VIEW = "servers.view"
    SERVERS_EDIT = "servers.edit"
    SERVERS_REPORT = "servers.report"  # what agents do
    INCIDENTS_VIEW = "incidents.view"
    INCIDENTS_RESPOND = "incidents.respond"  # acknowledge and snooze
    TOKENS_VIEW = "tokens.view"
    TOKENS_EDIT = "tokens.edit"  # a token opens what its maker may
    SETTINGS_VIEW = "settings.view"
    SETTINGS_EDIT = "settings.edit"
    ACCOUNT = "account"  # one's own password and second factor
    OWNER = "owner"  # everything that names no right, and what concerns the machine itself


OWNER_RIGHTS: Final = frozenset(Right)
# What a token of a project opens: the Servers API, but no keys to more.
PROJECT_TOKEN_RIGHTS: Final = frozenset(
    {
        Right.SERVERS_VIEW,
        Right.SERVERS_EDIT,
        Right.SERVERS_REPORT,
        Right.INCIDENTS_VIEW,
        Right.INCIDENTS_RESPOND,
        Right.NOTIFICATIONS_VIEW,
        Right.NOTIFICATIONS_EDIT,
        Right.STATUS_PAGES_VIEW,
    }
)


class Audience(Struct, frozen=True):
    """Who is told of something: those of an organisation who may see it, or one of them."""

    organisation: int
    right: Right
    user_id: int | None = None  # None: everybody
    also: Right | None = None  # which they must have as well
    connection: str | None = None  # the one that is told; None: all of them
    unless: Right | None = None  # whoever has this one as well is left out, and told more elsewhere

    def parted(self, edit: Right) -> tuple[Audience, Audience]:
        """Those of it who may edit, to be told everything, and the others, who are shown no secrets."""
        return replace(self, also=edit), replace(self, unless=edit)


class Owned(Protocol):
    """Something stored."""

    @property
    def organisation(self) -> int:
        """Whose it is."""


class Reach(Protocol):
    """To which things of its organisation an actor is limited."""

    def holds(self, thing: Owned) -> bool:
        """Whether a thing is among them."""

    def takes(self, document: Mapping[str, Any]) -> bool:
        """Whether what is made of a document would be."""


class Actor(Struct, frozen=True):
    """Who asks for something."""

    organisation: int
    rights: frozenset[Right]
    user_id: int | None = None  # None: a machine
    username: str = ""
    project_id: int | None = None  # whose servers it reaches over the REST API
    reach: Reach | None = None  # None: everything of its organisation

    @property
    def author(self) -> int:
        """The user whose number new things carry on the wire (`userID`); machines make none that have one."""
        assert self.user_id is not None
        return self.user_id

    def everybody(self, right: Right) -> Audience:
        """All of the actor's organisation who have a right."""
        return Audience(self.organisation, right)

    def myself(self, right: Right) -> Audience:
        """The actor's own connections, if the actor has the right."""
        return Audience(self.organisation, right, self.user_id)


# What a machine is told that may not do something.
NOT_FOR_MACHINES: Final = "A project token cannot do this; use a user token."


class Forbidden(UserError):
    """The caller is known, and may not do this."""

    def __init__(self, actor: Actor, message: str = "Permission denied.") -> None:
        super().__init__(NOT_FOR_MACHINES if actor.user_id is None else message, status=403)


def require(actor: Actor, right: Right, thing: Owned | None = None, *, refusal: str | None = None) -> None:
    """Raise unless the actor has the right, and the thing belongs to the same organisation.

    Args:
        actor: who asks.
        right: what for.
        thing: about what; None: nothing in particular.
        refusal: what is said instead of "Permission denied.", of somebody else's thing.

    Raises:
        Forbidden: the right is missing.
        UserError: the thing belongs to others, or is beyond the actor's reach.
    """
    if right not in actor.rights:
        raise Forbidden(actor)
    if thing is not None and not _reaches(actor, thing):
        raise UserError(refusal or "Permission denied.")


def may(actor: Actor, right: Right, thing: Owned | None = None) -> bool:
    """Whether `require` would let it pass."""
    return right in actor.rights and (thing is None or _reaches(actor, thing))


def _reaches(actor: Actor, thing: Owned) -> bool:
    return thing.organisation == actor.organisation and (actor.reach is None or actor.reach.holds(thing))
