"""What a notification channel is, what waits in its outbox, and what is told about both."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

import msgspec
from msgspec import Struct

from kuma_lite.core.declarations import Message
from kuma_lite.core.json_text import compact_json
from kuma_lite.core.records import hiding

Config = Mapping[str, Any]  # the whole stored form: name, type, isDefault, applyExisting and all options

_UNPACKED: Final = 64  # messages that are kept as they were read; some kilobytes each
FORMS_KEPT: Final = (
    128  # channels whose forms are kept as they were read: twice as many as are told at a time
)
NOT_FOUND: Final = "notification not found"  # as Uptime Kuma 2.5 says it

# Keys of the stored form that belong to every type.
COMMON_KEYS: Final = frozenset({"name", "type", "isDefault", "applyExisting"})


class Form(dict[str, Any]):
    """A stored form that nobody may change: what was made of it for one message is there for the next.

    Args:
        text: what it was read from; it stands for the form where that is remembered.
    """

    __slots__ = ("text",)

    def __init__(self, found: Mapping[str, Any], text: str) -> None:
        super().__init__(found)
        self.text = text


class Channel(Struct, frozen=True):
    """One stored notification; times in milliseconds since 1970."""

    __repr__ = hiding("config_text")

    id: int
    name: str | None
    active: bool
    organisation: int
    user_id: int | None  # who made it
    is_default: bool
    config_text: str  # JSON, as clients get it back
    last_success: int | None = None
    last_error: str | None = None
    last_error_at: int | None = None

    @property
    def config(self) -> dict[str, Any]:
        """The stored form; empty when what is stored is none (an import of a damaged database)."""
        return _read(self.config_text)

    @property
    def form(self) -> Form:
        """The same, read once for all messages that follow."""
        return form_of(self.config_text)

    def as_wire(self) -> dict[str, Any]:
        """The element of `notificationList` (Uptime Kuma 2.5), with every secret."""
        return {
            "id": self.id,
            "name": self.name,
            "active": self.active,
            "userId": self.user_id,
            "isDefault": self.is_default,
            "config": self.config_text,
        }


class Waiting(Struct, frozen=True):
    """The oldest message that a channel has not got yet."""

    id: int
    channel: Channel
    created: int  # milliseconds since 1970
    due: int
    attempts: int  # failed ones so far
    message: str  # JSON, see `pack`


class Queue(Struct, frozen=True):
    """What waits for one channel."""

    channel_id: int
    due: int  # of its oldest message, milliseconds since 1970
    waiting: int
    oldest: int  # when that message was written


class Pending(Struct, frozen=True):
    """The outbox in figures."""

    waiting: int = 0
    dead: int = 0  # given up, kept to be looked at


class Outcome(StrEnum):
    """How far a message has come, by its word in the database."""

    WAITING = "waiting"
    DELIVERED = "sent"
    GIVEN_UP = "dead"


class Reach(Struct, frozen=True):
    """Whose deliveries somebody may see, and whether those about monitors as well."""

    organisation: int
    monitors: bool


class Wanted(Struct, frozen=True):
    """Which deliveries somebody wants to see; None: all."""

    monitor: int | None = None
    channel: int | None = None
    service: str | None = None  # `type` of the channel
    outcome: Outcome | None = None


class Delivery(Struct, frozen=True):
    """A message on its way to a channel, or at its end; times in milliseconds since 1970."""

    id: int
    channel_id: int
    channel: str
    service: str
    monitor_id: int | None
    monitor: str | None  # None: of none, or it is gone
    created: int
    ended: int | None
    due: int  # the next attempt, while it waits
    attempts: int
    outcome: Outcome
    error: str | None  # of the latest attempt; without secrets
    answer: str | None  # of the service that took it; without secrets
    text: str
    status: int | None  # of the beat it tells of; None: a message about something else


class DeliveryRecorded(Struct, frozen=True):
    """A channel has taken a message, or has failed to; it is in the store."""

    channel_id: int
    organisation: int
    error: str | None


class ChannelsChanged(Struct, frozen=True):
    """A channel of a user was added, edited or removed."""

    organisation: int


class LinksChanged(Struct, frozen=True):
    """Which monitors use which channels has changed: monitor id → ids, complete."""

    links: Mapping[int, tuple[int, ...]]


def _read(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


@lru_cache(maxsize=FORMS_KEPT)
def form_of(text: str) -> Form:
    """The form that is stored as a text."""
    return Form(_read(text), text)


def pack(message: Message) -> str:
    """A message as it waits in the outbox."""
    found = {"text": message.text, "monitor": message.monitor, "heartbeat": message.heartbeat}
    return compact_json({**found, "facts": message.facts} if message.facts else found)


@lru_cache(maxsize=_UNPACKED)
def unpack(text: str) -> Message:
    """The inverse of `pack`. Raises ValueError.

    The same message waits for many channels: nobody may change it.
    """
    try:
        found = msgspec.json.decode(text)
    except msgspec.DecodeError:
        found = json.loads(text)  # which reads more than is JSON
    if not isinstance(found, dict) or not isinstance(found.get("text"), str):
        raise ValueError("not a message")
    return Message(found["text"], found.get("monitor"), found.get("heartbeat"), found.get("facts") or {})
