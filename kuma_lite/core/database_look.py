"""Looking at a database that this process does not have open; a server may have. Nothing is changed in it.

With the SQLite of the live file: it knows how to share it with a server.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import apsw

from kuma_lite.core.errors import UserError

LOOK_STEPS: Final = 200_000_000  # of SQLite's machine: some ten seconds of looking for damage
SQLITE_VERSION: Final = apsw.sqlite_lib_version()
_WAIT_MS: Final = 5000


@contextmanager
def looking(path: Path) -> Iterator[apsw.Connection]:
    """A connection for SELECT alone. Raises UserError with the reason when the file cannot be read."""
    try:
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
        try:
            connection.set_busy_timeout(_WAIT_MS)
            connection.pragma("query_only", True)
            yield connection
        finally:
            connection.close()
    except apsw.Error as error:
        raise UserError("{path} cannot be read: {reason}", path=path, reason=error) from None


def version(connection: apsw.Connection) -> int:
    """Number of the last migration it has seen."""
    return int(connection.execute("PRAGMA user_version").get)


def damage(connection: apsw.Connection) -> str | None:
    """ "" for a sound one, what is wrong with it otherwise; None: sound as far as it could be looked at."""
    connection.set_progress_handler(lambda: True, LOOK_STEPS)
    try:
        found = str(connection.execute("PRAGMA quick_check(1)").get)
    except apsw.InterruptError:
        return None
    except (apsw.CorruptError, apsw.NotADBError) as error:
        return str(error)
    finally:
        connection.set_progress_handler(None)
    return "" if found == "ok" else found


def rows(connection: apsw.Connection) -> dict[str, int]:
    """How many there are in each table."""
    tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    names = [str(name).replace('"', '""') for (name,) in tables]
    return {
        name: int(connection.execute(f'SELECT count(*) FROM "{name}"').get)  # noqa: S608 - our own tables
        for name in names
    }
