"""At a start: what was imported by the page takes the place of what was here, which is kept.

Each step can be interrupted and is found again at the next start: the database is the last thing that moves.
"""

from __future__ import annotations

import logging
import os
import shutil
from pathlib import Path
from typing import Final

from kuma_lite.core.limits import DATABASE_FILE
from kuma_lite.importing.file_names import READY, STAGED, UPLOADED
from kuma_lite.importing.files import FOLDERS

log = logging.getLogger(__name__)

KEPT: Final = "kuma-lite-before-import"  # .db, with a number where there is one already
_SIDES: Final = ("-wal", "-shm")  # of a database that was not closed


def adopt(folder: Path) -> Path | None:
    """Take over what is ready. Returns where the database from before is; None: nothing was done.

    The database must not be open, nor the folder another process's.
    """
    for leftover in (UPLOADED, STAGED):
        shutil.rmtree(folder / leftover, ignore_errors=True)
    ready, ours = folder / READY, folder / DATABASE_FILE
    kept = None
    if (ready / DATABASE_FILE).is_file():
        kept = _free_name(folder)
        if ours.exists():
            for side in (*_SIDES, ""):
                if (path := Path(f"{ours}{side}")).exists():
                    os.replace(path, f"{kept}{side}")
        for name in FOLDERS:
            _move_files(ready / name, folder / name)
        os.replace(ready / DATABASE_FILE, ours)
        log.info("The imported database is in use from now on; the one from before is %s", kept)
    shutil.rmtree(ready, ignore_errors=True)
    return kept


def _free_name(folder: Path) -> Path:
    number, path = 1, folder / f"{KEPT}.db"
    while path.exists():
        number += 1
        path = folder / f"{KEPT}-{number}.db"
    return path


def _move_files(source: Path, target: Path) -> None:
    for path in sorted(source.rglob("*")):
        if path.is_file():
            place = target / path.relative_to(source)
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.replace(path, place)
