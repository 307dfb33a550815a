"""`kuma-lite import`: take over the data of an Uptime Kuma, or what a file of another program describes."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Final

from kuma_lite.core.clock import SystemClock
from kuma_lite.core.config import Config, add_options, load_config
from kuma_lite.core.errors import StartupError
from kuma_lite.core.limits import DATABASE_FILE
from kuma_lite.importing.file_names import KUMA_FILE, unfinished

_SQLITE: Final = b"SQLite format 3\0"
BAR_CHARS: Final = 30
PLAIN_STEP: Final = 25  # percent between two lines where there is no terminal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to take over, and where to."""
    parser.add_argument(
        "path", help="data folder of Uptime Kuma 1.18 or newer, its kuma.db, or a file of another program"
    )
    add_options(parser, "data_dir")
    from kuma_lite.cli.import_file import add_foreign_options

    add_foreign_options(parser)


def run(options: argparse.Namespace) -> int:
    """Take it over and print what was taken and what was not."""
    path = Path(options.path)
    if path.is_file() and not _is_database(path):
        from kuma_lite.cli.import_file import run_foreign

        return run_foreign(options)
    config = load_config(options)
    take_over_into(config.data_dir, path)
    return 0


def _is_database(path: Path) -> bool:
    """Whether it is SQLite's; what cannot be read is said by whoever reads it."""
    try:
        with path.open("rb") as file:
            head = file.read(len(_SQLITE))
    except OSError:
        return True
    return head == _SQLITE or path.suffix == Path(KUMA_FILE).suffix


def take_over_into(data_dir: Path, path: Path) -> None:
    """Import with a progress bar and a report. Raises StartupError, UserError."""
    from kuma_lite.appliance.importing import take_over

    bar = ProgressBar()
    try:
        outcome = asyncio.run(take_over(path, data_dir, SystemClock(), bar.show))
    finally:
        bar.end()
    if outcome.before:
        print(f"This Uptime Kuma was taken over on {outcome.finished} UTC already; nothing was changed.")
        return
    print("\n".join(outcome.report.lines()), flush=True)


class ProgressBar:
    """How far it has come: a bar on a terminal, a line now and then elsewhere; on standard error."""

    def __init__(self) -> None:
        self._shown: tuple[str, int] | None = None
        self._is_terminal = sys.stderr.isatty()

    def show(self, what: str, done: int, total: int) -> None:
        """`done` of `total` beats (or whatever) have been taken."""
        percent = 100 if done >= total else done * 100 // total
        step = percent if self._is_terminal else percent // PLAIN_STEP * PLAIN_STEP
        if self._shown == (what, step):
            return
        if self._shown and self._shown[0] != what:
            self.end()
        self._shown = (what, step)
        line = f"{percent:3d} %  {done:,} of {total:,} {what}"
        if self._is_terminal:
            full = percent * BAR_CHARS // 100
            print(f"\r[{'#' * full}{'.' * (BAR_CHARS - full)}] {line}", end="", file=sys.stderr, flush=True)
        else:
            print(line, file=sys.stderr, flush=True)

    def end(self) -> None:
        """Go on below the bar."""
        if self._shown and self._is_terminal:
            print(file=sys.stderr)
        self._shown = None


def before_first_start(config: Config) -> None:
    """Offer to take over an Uptime Kuma whose data folder this is; ours holds nothing yet.

    Raises:
        StartupError: somebody has to decide first, or an import has to be finished.
    """
    folder = config.data_dir
    started = unfinished(folder)
    if not started and ((folder / DATABASE_FILE).exists() or not (folder / KUMA_FILE).is_file()):
        return
    source = started or folder
    if config.import_kuma_db:
        take_over_into(folder, source)
        return
    command = f"kuma-lite import {source} --data-dir {folder}"
    if started:
        raise StartupError(f"Taking over {source} was interrupted; finish it with: {command}")
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise StartupError(
            f"The data folder {folder} holds an Uptime Kuma and nothing of Kuma Lite yet. Take it over with: "
            f"{command} (or start with --import-kuma-db)"
        )
    if _wanted(folder):
        take_over_into(folder, source)


def _wanted(folder: Path) -> bool:
    """Ask at the terminal. Raises StartupError when there is no answer."""
    print(f"The data folder {folder} holds an Uptime Kuma and nothing of Kuma Lite yet.")
    try:
        answer = input("Take everything over? Uptime Kuma's own files stay as they are. [Y/n] ")
    except EOFError:
        raise StartupError("There was no answer; nothing was changed.") from None
    return answer.strip().lower() in ("", "y", "yes")
