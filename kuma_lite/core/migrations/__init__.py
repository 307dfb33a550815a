"""The shape of the database, one numbered file per step: `m0001_initial.py`, `m0002_….py` …

A step is a module with `apply(connection)`; one that makes tables says in `OWNERS` which feature alone
writes to each of them (`tests/test_sql.py`). Steps only go forward. Each runs in a transaction of its own in
which its number is noted as well, so that a process killed at any moment goes on at the next start exactly
where it was.
"""

from __future__ import annotations

import importlib
import logging
import pkgutil
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

import apsw
from msgspec import Struct

from kuma_lite.core.errors import StartupError
from kuma_lite.core.patterns import pattern
from kuma_lite.core.schema_backup import copy_before_change, copy_for

log = logging.getLogger(__name__)

_NAME: Final = pattern(r"m(\d{4})_.*")


class Migration(Struct, frozen=True):
    """One step: afterwards the database has version `number`."""

    number: int
    apply: Callable[[apsw.Connection], None]


def discover() -> list[Migration]:
    """All steps in their order; numbers may be left out. Raises ValueError for one used twice.

    A step is imported when it is taken: most starts take none.
    """
    names = sorted(found.name for found in pkgutil.iter_modules(__path__))
    numbers = [int(_NAME.sub(r"\1", name)) for name in names]
    if len(set(numbers)) != len(numbers):
        raise ValueError(f"migrations are numbered {numbers}")
    return [Migration(number, partial(_take, name)) for number, name in zip(numbers, names, strict=True)]


def _take(name: str, connection: apsw.Connection) -> None:
    importlib.import_module(f"{__name__}.{name}").apply(connection)


def version_of(connection: apsw.Connection) -> int:
    """Number of the last step the database has seen; 0 for a new one."""
    version = connection.pragma("user_version")
    assert isinstance(version, int)
    return version


def migrate(connection: apsw.Connection, steps: Sequence[Migration]) -> int:
    """Bring the database to the newest version; returns how many steps that took.

    Raises:
        StartupError: the database was written by a newer program.
    """
    version, newest = version_of(connection), max((step.number for step in steps), default=0)
    if version > newest:
        copy = copy_for(Path(connection.filename), newest) if connection.filename else None
        back = f"put back the copy from before the update: kuma-lite restore {copy}"
        raise StartupError(
            f"The database was written by a newer Kuma Lite (its version is {version}, this program knows "
            f"{newest}). Start the newer program again, or "
            f"{back if copy else 'restore a backup made before the update'}."
        )
    pending = [step for step in steps if step.number > version]
    if pending and version > 0 and connection.filename:
        copy_before_change(connection, version)
    for place, step in enumerate(pending, 1):
        if version > 0:
            log.info("Updating the database: step %s of %s", place, len(pending))
        with connection:
            step.apply(connection)
            connection.pragma("user_version", step.number)
    return len(pending)
