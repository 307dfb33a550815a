"""The command line: one file per command, imported when it is the one that was asked for."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence

from kuma_lite.cli.commands import COMMANDS
from kuma_lite.cli.container import become_user
from kuma_lite.cli.exits import DONE, FAILED, INTERRUPTED
from kuma_lite.cli.parsing import make_parser
from kuma_lite.core.errors import StartupError, UserError
from kuma_lite.core.journal import complain

WINDOWS = (
    "Kuma Lite does not run on Windows itself yet, neither server nor agent: run it inside WSL "
    "(“wsl --install”, then as on Linux)."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status. Whatever a person did wrong is one sentence on stderr."""
    if sys.platform == "win32":
        complain(WINDOWS)
        return FAILED
    os.umask(0o077)  # before anything is written: what we keep and copy holds passwords and tokens
    argv = list(sys.argv[1:] if arguments is None else arguments)
    wanted = next((word for word in argv if not word.startswith("-")), "")
    parser = make_parser([wanted] if wanted in COMMANDS else [])
    options = parser.parse_args(argv)
    gc.enable()  # see __main__.py
    try:
        become_user(os.environ)
        return int(options.run(options))
    except StartupError as error:
        complain(error.message)
        return error.code
    except UserError as error:
        complain(error.message)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return _reader_gone()


def _reader_gone() -> int:
    """Whoever read our output has enough; Python shall not complain at its end that it cannot be flushed."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return DONE
