"""The database that a command works on beside or instead of a server: it never makes one."""

from __future__ import annotations

from pathlib import Path

from kuma_lite.core.config import Config
from kuma_lite.core.errors import UserError
from kuma_lite.core.limits import DATABASE_FILE


def existing_database(config: Config) -> Path:
    """The file in the data folder. Raises UserError when there is none, before anything is written."""
    path = config.data_dir.absolute() / DATABASE_FILE
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise UserError(
            "There is no database in {folder}. Name its folder with --data-dir; a server makes one at its "
            "first start.",
            folder=path.parent,
        ) from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UserError(
            "The database {path} cannot be read: {reason}. Whoever runs the server, or root, can do this.",
            path=path,
            reason=reason,
        ) from None
    return path
