"""`kuma-lite service install|uninstall|status`: the server or the agent as a service of this machine."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from kuma_lite.cli import agent
from kuma_lite.cli.exits import DONE, TROUBLE
from kuma_lite.core.config import SERVICE_FOLDER
from kuma_lite.core.errors import UserError
from kuma_lite.core.limits import DEFAULT_HOST, DEFAULT_PORT
from kuma_lite.installing.managers import manager_here
from kuma_lite.installing.origin import keeper_of
from kuma_lite.installing.program import own_program, runnable_program
from kuma_lite.installing.services import AGENT, SERVER, Service

_BY_PACKAGE: Final = frozenset({"container", "deb", "nix"})  # they bring a service, or want none


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is done, and with which of the two."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    install = actions.add_parser("install", help="make a service of it and start that")
    uninstall = actions.add_parser(
        "uninstall", help="stop it, and remove what “install” has written; data stays"
    )
    status = actions.add_parser("status", help="say whether it runs (exit status 0: yes, 3: no)")
    for sub in (install, uninstall, status):
        sub.add_argument("--agent", action="store_true", help="the agent, not the server")
    install.add_argument("--no-start", action="store_true", help="write it, and start it another time")
    server = install.add_argument_group("the server")
    server.add_argument("--host", help=f"address to listen on [{DEFAULT_HOST}]")
    server.add_argument("--port", type=int, help=f"port to listen on [{DEFAULT_PORT}]")
    server.add_argument("--data-dir", metavar="FOLDER", help=f"another one needs --user [{SERVICE_FOLDER}]")
    server.add_argument("--user", metavar="NAME", help="who it runs as [a user that only the service has]")
    agent.add_service_arguments(install.add_argument_group("the agent (--agent)"))


def run(options: argparse.Namespace) -> int:
    """Do it."""
    name = AGENT if options.agent else SERVER
    return {"install": _install, "uninstall": _uninstall, "status": _status}[options.action](options, name)


def _install(options: argparse.Namespace, name: str) -> int:
    manager = manager_here()
    if name == SERVER and (keeper := keeper_of(own_program())) in _BY_PACKAGE:
        raise UserError(
            "The {keeper} package brings the service itself: “systemctl enable --now kuma-lite” starts it.",
            keeper=keeper,
        )
    service = agent.service_of(options) if options.agent else _server(options)
    try:
        for path in manager.write(service):
            print(f"{path} is written.")
    except OSError as error:
        raise UserError("The service cannot be written: {reason}.", reason=error) from None
    if options.no_start:
        return DONE
    manager.start(name)
    print(f"{name} starts now, and whenever this machine does. What it says: {manager.log_hint(name)}")
    if name == SERVER:
        host = options.host or DEFAULT_HOST
        shown = f"[{host}]" if ":" in host else host
        print(f"Its page is at http://{shown}:{options.port or DEFAULT_PORT}/")
    return DONE


def _server(options: argparse.Namespace) -> Service:
    data = Path(options.data_dir or SERVICE_FOLDER).absolute()
    if data != SERVICE_FOLDER:
        if not options.user:
            raise UserError(
                "A data folder other than {folder} needs --user, whose it is: the server has to write to it.",
                folder=SERVICE_FOLDER,
            )
        if not data.is_dir():
            raise UserError("The data folder {folder} does not exist.", folder=data)
    if options.port is not None and not 1 <= options.port <= 65_535:
        raise UserError("The port must be between 1 and 65535.")
    words = ["serve", "--data-dir", str(data)]
    for flag, value in (("--host", options.host), ("--port", options.port)):
        words += [flag, str(value)] if value is not None else []
    return Service(SERVER, runnable_program(), words, user=options.user or "", data=str(data))


def _uninstall(options: argparse.Namespace, name: str) -> int:
    del options
    try:
        for path in manager_here().remove(name):
            print(f"{path} is removed.")
    except OSError as error:
        raise UserError("The service cannot be removed: {reason}.", reason=error) from None
    if name == SERVER:
        print("Its data stays where it is.")
    return DONE


def _status(options: argparse.Namespace, name: str) -> int:
    del options
    manager = manager_here()
    state = manager.state(name)
    if not state.installed:
        print(f"{name} is no service of this machine; “kuma-lite service install” makes it one.")
        return TROUBLE
    print(f"{name}: {state.words}" + (f", process {state.pid}" if state.pid else ""))
    print(f"What it says: {manager.log_hint(name)}")
    return DONE if state.running else TROUBLE
