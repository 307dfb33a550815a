"""`kuma-lite incidents`: what was or is down."""

from __future__ import annotations

import argparse
from typing import Any, Final

from kuma_lite.cli.durations import shown
from kuma_lite.cli.exits import DONE
from kuma_lite.cli.remote import Remote, add_remote_options
from kuma_lite.cli.tables import look, print_json, table
from kuma_lite.cli.watched import API, add_output
from kuma_lite.core.clock import SystemClock
from kuma_lite.core.errors import UserError
from kuma_lite.core.iso_time import parse_iso

_HEAD: Final = ("STATE", "BEGAN", "LASTED", "WHAT", "CAUSE", "MESSAGE")
_PER_PAGE: Final = 100
_USUAL: Final = 25
_MOST: Final = 10_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which ones."""
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--ongoing", action="store_true", help="only those that go on")
    which.add_argument("--resolved", action="store_true", help="only those that are over")
    parser.add_argument(
        "--limit", type=int, default=_USUAL, metavar="COUNT", help=f"how many at most [{_USUAL}]"
    )
    add_output(parser)
    add_remote_options(parser)


def run(options: argparse.Namespace) -> int:
    """Print them, ongoing ones first, then the newest."""
    if not 1 <= options.limit <= _MOST:
        raise UserError("The limit must be between 1 and {most}.", most=_MOST)
    status = "&status=ongoing" if options.ongoing else "&status=resolved" if options.resolved else ""
    remote = Remote.of(options)
    found: list[dict[str, Any]] = []
    count, page, pages = min(options.limit, _PER_PAGE), 1, 1
    while page <= pages and len(found) < options.limit:
        answer = remote.get(f"{API}/incidents?page={page}&per_page={count}{status}")
        found += answer["data"]
        page, pages = page + 1, answer["meta"]["total_pages"]
    found = found[: options.limit]
    if options.json:
        print_json(found)
        return DONE
    if not found:
        print("No incidents.")
        return DONE
    now = SystemClock().now()
    for line in table(_HEAD, [_row(incident, now) for incident in found], look()):
        print(line)
    return DONE


def _row(incident: dict[str, Any], now: float) -> tuple[str, ...]:
    began, ended = parse_iso(incident["created_at"]), parse_iso(incident["closed_at"] or "")
    seconds = ((ended / 1000 if ended else now) - began / 1000) if began else 0.0
    return (
        incident["status"],
        incident["created_at"],
        shown(seconds),
        incident["monitorable_name"] or "",
        incident["cause"],
        incident["error_message"] or "",
    )
