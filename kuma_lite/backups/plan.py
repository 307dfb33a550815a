"""When backups are made and where they lie, as a person has set it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from msgspec import Struct, field
from msgspec.structs import asdict

from kuma_lite.backups.rotation import EVERY, Keep
from kuma_lite.core.errors import UserError
from kuma_lite.core.records import hiding
from kuma_lite.core.schema_backup import FOLDER

SECRETS: Final = frozenset({"passphrase"})
MOST_KEPT: Final = 1000  # of each
_PASSPHRASE_CHARS: Final = 1000
_LABELS: Final = {"hour": "hourly", "day": "daily", "week": "weekly", "month": "monthly"}


class Plan(Struct, frozen=True):
    """What is made by itself.

    Attributes:
        every: "hour", "day", "week", or "" for never.
        hour: of the day, 0–23, in the server's time zone; of daily and weekly ones.
        folder: "" is `backups` in the data folder; a relative one is below the data folder.
        keep: how many of each age stay.
        passphrase: "" leaves them unencrypted.
        with_keys: with certificate and key for HTTPS.
    """

    __repr__ = hiding("passphrase")

    every: str = ""
    hour: int = 3
    folder: str = ""
    keep: Keep = field(default_factory=Keep)
    passphrase: str = ""
    with_keys: bool = False

    def place(self, data_folder: Path) -> Path:
        """Where they lie."""
        return data_folder / (self.folder or FOLDER)

    def document(self) -> dict[str, Any]:
        """As it is stored, and as the page gets it but for the passphrase."""
        document = asdict(self)
        document["withKeys"] = document.pop("with_keys")
        document["keep"] = self.keep._asdict()
        return document


def plan_of(document: Any) -> Plan:
    """What somebody sends, or what is stored. Raises UserError with the field and what is allowed."""
    if not isinstance(document, Mapping):
        raise UserError("A plan for backups is an object.")
    every = document.get("every", "")
    if every not in ("", *EVERY):
        raise UserError('“every” must be "hour", "day", "week" or "".')
    folder = document.get("folder", "")
    if not isinstance(folder, str) or "\0" in folder or len(folder) > 4096:
        raise UserError("The folder must be a path.")
    passphrase = document.get("passphrase", "")
    if not isinstance(passphrase, str) or len(passphrase) > _PASSPHRASE_CHARS:
        raise UserError("The passphrase must be a text of at most {most} characters.", most=_PASSPHRASE_CHARS)
    with_keys = document.get("withKeys", False)
    if not isinstance(with_keys, bool):
        raise UserError("“withKeys” must be true or false.")
    keep = document.get("keep", {})
    if not isinstance(keep, Mapping):
        raise UserError("“keep” must be an object.")
    counts = Keep(*(_count(keep, name) for name in Keep._fields))
    if every and not any(counts):
        raise UserError("At least one backup must be kept.")
    return Plan(every, _hour(document.get("hour", 3)), folder.strip(), counts, passphrase, with_keys)


def stored_plan(document: Any) -> Plan:
    """What is stored; something that cannot be read is no plan."""
    try:
        return plan_of(document)
    except UserError:
        return Plan()


def _hour(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 23:
        raise UserError("The hour must be a whole number from 0 to 23.")
    return value


def _count(keep: Mapping[str, Any], name: str) -> int:
    value = keep.get(name, getattr(Keep(), name))
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_KEPT:
        raise UserError(
            "The number of {kind} backups must be a whole number from 0 to {most}.",
            kind=_LABELS[name],
            most=MOST_KEPT,
        )
    return value
