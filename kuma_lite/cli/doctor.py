"""`kuma-lite doctor`: what is wrong with this installation, and what to do about it."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Final

from kuma_lite.appliance.doctor import archive_of, find
from kuma_lite.cli.exits import DIFFERENT, DONE, TROUBLE
from kuma_lite.core.config import add_options, load_config
from kuma_lite.core.errors import UserError
from kuma_lite.doctor.model import Finding, Level, worst

MARKS: Final = {Level.OK: "ok", Level.NOTE: "note", Level.WARNING: "warning", Level.TROUBLE: "TROUBLE"}
COLOURS: Final = {Level.OK: "32", Level.NOTE: "36", Level.WARNING: "33", Level.TROUBLE: "31;1"}
EXIT: Final = {Level.OK: DONE, Level.NOTE: DONE, Level.WARNING: DIFFERENT, Level.TROUBLE: TROUBLE}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How it is told."""
    parser.add_argument("--json", action="store_true", help="as JSON, for scripts")
    parser.add_argument(
        "--bundle",
        metavar="FILE",
        help="write what was found into a .tar.gz for whoever helps you; no secrets are in it, and no "
        "names or addresses of what you watch",
    )
    add_options(parser, "data_dir", "host", "port", "ssl_cert", "ssl_key", "acme", "acme_terms")


def run(options: argparse.Namespace) -> int:
    """See `cli.exits`."""
    config = load_config(options)
    findings = find(config)
    if options.json:
        print(json.dumps([finding.document() for finding in findings], indent=1))
    else:
        print("\n".join(lines(findings, coloured=_is_coloured())))
    if options.bundle:
        write_bundle(Path(options.bundle), archive_of(config, findings))
        print(f"{options.bundle} is written; look through it before you send it.", file=sys.stderr)
    return EXIT[worst(findings)]


def lines(findings: list[Finding], *, coloured: bool) -> list[str]:
    """For people: what, how it is, what to do."""
    width = max(len(finding.what) for finding in findings)
    told = []
    for what, level, says, do in ((each.what, each.level, each.says, each.do) for each in findings):
        mark = f"{MARKS[level]:7}"
        mark = f"\x1b[{COLOURS[level]}m{mark}\x1b[0m" if coloured else mark
        told.append(f"{mark}  {what:{width}}  {says}")
        if do and level is not Level.OK:
            told.append(f"{'':{width + 11}}→ {do}")
    return told


def write_bundle(target: Path, content: bytes) -> None:
    """What helps whoever helps. Raises UserError."""
    try:
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
    except OSError as error:
        reason = error.strerror or error
        raise UserError("{file} cannot be written: {reason}.", file=target, reason=reason) from None


def _is_coloured() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
