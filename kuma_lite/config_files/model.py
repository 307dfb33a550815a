"""What a file wants, and what has to be done for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

from msgspec import Struct, field

from kuma_lite.core.resources import Document

# Secrets of keys and tokens are made here and shown once: no file can hold them; projects are for tokens.
NOT_IN_FILES: Final = frozenset({"api_key", "token", "project"})
HIDDEN: Final = "(secret)"


class Deed(StrEnum):
    """What becomes of one thing."""

    CREATE = "create"
    UPDATE = "update"
    ADOPT = "adopt"  # it is there, as the file says, and belongs to no file yet
    DELETE = "delete"
    KEEP = "keep"  # the file does not name it any more; it is removed only when that is asked for
    WAIT = "wait"  # it cannot be made from here: a server is there when it has reported


CHANGES: Final = frozenset({Deed.CREATE, Deed.UPDATE, Deed.ADOPT, Deed.DELETE})


class FieldChange(Struct, frozen=True):
    """One field in the words of documents; secrets are hidden."""

    name: str
    old: Any = None
    new: Any = None


class Change(Struct, frozen=True):
    """What has to be done about one thing."""

    kind: str  # plural of the resource, as in files
    key: str
    deed: Deed
    fields: Sequence[FieldChange] = ()

    def as_json(self) -> dict[str, Any]:
        """As routes answer it."""
        return {
            "kind": self.kind,
            "key": self.key,
            "action": self.deed.value,
            "fields": [{"name": one.name, "old": one.old, "new": one.new} for one in self.fields],
        }


class Wish(Struct, frozen=True):
    """What one file says.

    Args:
        file: the name by which the things are its.
        documents: plural → key → document; as files have them, but complete and without variables.
        secrets: where a secret stands → the secret.
        prune: whether things of this file go that it does not name any more.
        kept: plural and key of those that stay all the same.
    """

    file: str
    documents: Mapping[str, Mapping[str, Document]]
    secrets: Mapping[str, Any] = field(default_factory=dict)
    prune: bool = False
    kept: frozenset[tuple[str, str]] = frozenset()


class Problem(Struct, frozen=True):
    """What does not fit, and where in the file."""

    kind: str
    key: str
    field: str
    sentence: str

    def as_json(self) -> dict[str, Any]:
        """As routes answer it."""
        return {"kind": self.kind, "key": self.key, "field": self.field, "message": self.sentence}


class Unfit(Exception):
    """A wish that cannot be fulfilled; nothing was done."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(problem.sentence for problem in problems))
        self.problems = problems
