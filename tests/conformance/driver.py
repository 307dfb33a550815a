"""Differential conformance driver.

python -m tests.conformance.driver record   --url URL --out DIR   write transcripts of a reference server
python -m tests.conformance.driver check    --url URL             replay against another server and compare
python -m tests.conformance.driver list                           scenarios, in the order they run
python -m tests.conformance.driver coverage                       events and endpoints the recordings exercise
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests.conformance.replay import (
    RECORDED,
    accept,
    changed_lines,
    describe,
    load_differences,
    load_recording,
    play,
)
from tests.conformance.scenario import Scenario, every_scenario
from tests.conformance.session import Options, Session
from tests.conformance.target import Target


def _chosen(arguments: argparse.Namespace) -> list[Scenario]:
    known = {scenario.name: scenario for scenario in every_scenario()}
    unknown = [name for name in arguments.scenario if name not in known]
    if unknown:
        sys.exit(f"no scenario called {unknown[0]}; see 'list'")
    return [found for name, found in known.items() if not arguments.scenario or name in arguments.scenario]


def _session(arguments: argparse.Namespace) -> Session:
    options = Options(
        arguments.ack_timeout, arguments.event_timeout, arguments.strict_text, arguments.verbose
    )
    return Session(arguments.url, Target(), options)


async def record(arguments: argparse.Namespace) -> int:
    """Write a transcript of each scenario; those that were aborted are not written."""
    session = _session(arguments)
    arguments.out.mkdir(parents=True, exist_ok=True)
    aborted = total = 0
    for scenario in _chosen(arguments):
        began = time.monotonic()
        run = await play(session, scenario, None)
        total += len(run.steps)
        if run.aborted:
            aborted += 1
            print(f"ABORTED  {scenario.name:<32} {run.aborted}", flush=True)
            continue
        document = {
            "scenario": scenario.name,
            "about": scenario.about,
            "meta": run.meta,
            "server_version": session.version,
            "steps": run.steps,
        }
        text = json.dumps(document, indent=1, ensure_ascii=False)
        (arguments.out / f"{scenario.name}.json").write_text(text + "\n", encoding="utf-8")
        spent = time.monotonic() - began
        print(f"recorded {scenario.name:<32} {len(run.steps):3d} steps  {spent:5.1f} s", flush=True)
    print(f"{total} steps recorded, {aborted} scenarios aborted")
    return 1 if aborted else 0


async def check(arguments: argparse.Namespace) -> int:
    """Replay and compare; say what differs."""
    session = _session(arguments)
    differences = load_differences(arguments.differences) if arguments.differences else []
    passed = failed = accepted = 0
    report: list[dict[str, Any]] = []
    suggestions: list[dict[str, Any]] = []
    for scenario in _chosen(arguments):
        began = time.monotonic()
        run = await play(session, scenario, load_recording(scenario.name, arguments.recorded))
        wrong = list(accept(scenario.name, run.results, differences))
        bad = [result for result in run.results if not result["ok"]]
        good = len(run.results) - len(bad)
        passed, failed = passed + good, failed + len(bad) + len(wrong)
        accepted += sum("accepted" in result for result in run.results)
        spent = time.monotonic() - began
        word = "FAIL" if bad or wrong else "ok  "
        print(f"{word}  {scenario.name:<32} {good:3d} passed, {len(bad)} failed  {spent:5.1f} s", flush=True)
        for line in [*describe(run.results, arguments.diff_lines), *wrong]:
            print(f"    {line}", flush=True)
        suggestions += [
            {"scenario": scenario.name, "step": number, "why": "", "diff": changed_lines(result)}
            for number, result in enumerate(run.results, 1)
            if not result["ok"] and "why" not in result
        ]
        report.append({"scenario": scenario.name, "passed": good, "failed": len(bad), "steps": run.results})
    if accepted:
        print(f"{accepted} differences accepted on purpose")
    if arguments.suggest:
        arguments.suggest.write_text(json.dumps(suggestions, indent=1, ensure_ascii=False))
    if arguments.report:
        found = {"passed": passed, "failed": failed, "scenarios": report}
        arguments.report.write_text(json.dumps(found, indent=1, ensure_ascii=False))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


# What of a path names a thing, and what stands for it in the list.
_NAMES_IN_PATHS = [
    (re.compile(r"(?<=/badge/)[^/]+"), ":id"),
    (re.compile(r"(?<=/push/).*"), ":token"),
    (re.compile(r"(?<=/status/)(?!rss)[^/]+"), ":slug"),
    (re.compile(r"(?<=/status-page/)(?!heartbeat)[^/]+"), ":slug"),
    (re.compile(r"(?<=/heartbeat/)[^/]+"), ":slug"),
    (re.compile(r"/(uptime|ping|avg-response)/[^/]+$"), r"/\1/:duration"),
]


def coverage(arguments: argparse.Namespace) -> int:
    """Count what the recordings exercise."""
    sent_events: Counter[str] = Counter()
    pushes: Counter[str] = Counter()
    requests: Counter[str] = Counter()
    files = sorted(arguments.recorded.glob("*.json"))
    steps = [step for file in files for step in load_recording(file.stem, arguments.recorded)["steps"]]
    for step in steps:
        sent = step.get("sent") or {}
        if "event" in sent:
            sent_events[sent["event"]] += 1
        if "path" in sent:
            path = sent["path"].split("?")[0]
            for pattern, name in _NAMES_IN_PATHS:
                path = pattern.sub(name, path)
            requests[f"{sent['method']} {path}"] += 1
        for key in ("events", "stats"):
            pushes.update(event for _, event, _ in step.get(key, ()))
        pushes["heartbeat"] += len(step.get("beats", ()))
    tables = [("events sent", sent_events), ("events received", pushes), ("HTTP requests", requests)]
    for title, table in tables:
        print(f"{title} ({len(table)})")
        for name in sorted(table):
            print(f"  {table[name]:4d}  {name}")
    print(f"{len(files)} scenarios, {len(steps)} steps")
    return 0


def _list(arguments: argparse.Namespace) -> int:
    for scenario in _chosen(arguments):
        print(f"{scenario.name:<32} {'[fresh] ' if scenario.fresh else ''}{scenario.about}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    listing = commands.add_parser("list")
    listing.add_argument("--scenario", action="append", default=[], help="only this one (may be repeated)")
    covering = commands.add_parser("coverage")
    covering.add_argument("--recorded", type=Path, default=RECORDED, help="folder of recordings")
    for name in ("record", "check"):
        command = commands.add_parser(name)
        command.add_argument("--url", required=True, help="base URL of the server")
        command.add_argument(
            "--scenario", action="append", default=[], help="only this one (may be repeated)"
        )
        command.add_argument("--verbose", "-v", action="store_true", help="name every step")
        command.add_argument("--ack-timeout", type=float, default=5.0, help="s, for an acknowledgement")
        command.add_argument("--event-timeout", type=float, default=2.0, help="s, for expected pushes")
        command.add_argument(
            "--strict-text",
            action="store_true",
            help="also compare messages that come from the reference's JavaScript or SQLite engine",
        )
        if name == "record":
            command.add_argument("--out", type=Path, default=RECORDED)
            continue
        command.add_argument("--recorded", type=Path, default=RECORDED, help="folder of recordings")
        command.add_argument("--report", type=Path, help="write all results to this file, as JSON")
        command.add_argument("--diff-lines", type=int, default=40)
        command.add_argument("--differences", type=Path, help="JSON list of differences made on purpose")
        command.add_argument("--suggest", type=Path, help="write failing steps as --differences reads them")
    return parser


def main() -> int:
    """The command line."""
    arguments = _parser().parse_args()
    match arguments.command:
        case "list":
            return _list(arguments)
        case "coverage":
            return coverage(arguments)
        case "record":
            return asyncio.run(record(arguments))
        case _:
            return asyncio.run(check(arguments))


if __name__ == "__main__":
    sys.exit(main())
