"""`kuma-lite update`: take the newest release, if it is signed; take it back if it does not serve."""

from __future__ import annotations

import argparse
import os
import sys
import urllib.error
from pathlib import Path
from typing import Final

from kuma_lite import __version__
from kuma_lite.cli.exits import DIFFERENT, DONE
from kuma_lite.core.clock import SystemClock
from kuma_lite.core.config import Config, add_options, load_config
from kuma_lite.core.errors import StartupError, UserError
from kuma_lite.core.own_address import ask_ready
from kuma_lite.installing.downloads import Source
from kuma_lite.installing.manager import Manager
from kuma_lite.installing.managers import manager_here
from kuma_lite.installing.origin import keeper_of, refuse_if_kept
from kuma_lite.installing.places import place_of
from kuma_lite.installing.program import own_program
from kuma_lite.installing.release_key import PUBLIC_KEYS, RELEASES_URL
from kuma_lite.installing.releases import (
    MAX_SUMS_BYTES,
    SIGNATURE,
    SUMS,
    Release,
    machine_of,
    order,
    release_for,
    verified,
)
from kuma_lite.installing.updating import READY_S, Update

_FOUND_BY: Final = ("host", "port", "data_dir", "ssl_cert", "ssl_key")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """From where, and how long to wait."""
    parser.add_argument("--check", action="store_true", help="only say whether there is a newer version")
    parser.add_argument(
        "--from", dest="source", default=RELEASES_URL, metavar="URL", help="of the release [%(default)s]"
    )
    parser.add_argument(
        "--key", action="append", metavar="KEY", help="public key to trust instead of ours, in base64"
    )
    parser.add_argument(
        "--wait",
        type=float,
        default=READY_S,
        metavar="SECONDS",
        help="until a new version that does not serve is taken back; the change of a large database may take "
        "longer [%(default)g]",
    )
    add_options(parser, *_FOUND_BY)


def run(options: argparse.Namespace) -> int:
    """0: done, or nothing newer; 2: with --check, there is something newer."""
    program = own_program()
    refuse_if_kept(keeper_of(program))
    keys = tuple(options.key or PUBLIC_KEYS)
    if not keys:
        raise UserError(
            "This program was built without the key of those who make releases, so it cannot tell a good "
            "one: name their key with --key, or install anew."
        )
    executable = Path(sys.executable)
    place, source = place_of(executable, __version__), Source(options.source)
    sums = verified(source.text(SUMS, MAX_SUMS_BYTES), source.text(SIGNATURE, MAX_SUMS_BYTES), keys)
    musl = "musl" in getattr(sys.implementation, "_multiarch", "")
    machine = machine_of(os.uname().machine, bits=sys.maxsize.bit_length() + 1)
    release = release_for(sums, machine, musl=musl, folder=place.folder)
    if not _is_newer(release):
        print(f"Kuma Lite {__version__} is the newest version.")
        return DONE
    if options.check:
        print(f"Kuma Lite {release.version} is there; this is {__version__}.")
        return DIFFERENT
    update = Update(place, _manager(), lambda pid: _is_ready(pid, options), SystemClock(), say, options.wait)
    started = update.carry_out(source, release, __version__)
    if started:
        print(f"Kuma Lite {release.version} runs: {', '.join(started)}.")
    else:
        print("No service of this machine runs it: what was started in another way has to be started anew.")
    return DONE


def say(line: str) -> None:
    """One line for people."""
    print(line, flush=True)


def _is_newer(release: Release) -> bool:
    """Raises UserError for an older one: that is no update."""
    found, own = order(release.version), order(__version__)
    if found < own:
        raise UserError(
            "The release there is {found}, older than this {own}: it is not installed.",
            found=release.version,
            own=__version__,
        )
    return found > own


def _manager() -> Manager | None:
    try:
        return manager_here()
    except UserError:
        return None


def _is_ready(pid: int, options: argparse.Namespace) -> bool:
    try:
        with ask_ready(_settings_of(pid, options)):
            return True
    except (urllib.error.URLError, OSError, ValueError):
        return False


def _settings_of(pid: int, options: argparse.Namespace) -> Config:
    """Those the server was started with, where the system tells; else what is said here."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_text(errors="replace").split("\0")[:-1]
        variables = Path(f"/proc/{pid}/environ").read_text(errors="replace").split("\0")
    except OSError:
        return load_config(options)
    parser = argparse.ArgumentParser(exit_on_error=False, add_help=False)
    add_options(parser)
    try:
        given, _ = parser.parse_known_args(words[words.index("serve") + 1 :])
        config = load_config(given, dict(line.split("=", 1) for line in variables if "=" in line))
    except (argparse.ArgumentError, StartupError, ValueError):
        return load_config(options)
    return config
