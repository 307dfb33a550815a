"""The command line: one file per command, imported when it is the one that was asked for."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from typing import Final

from kuma_lite import __version__
from kuma_lite.core.errors import StartupError, UserError
from kuma_lite.core.journal import complain

# command → one line of help; the module of the same name in this package runs it (see _MODULES).
COMMANDS: Final = {
    "serve": "start the server",
    "health": "ask a running server whether it is well (exit status 0 or 1)",
    "user": "reset a password or remove two-factor authentication",
    "token": "create a token with which an agent or a script reports to the server",
    "agent": "report how this machine is doing to a server",
    "import": "take over an Uptime Kuma with everything in it, into an empty data folder",
    "backup": "write everything a running or stopped server keeps into one file",
    "restore": "put a backup back into the data folder of a stopped server, or try whether it could be",
    "doctor": "look for what is wrong with this installation, and say what to do",
    "export-page": "write a status page as files that need no server",
    "export": "print what a running server watches, as a configuration file",
    "diff": "show what “apply” would change (exit status 0: nothing, 2: something)",
    "apply": "make a running server as a configuration file says",
    "schema": "print the JSON Schema of configuration files, for editors",
    "config": "print a commented configuration file with all settings",
    "version": "print the version",
}
# What cannot be the name of a module: a word of Python, a hyphen.
_MODULES: Final = {"import": "import_", "export-page": "export_page"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status. Whatever a person did wrong is one sentence on stderr."""
    os.umask(0o077)  # before anything is written: what we keep and copy holds passwords and tokens
    argv = list(sys.argv[1:] if arguments is None else arguments)
    parser = argparse.ArgumentParser(
        prog="kuma-lite",
        description="One small process that watches everything you run.",
    )
    parser.add_argument("--version", action="version", version=f"kuma-lite {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    wanted = next((word for word in argv if word in COMMANDS), None)
    for name, line in COMMANDS.items():
        sub = commands.add_parser(name, help=line, description=line[0].upper() + line[1:] + ".")
        if name == wanted:  # the others' options need imports that this run does not
            module = importlib.import_module(f"kuma_lite.cli.{_MODULES.get(name, name)}")
            module.add_arguments(sub)
            sub.set_defaults(run=module.run)
    options = parser.parse_args(argv)
    try:
        return int(options.run(options))
    except StartupError as error:
        complain(error.message)
        return error.code
    except UserError as error:
        complain(error.message)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 0
