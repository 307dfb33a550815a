"""`kuma-lite status`: whether everything is up."""

from __future__ import annotations

import argparse
from collections import Counter
from typing import Any, Final

from kuma_lite.cli.exits import DONE, TROUBLE
from kuma_lite.cli.ls import HEAD, row
from kuma_lite.cli.remote import Remote
from kuma_lite.cli.tables import clean, look, painted, print_json, table
from kuma_lite.cli.watched import API, STATES, add_filters, add_output, all_of, chosen, read

_TROUBLES: Final = ("down", "pending")
_RUNS: Final = "under-maintenance"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Of which monitors."""
    add_output(parser)
    add_filters(parser)


def run(options: argparse.Namespace) -> int:
    """Print an overview; the exit status says whether something is down."""
    remote = Remote.of(options)
    monitors = chosen(options, read(remote))
    narrowed = any((options.tag, options.group, options.state, options.type))
    counts = Counter(one.status or "pending" for one in monitors)
    servers: list[dict[str, Any]] = [] if narrowed else remote.get(f"{API}/servers")
    plans = [plan for plan in all_of(remote, "maintenance") if plan["state"]["status"] == _RUNS]
    offline = [str(server["hostname"]) for server in servers if server["status"] == "offline"]
    troubled = [one for one in monitors if one.status in _TROUBLES]
    down = counts["down"] or offline
    if options.json:
        print_json(
            {
                "monitors": {state: counts[state] for state in STATES},
                "troubled": [one.as_json() for one in troubled],
                "servers": {"online": len(servers) - len(offline), "offline": len(offline)},
                "maintenance": [plan["title"] for plan in plans],
            }
        )
        return TROUBLE if down else DONE
    style = look()
    parts = [painted(f"{counts[state]} {state}", state, style) for state in STATES if counts[state]]
    print(f"{len(monitors)} monitors: {', '.join(parts)}" if monitors else "No monitors.")
    if servers:
        words = painted(f"{len(offline)} offline", "offline", style) if offline else "all online"
        print(f"{len(servers)} servers: {words}{': ' if offline else ''}{clean(', '.join(offline))}")
    for plan in plans:
        print(f"Under maintenance: {clean(plan['title'])}, until {plan['state']['ends_at'] or 'it is ended'}")
    if troubled:
        print()
        for line in table(HEAD, [row(one) for one in troubled], style):
            print(line)
    return TROUBLE if down else DONE
