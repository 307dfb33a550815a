"""What a report makes of a server. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from kuma_lite.core.records import replace
from kuma_lite.servers.model import Server
from kuma_lite.servers.samples import host_clock
from kuma_lite.servers.samples.metrics import MAX_SERIES, metric_of
from kuma_lite.servers.samples.reading import DUPLICATE_MS, NewSample, Report, are_two_hosts, put_in_time

# What a report that is stored changes about a server; that it was heard is known whatever becomes of it.
REPORTED: Final = (
    "agent_version", "attributes", "last", "snapshot", "duplicate_host", "duplicate_seen", "updated",
)  # fmt: skip


def after_report(before: Server, report: Report, now: int, monotonic: int, oldest: int) -> Server:
    """The server as a report leaves it; samples there is no place for are counted as failures.

    Args:
        before: the server as it was.
        report: as it was read; what becomes of its samples is written into it.
        now: milliseconds since 1970.
        monotonic: the same moment, monotonic ms.
        oldest: samples before this moment are not kept.
    """
    shown = report.shown(now - oldest)
    clock = host_clock.after(before.clock, shown, now, monotonic)
    put_in_time(report, host_clock.shift_of(before.clock, clock, shown, now), now, oldest)
    duplicate_host, duplicate_seen = before.duplicate_host, before.duplicate_seen
    if are_two_hosts(before.attributes, before.last_seen, report.attributes, now):
        duplicate_host, duplicate_seen = before.name, now
        _refuse(
            report, _is_counter, "Two hosts report with this motherboard_id: counters cannot be told apart"
        )
    elif duplicate_seen is not None and now - duplicate_seen >= DUPLICATE_MS:
        duplicate_host = duplicate_seen = None
    room = MAX_SERIES - len(before.series)
    new = list(dict.fromkeys(s.name for s in report.samples if s.name not in before.series))
    if len(new) > room:
        surplus = frozenset(new[max(0, room) :])
        _refuse(report, lambda s: s.name in surplus, f"A server has at most {MAX_SERIES} metrics")
    last = not_after(before.last, now + host_clock.TOLERANCE_MS)
    for name, time, value in report.samples:
        if (
            name not in last or time > last[name][0]
        ):  # of two with one time the first is kept, as in the history
            last[name] = (time, value)
    return replace(
        before,
        agent_version=report.agent_version,
        attributes={**before.attributes, **report.attributes},
        snapshot={**before.snapshot, **report.snapshot},
        last=last,
        duplicate_host=duplicate_host,
        duplicate_seen=duplicate_seen,
        clock=clock,
        updated=now,
        last_seen=now,
        heard_at=monotonic,
    )


def not_after(samples: Mapping[str, tuple[int, float]], latest: int) -> dict[str, tuple[int, float]]:
    """Those that are not of the future: when the clock was set back, what it said before is no news."""
    return {name: sample for name, sample in samples.items() if sample[0] <= latest}


def _refuse(report: Report, which: Callable[[NewSample], bool], sentence: str) -> None:
    staying = [sample for sample in report.samples if not which(sample)]
    if len(staying) < len(report.samples):
        report.fail(sentence, len(report.samples) - len(staying))
        report.samples = staying


def _is_counter(sample: NewSample) -> bool:
    metric = metric_of(sample.name)
    return metric is not None and metric.counter
