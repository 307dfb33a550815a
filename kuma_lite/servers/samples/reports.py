"""What a report makes of a server. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from kuma_lite.servers.model import Server
from kuma_lite.servers.samples.metrics import MAX_SERIES, metric_of
from kuma_lite.servers.samples.reading import DUPLICATE_MS, FUTURE_MS, NewSample, Report, are_two_hosts

# What a report changes about a server.
REPORTED: Final = (
    "agent_version", "attributes", "last", "snapshot", "duplicate_host", "duplicate_seen",
    "clock_offset", "clock_guess", "updated", "last_seen",
)  # fmt: skip

_APART_MS: Final = 20_000  # reports closer together are one backlog in pieces


def after_report(before: Server, report: Report, now: int) -> Server:
    """The server as a report leaves it; samples there is no place for are counted as failures."""
    duplicate_host, duplicate_seen = before.duplicate_host, before.duplicate_seen
    if are_two_hosts(before.attributes, before.last_seen, report.attributes, now):
        duplicate_host, duplicate_seen = before.name, now
        _refuse(
            report, _is_counter, "Two hosts report with this motherboard_id: counters cannot be told apart"
        )
    elif duplicate_seen is not None and now - duplicate_seen >= DUPLICATE_MS:
        duplicate_host = duplicate_seen = None
    room = MAX_SERIES - len(before.series)
    new = list(dict.fromkeys(s.name for s in report.samples if s.name not in before.series))[max(0, room) :]
    surplus = frozenset(new)
    _refuse(report, lambda s: s.name in surplus, f"A server has at most {MAX_SERIES} metrics")
    last = dict(before.last)
    for name, time, value in report.samples:
        if (
            name not in last or time > last[name][0]
        ):  # of two with one time the first is kept, as in the history
            last[name] = (time, value)
    clock_offset, clock_guess = _clock_offset(before, report, now)
    return replace(
        before,
        agent_version=report.agent_version,
        attributes={**before.attributes, **report.attributes},
        snapshot={**before.snapshot, **report.snapshot},
        last=last,
        duplicate_host=duplicate_host,
        duplicate_seen=duplicate_seen,
        clock_offset=clock_offset,
        clock_guess=clock_guess,
        updated=now,
        last_seen=now,
    )


def _refuse(report: Report, which: Callable[[NewSample], bool], sentence: str) -> None:
    staying = [sample for sample in report.samples if not which(sample)]
    if len(staying) < len(report.samples):
        report.fail(sentence, len(report.samples) - len(staying))
        report.samples = staying


def _is_counter(sample: NewSample) -> bool:
    metric = metric_of(sample.name)
    return metric is not None and metric.counter


def _clock_offset(before: Server, report: Report, now: int) -> tuple[int | None, int | None]:
    """How far the host's clock is ahead of ours, and how far it seems to be, ms; None: not noticeably.

    Our agent says what its clock shows. Of others it is known that a report ends with what was just measured;
    yet somebody may send old samples alone, so a clock is behind only if two reports some time apart say so.
    """
    shown = report.sent_at if report.sent_at is not None else report.newest
    if shown is None or abs(shown - now) < FUTURE_MS:
        return None, None
    offset = shown - now
    if report.sent_at is not None or offset > 0:
        return offset, offset
    last = before.clock_offset if before.clock_offset is not None else before.clock_guess
    agrees = last is not None and abs(last - offset) < FUTURE_MS
    if agrees and (before.clock_offset is not None or now - before.last_seen >= _APART_MS):
        return offset, offset
    return None, offset
