"""Who is told, in which way, and of what."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final, NamedTuple

from msgspec import Struct
from msgspec.structs import asdict

from kuma_lite.core.json_text import compact_json
from kuma_lite.core.records import replace

NO_MONITORS: Final[frozenset[int]] = frozenset()


class Kind(StrEnum):
    """A way to be told."""

    EMAIL = "email"
    WEBHOOK = "webhook"
    SLACK = "slack"
    DISCORD = "discord"
    TEAMS = "teams"
    PUSH = "push"  # notifications in a browser


class State(StrEnum):
    """Whether somebody is told."""

    PENDING = "pending"  # has not confirmed yet
    ACTIVE = "active"
    OFF = "off"  # could not be reached too often


class Subscriber(Struct, frozen=True, kw_only=True):
    """One of them. Times are seconds since 1970."""

    id: int
    page_id: int
    kind: Kind
    target: str  # an e-mail or web address, or what a browser gave; shown to nobody but who exports
    target_key: str
    monitors: frozenset[int] | None  # None: everything on the page
    state: State
    seed: str  # secret
    created: int
    confirmed: int | None = None
    asked: int = 0
    asks: int = 0
    last_success: int | None = None
    failures: int = 0


class Offer(Struct, frozen=True, kw_only=True):
    """How a page lets visitors subscribe; without any way it does not."""

    page_id: int
    kinds: tuple[Kind, ...] = ()
    sender: int | None = None  # notification that sends e-mails
    address: str = ""  # what links in messages begin with, without the path
    private: bool = False  # targets may be in private networks, and plain HTTP
    plans_known: bool = False


class What(StrEnum):
    """What has happened; the values are `type` in webhooks."""

    INCIDENT_BEGUN = "incident.begun"
    INCIDENT_UPDATED = "incident.updated"
    INCIDENT_RESOLVED = "incident.resolved"
    MAINTENANCE_PLANNED = "maintenance.planned"
    MAINTENANCE_CHANGED = "maintenance.changed"
    MAINTENANCE_BEGUN = "maintenance.begun"
    MAINTENANCE_ENDED = "maintenance.ended"
    MAINTENANCE_CANCELLED = "maintenance.cancelled"
    CONFIRM = "subscription.confirm"  # of nobody's concern but the subscriber's
    KNOWN = "subscription.exists"  # somebody filled in the form for one that is told already


class News(NamedTuple):
    """Something to tell. Times are seconds since 1970."""

    what: What
    id: int = 0  # of the incident or plan
    title: str = ""
    text: str = ""  # Markdown
    state: str = ""  # of an incident with a timeline
    at: int = 0
    start: int | None = None  # of maintenance
    end: int | None = None
    monitors: tuple[int, ...] = ()  # that it is about; none: the page as a whole

    def packed(self, key: str) -> str:
        """As it waits to be delivered; `key` tells one message from all others."""
        # `text` is what the outbox wants of every message.
        return compact_json({"text": "", "facts": {**self._asdict(), "key": key}})

    @classmethod
    def unpacked(cls, facts: Mapping[str, Any]) -> tuple[News, str]:
        """The inverse, and its key. Raises KeyError, ValueError."""
        found = {name: facts[name] for name in cls._fields}
        found["what"], found["monitors"] = What(found["what"]), tuple(found["monitors"])
        return cls(**found), str(facts["key"])


class Stage(StrEnum):
    """What subscribers know of a maintenance plan."""

    PLANNED = "planned"
    RUNNING = "running"
    OVER = "over"  # until its next time


class ShownPlan(Struct, frozen=True):
    """A plan on a page with its present or next time under maintenance."""

    id: int
    title: str
    description: str  # Markdown
    start: int | None  # seconds since 1970; None: nobody noted
    end: int | None  # None: until somebody ends it
    running: bool
    repeats: bool
    monitors: tuple[int, ...] = ()  # it is for; none: it says nothing of them

    def packed(self) -> str:
        """As JSON."""
        return compact_json(asdict(self))

    @classmethod
    def unpacked(cls, text: str) -> ShownPlan:
        """The inverse."""
        found = cls(**json.loads(text))
        return replace(found, monitors=tuple(found.monitors))


class KnownPlan(Struct, frozen=True):
    """What subscribers were told of a plan."""

    stage: Stage
    plan: ShownPlan
