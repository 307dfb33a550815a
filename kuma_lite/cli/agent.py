"""`kuma-lite agent`: report how this machine is doing. It imports as little as it can: it runs everywhere."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kuma_lite.agent.waiting import waiting
from kuma_lite.core.clock import Clock, SystemClock
from kuma_lite.core.errors import UserError
from kuma_lite.installing.services import AGENT, TOKEN_VARIABLE, URL_VARIABLE, Service, agent_service

if TYPE_CHECKING:
    from kuma_lite.agent.loop import Agent

DEFAULT_INTERVAL_S: Final = 60.0  # what thresholds and charts are made for
MIN_INTERVAL_S: Final = 5.0
_DOCKER_SOCKET: Final = "/var/run/docker.sock"
_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to, and how often."""
    parser.add_argument("--spool", metavar="FOLDER", help="for reports that cannot be sent")
    add_service_arguments(parser)
    parser.add_argument(
        "--once", action="store_true", help="send one report and end; status 1 if it was not taken whole"
    )
    parser.add_argument("--install", action="store_true", help="write a service and end (as root)")
    parser.add_argument("--uninstall", action="store_true", help="stop and remove that service and end")


def add_service_arguments(parser: argparse._ActionsContainer) -> None:
    """What a service of it has to know as well."""
    parser.add_argument("--url", help=f"address of the server (or {URL_VARIABLE})")
    parser.add_argument("--token", help=f"token of a project (or {TOKEN_VARIABLE})")
    parser.add_argument("--token-file", metavar="FILE", help="a file that holds the token")
    parser.add_argument(
        "--interval", type=float, default=DEFAULT_INTERVAL_S, metavar="SECONDS", help="default: %(default)g"
    )
    parser.add_argument("--id", help="identity of this host, where the machine id will not do")
    parser.add_argument(
        "--docker-socket", default=_DOCKER_SOCKET, metavar="PATH", help="default: %(default)s"
    )
    parser.add_argument(
        "--no-processes", action="store_true", help="keep the names of the busiest processes to itself"
    )
    parser.add_argument("--ca-file", default="", metavar="FILE", help="certificates to trust as well")
    parser.add_argument(
        "--docker", action="store_true", help="for a service: let it ask Docker for containers"
    )


def run(options: argparse.Namespace) -> int:
    """Report until told to stop."""
    if options.uninstall:
        return _uninstall()
    if options.install:
        return _install(options)
    url, token = _address(options)
    agent = _build(options, url, token)
    if options.once:
        agent.run(options.interval, _once())
        return 0 if agent.arrived else 1
    with waiting(_SIGNALS) as wait:
        agent.run(options.interval, wait)
    return 1 if agent.refused else 0


def _address(options: argparse.Namespace) -> tuple[str, str]:
    """Of the server, and the token for it. Raises UserError for what no agent can do with."""
    url = options.url or os.environ.get(URL_VARIABLE)
    token = _token(options)
    if not url or not token:
        raise UserError("Give the address of the server with --url and the token of a project with --token.")
    if not options.interval >= MIN_INTERVAL_S:
        raise UserError("The interval must be at least {least:g} seconds.", least=MIN_INTERVAL_S)
    if options.interval > DEFAULT_INTERVAL_S:
        _say(
            f"With more than {DEFAULT_INTERVAL_S:g} seconds between reports no threshold can raise an alert."
        )
    return url, token


def _say(line: str) -> None:
    """One line for the journal."""
    print(f"kuma-lite agent: {line}", file=sys.stderr, flush=True)


def _once() -> Callable[[float], bool]:
    """Sleeps once, then says that it is time to end."""
    import time

    rounds = iter((False,))

    def wait(seconds: float) -> bool:
        for ended in rounds:
            time.sleep(seconds)
            return ended
        return True

    return wait


def _build(options: argparse.Namespace, url: str, token: str) -> Agent:
    from kuma_lite.agent.identity import describe
    from kuma_lite.agent.loop import Agent
    from kuma_lite.agent.measure import Gauge
    from kuma_lite.agent.sending import Server
    from kuma_lite.agent.spool import Spool

    clock = SystemClock()
    gauge = Gauge(clock)
    try:
        server = Server(url, token, options.ca_file)
        spool = Spool(_spool_folder(options.spool), url, clock.now())
    except (ValueError, OSError) as error:
        raise UserError(str(error)) from None
    return Agent(
        measurements=gauge,
        describe=lambda: describe(url, options.id, gauge.mac_of),
        snapshot=_snapshot(options, clock),
        server=server,
        spool=spool,
        clock=clock,
        say=_say,
    )


def _snapshot(options: argparse.Namespace, clock: Clock) -> Callable[[], dict[str, list[dict[str, Any]]]]:
    """What is asked for the lists of a report; what cannot be told is left out of it."""
    from kuma_lite.agent.containers import Containers
    from kuma_lite.agent.gpus import gpus
    from kuma_lite.agent.interfaces import Traffic
    from kuma_lite.agent.processes import Processes

    sources: dict[str, Callable[[], list[dict[str, Any]] | None]] = {
        "containers": Containers(options.docker_socket).busiest,
        "interfaces": Traffic(clock).busiest,
        "gpus": gpus,
    }
    if not options.no_processes:
        sources["processes"] = Processes(clock).busiest

    def ask() -> dict[str, list[dict[str, Any]]]:
        found = {name: source() for name, source in sources.items()}
        return {name: rows for name, rows in found.items() if rows is not None}

    return ask


def _token(options: argparse.Namespace) -> str:
    if options.token_file:
        try:
            return Path(options.token_file).read_text().strip()
        except OSError as error:
            raise UserError("The token cannot be read: {reason}.", reason=error) from None
    return options.token or os.environ.get(TOKEN_VARIABLE, "")


def _spool_folder(wish: str | None) -> Path:
    """What was asked for, systemd's folder for the service, or one of the user's."""
    if wish:
        return Path(wish)
    if os.environ.get("STATE_DIRECTORY"):
        return Path(os.environ["STATE_DIRECTORY"])
    base = os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")
    return Path(base) / "kuma-lite-agent"


def service_of(options: argparse.Namespace) -> Service:
    """The service that reports as these options say. Raises UserError."""
    from kuma_lite.installing.program import runnable_program

    url, token = _address(options)
    return agent_service(runnable_program(), url, token, _kept(options), docker=options.docker)


def _install(options: argparse.Namespace) -> int:
    from kuma_lite.installing.managers import manager_here

    manager, service = manager_here(), service_of(options)
    try:
        for path in manager.write(service):
            print(f"{path} is written.")
    except OSError as error:
        raise UserError("The service cannot be written: {reason}.", reason=error) from None
    if not options.docker and os.path.exists(options.docker_socket):
        print("Docker is here: with --docker the service reports containers, too (and is as good as root).")
    manager.start(service.name)
    print(
        f"The agent reports from now on, and whenever this machine starts. {manager.log_hint(service.name)}"
    )
    return 0


def _uninstall() -> int:
    from kuma_lite.installing.managers import manager_here

    try:
        for path in manager_here().remove(AGENT):
            print(f"{path} is removed.")
    except OSError as error:
        raise UserError("The service cannot be removed: {reason}.", reason=error) from None
    return 0


def _kept(options: argparse.Namespace) -> list[str]:
    """The wishes the service has to know, as arguments. (Its spool is systemd's StateDirectory.)"""
    words: list[str] = []
    if options.interval != DEFAULT_INTERVAL_S:
        words += ["--interval", f"{options.interval:g}"]
    if options.docker_socket != _DOCKER_SOCKET:
        words += ["--docker-socket", options.docker_socket]
    if options.id:
        words += ["--id", options.id]
    if options.ca_file:
        words += ["--ca-file", os.path.abspath(options.ca_file)]
    return [*words, "--no-processes"] if options.no_processes else words
