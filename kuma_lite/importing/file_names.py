"""Names of files, and whether there is something to be taken over; for those who only ask."""

from __future__ import annotations

from pathlib import Path
from typing import Final

KUMA_FILE: Final = "kuma.db"
DB_CONFIG: Final = "db-config.json"  # Uptime Kuma 2: which kind of database it uses
COPY_FOLDER: Final = "import.tmp"  # in our data folder: the same disk, and as private
UNFINISHED: Final = "import.unfinished"  # a file in our data folder; holds the path of the source
# Of an import by our own page, in our data folder.
UPLOADED: Final = "import-upload"  # what a browser has sent
STAGED: Final = "import-staged"  # a data folder that it was taken over into
READY: Final = "import-ready"  # the same, and wanted: it becomes ours at the next start


def unfinished(folder: Path) -> Path | None:
    """What was being taken over into a data folder when the import was stopped; None: nothing."""
    try:
        return Path((folder / UNFINISHED).read_text(encoding="utf-8").strip())
    except FileNotFoundError:
        return None
