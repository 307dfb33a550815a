"""The very first start: what makes its database is no more in memory afterwards than at later ones."""

from __future__ import annotations

import logging
import os
from contextlib import suppress

from kuma_lite.appliance.ground import Ground
from kuma_lite.backups import restoring
from kuma_lite.core.clock import SystemClock
from kuma_lite.core.config import Config
from kuma_lite.core.limits import DATABASE_FILE
from kuma_lite.importing import file_names
from kuma_lite.web.trial import in_copy


def make_database(config: Config) -> None:
    """Make the database of a new data folder in a child, with which goes what that leaves in memory (1.7 MB).

    To be called while there are no threads and no event loop. Whatever the child cannot do, the start that
    follows does, or says why not.
    """
    if any((config.data_dir / name).exists() for name in (DATABASE_FILE, restoring.READY, file_names.READY)):
        return

    async def make() -> bool:
        logging.disable()  # the start says it
        ground = Ground(config, SystemClock())
        try:
            await ground.open()
        finally:
            await ground.close()
        return True

    with suppress(OSError):  # no memory for a child, or too many of them
        os.waitpid(in_copy(make), 0)
