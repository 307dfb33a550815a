"""Files beside the database: uploaded pictures, certificates for Docker hosts."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Final

from kuma_lite.core.errors import UserError
from kuma_lite.core.sentences import said
from kuma_lite.importing.report import Report

FOLDERS: Final = {
    "upload": said("uploaded pictures"),
    "docker-tls": said("certificates for Docker hosts"),
}
SCREENSHOTS: Final = "screenshots"


def copy_files(source: Path, target: Path, report: Report) -> None:
    """Copy what belongs to a data folder into ours; what is there already is replaced. Raises UserError."""
    for name, words in FOLDERS.items():
        report.took(words, _copy_folder(source / name, target / name, report))
    pictures = source / SCREENSHOTS
    if pictures.is_dir() and any(pictures.iterdir()):
        report.leave("screenshots", "the next check makes new ones")


def _copy_folder(source: Path, target: Path, report: Report) -> int:
    """How many files there are; links are not followed, they may lead anywhere."""
    count = 0
    for folder, folders, names in os.walk(source):
        place = Path(folder)
        for name in [*names, *(name for name in folders if (place / name).is_symlink())]:
            path = place / name
            if path.is_symlink() or not path.is_file():
                report.leave(
                    "file “{path}”", "it is a link or no plain file", path=path.relative_to(source.parent)
                )
                continue
            _copy_file(path, target / path.relative_to(source))
            count += 1
    return count


def _copy_file(source: Path, target: Path) -> None:
    if target.exists() and source.samefile(target):
        return  # Uptime Kuma's data folder is ours
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    except OSError as error:
        raise UserError(
            "{source} cannot be copied: {reason}.", source=source, reason=error.strerror or error
        ) from None
