"""`kuma-lite export`: what a server watches, as a file."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Final

from kuma_lite.cli.remote import Remote, add_remote_options
from kuma_lite.core.errors import UserError

_HEAD: Final = "# Written by “kuma-lite export”; “kuma-lite apply FILE” makes a server so.\n"
_SECRETS_HEAD: Final = "# Secrets of an installation, for “kuma-lite apply --secrets” and nobody else.\n"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whether secrets are wanted, and which server."""
    parser.add_argument(
        "--secrets", metavar="FILE", help="write passwords and tokens to this file, which must not exist yet"
    )
    add_remote_options(parser)


def run(options: argparse.Namespace) -> int:
    """Print the configuration; secrets are left where they are, or go to a file of their own."""
    from kuma_lite.config_files.reading import file_text
    from kuma_lite.config_files.texts import written

    answer = Remote.of(options).get(f"/api/v1/config?secrets={'true' if options.secrets else 'false'}")
    if options.secrets:
        _write_secrets(options.secrets, written(answer["secrets"]) if answer["secrets"] else "{}\n")
    print(_HEAD + file_text(answer["documents"]), end="")
    return 0


def _write_secrets(path: str, text: str) -> None:
    try:
        descriptor = os.open(Path(path), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(_SECRETS_HEAD + text)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UserError("{file} cannot be written: {reason}.", file=path, reason=reason) from None
