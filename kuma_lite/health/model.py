"""What a problem of our own is: something that keeps this program, not a target, from doing its work."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from kuma_lite.core.sentences import filled

Argument = str | int | float


class Help(StrEnum):
    """The place on the page where a problem can be helped."""

    HISTORY = "history"  # how long history is kept
    NOTIFICATIONS = "notifications"
    MONITORS = "monitors"
    BACKUPS = "backups"
    CERTIFICATE = "certificate"


class Kind(Struct, frozen=True):
    """What problems of one kind have in common. The sentences are templates for the arguments of a problem.

    Args:
        name: in keys, labels and on `/readyz`.
        label: its name for people, who see it in titles of messages.
        public: what strangers may know (`/readyz`): no names of things that people keep.
        meaning: what it means for the watch.
        over: what is said when it is over.
        tell_after: seconds that it has to last before people are told.
        is_note: this program does its work all the same: a note on `/readyz`, and no reason for a 503. What
            does keep it from its work has a probe there (`appliance/build.py`).
        help: where it can be helped on the page; None: nowhere there.
    """

    name: str
    label: str
    public: str
    meaning: str
    over: str
    tell_after: float
    is_note: bool = False
    help: Help | None = None


class Problem(Struct, frozen=True):
    """One that is there now.

    Args:
        kind: what it has in common with others.
        says: one sentence, a template for `arguments`.
        arguments: what belongs into the sentences, by name.
        item: which thing has it, where several can (`3` of the proxy with that number).
        members: what is affected, by name, with a sentence each: monitors that cannot be checked.
        avoid: ids of the channels that cannot carry the message about it.
    """

    kind: Kind
    says: str
    arguments: Mapping[str, Argument] = field(default_factory=dict)
    item: str = ""
    members: Mapping[str, str] = field(default_factory=dict)
    avoid: frozenset[int] = frozenset()

    @property
    def key(self) -> str:
        """What it is told from others by: `disk-full`, `proxy:3`."""
        return f"{self.kind.name}:{self.item}" if self.item else self.kind.name

    @property
    def sentence(self) -> str:
        """What is wrong, in English."""
        return filled(self.says, self.arguments)

    @property
    def meaning(self) -> str:
        """What it means for the watch, in English."""
        return filled(self.kind.meaning, self.arguments)

    @property
    def over(self) -> str:
        """What is said when it is over, in English."""
        return filled(self.kind.over, self.arguments)


# Asked about once a second, so it must be quick, and must not wait for a disk or a network.
Source = Callable[[], Problem | Iterable[Problem] | None]


class Report(Struct, frozen=True):
    """A message about a problem, before it is one of a channel.

    Args:
        key: of the problem.
        label: its name for people.
        says: everything, in one line, without the name of the program and without the state.
        since: when it began, milliseconds since 1970.
        is_over: it has ended.
        avoid: ids of the channels that cannot carry it.
    """

    key: str
    label: str
    says: str
    since: int
    is_over: bool
    avoid: frozenset[int] = frozenset()

    def as_monitor(self) -> dict[str, Any]:
        """What stands where other messages have their monitor."""
        return {"name": f"Kuma Lite: {self.label}", "type": "kuma-lite", "problem": self.key}


class ProblemsChanged(Struct, frozen=True):
    """What the page shows has changed."""
