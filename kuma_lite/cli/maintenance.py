"""`kuma-lite maintenance start|stop|list`."""

from __future__ import annotations

import argparse
from typing import Any, Final

from kuma_lite.cli.durations import minutes_of
from kuma_lite.cli.exits import DONE
from kuma_lite.cli.remote import Remote, add_remote_options
from kuma_lite.cli.switching import add_names, named
from kuma_lite.cli.tables import clean, look, print_json, table
from kuma_lite.cli.watched import API, add_output, all_of, one, read
from kuma_lite.core.errors import UserError

_HEAD: Final = ("ID", "STATE", "BEGINS", "ENDS", "MONITORS", "STRATEGY", "TITLE")
_TITLE: Final = "Maintenance"
_RUNS: Final = "under-maintenance"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do."""
    actions = parser.add_subparsers(dest="what", metavar="ACTION", required=True)
    start = actions.add_parser("start", help="put monitors under maintenance now")
    add_names(start)
    start.add_argument(
        "--for", dest="length", metavar="DURATION", help="as in 90m, 2h or 1d; else until it is stopped"
    )
    start.add_argument("--title", default=_TITLE, help=f"what people see [{_TITLE}]")
    stop = actions.add_parser("stop", help="end maintenance that runs")
    stop.add_argument("plan", nargs="*", metavar="TITLE", help="title or number; without one, all that runs")
    add_remote_options(stop)
    listing = actions.add_parser("list", help="show all plans")
    add_output(listing)
    add_remote_options(listing)


def run(options: argparse.Namespace) -> int:
    """Do it."""
    remote = Remote.of(options)
    if options.what == "start":
        print(_start(options, remote))
    elif options.what == "stop":
        print(_stop(options, remote))
    else:
        _list(options, remote)
    return DONE


def _start(options: argparse.Namespace, remote: Remote) -> str:
    minutes = minutes_of(options.length) if options.length else None
    found = named(options, read(remote))
    if not found:
        raise UserError("There are no such monitors.")
    body = {"title": options.title, "minutes": minutes, "monitors": [monitor.id for monitor in found]}
    made = remote.post(f"{API}/maintenance/start", body)
    until = f"until {made['state']['ends_at']}" if minutes else "until it is stopped"
    counted = f"{len(found)} monitor{'' if len(found) == 1 else 's'}"
    return f"{clean(made['title'])} (number {made['id']}) has begun, for {counted}, {until}."


def _stop(options: argparse.Namespace, remote: Remote) -> str:
    plans = list(all_of(remote, "maintenance"))
    if options.plan:
        found = [_find(plans, name) for name in options.plan]
    else:
        found = [plan for plan in plans if plan["state"]["status"] == _RUNS]
    for plan in found:
        remote.post(one("maintenance", plan["id"], "end"), {})
    return (
        f"Ended: {clean(', '.join(plan['title'] for plan in found))}."
        if found
        else "Nothing is under maintenance."
    )


def _find(plans: list[dict[str, Any]], name: str) -> dict[str, Any]:
    """The one that runs, of several with the same title. Raises UserError."""
    found = [plan for plan in plans if name in (plan["title"], str(plan["id"]))]
    running = [plan for plan in found if plan["state"]["status"] == _RUNS]
    found = running or found
    if not found:
        raise UserError("There is no maintenance called “{name}”.", name=name)
    if len(found) > 1:
        which = ", ".join(str(plan["id"]) for plan in found)
        raise UserError("“{name}” may be each of these; say its number: {which}.", name=name, which=which)
    return found[0]


def _list(options: argparse.Namespace, remote: Remote) -> None:
    plans = list(all_of(remote, "maintenance"))
    if options.json:
        print_json(plans)
        return
    rows = [
        (
            plan["id"],
            plan["state"]["status"],
            plan["state"]["begins_at"] or "",
            plan["state"]["ends_at"] or "",
            len(plan["monitors"]),
            plan["strategy"],
            plan["title"],
        )
        for plan in plans
    ]
    for line in table(_HEAD, rows, look()) if rows else ["No maintenance."]:
        print(line)
