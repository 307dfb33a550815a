"""The passphrase of an encrypted backup: from a file, the environment or the terminal, never from a flag."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from pathlib import Path
from typing import Final

from kuma_lite.core.errors import UserError

VARIABLE: Final = "KUMA_LITE_BACKUP_PASSPHRASE"


def add_passphrase(parser: argparse.ArgumentParser) -> None:
    """Where the passphrase is read from."""
    parser.add_argument(
        "--passphrase-file",
        metavar="FILE",
        help=f"first line is the passphrase of an encrypted backup; otherwise {VARIABLE} in the environment, "
        "or asked for at the terminal",
    )


def passphrase_of(options: argparse.Namespace, prompt: str, *, twice: bool = False) -> str:
    """The passphrase. Raises UserError: there is none, or two that differ."""
    if options.passphrase_file:
        try:
            text = Path(options.passphrase_file).read_text(encoding="utf-8").split("\n", 1)[0].rstrip("\r")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or error
            raise UserError(
                "{file} cannot be read: {reason}.", file=options.passphrase_file, reason=reason
            ) from None
    elif VARIABLE in os.environ:
        text = os.environ[VARIABLE]
    elif sys.stdin.isatty():
        text = getpass.getpass(prompt)
        if twice and text and getpass.getpass("Once more: ") != text:
            raise UserError("The two passphrases differ.")
    else:
        raise UserError("A passphrase is needed: --passphrase-file FILE, or {variable}.", variable=VARIABLE)
    if not text:
        raise UserError("The passphrase is empty.")
    return text
