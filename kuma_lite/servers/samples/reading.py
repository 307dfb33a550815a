"""What an agent sends: taken apart, judged sample by sample. Pure.

    report = read_report(body)
    put_in_time(report, shift, now, oldest)

A sample that cannot be stored is counted and said, it does not spoil the others; a report without identity
is refused as a whole.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

import msgspec
from msgspec import Struct, field

from kuma_lite.core.clock import MILLISECONDS
from kuma_lite.core.iso_time import parse_iso
from kuma_lite.core.text import storable
from kuma_lite.rest.errors import Unprocessable
from kuma_lite.servers.samples.host_clock import TOLERANCE_MS, Shown
from kuma_lite.servers.samples.metrics import MAX_VALUE, metric_of, value_problem

MAX_ID_CHARS: Final = 256  # of a motherboard id, as on the hosted product
MAX_TEXT_CHARS: Final = 256  # of any other attribute
MAX_ERRORS: Final = 20  # sentences in one answer
MAX_SNAPSHOT: Final = 20  # processes, containers … of one report
UNKNOWN_VERSION: Final = "unknown"
NAMELESS: Final = "motherboard_id says nothing; the server is told apart by it"
_UNKNOWN: Final = ("", "unknown")

_TEXTS: Final = (
    "hostname", "public_ip", "private_ip", "mac_address", "cpu_model", "operating_system", "kernel_version",
)  # fmt: skip
_NUMBERS: Final = ("cpu_cores", "uptime", "disk_total_bytes", "memory_total_bytes", "swap_total_bytes")
# What every row of a list has, and what it may have.
_SNAPSHOT: Final = {
    "processes": (("name", "pid", "cpu", "memory"), ()),
    "containers": (("name", "cpu", "memory"), ("image", "status")),
    "interfaces": (("name", "received", "sent"), ()),
    "gpus": (("name", "load", "memory", "memory_total", "temperature"), ()),
}


class NewSample(NamedTuple):
    """One valid sample; time in milliseconds since 1970."""

    name: str
    time: int
    value: float


class Report(Struct):
    """One report of one agent."""

    motherboard_id: str
    agent_version: str
    attributes: dict[str, Any]  # those that are known; others keep their last value
    snapshot: dict[str, Any]
    samples: list[NewSample]
    sent_at: int | None = None  # the host's clock when it was sent, where the agent says so
    failures: int = 0
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)  # what is wrong with the host, though all is stored

    def fail(self, sentence: str, number: int = 1) -> None:
        """Count samples that are not stored; each sentence is said once."""
        self.failures += number
        sentence = storable(sentence)  # it may name what came
        if sentence not in self.errors and len(self.errors) < MAX_ERRORS:
            self.errors.append(sentence)

    def shown(self, longest: int) -> Shown:
        """What it shows of the host's clock, before its samples are put in time.

        Args:
            longest: time that samples of one report may lie apart, ms; where they lie further apart one of
                them is nonsense, and the newest is no measure for the others.
        """
        times = [sample.time for sample in self.samples]
        plausible = bool(times) and max(times) - min(times) <= longest
        return Shown(self.sent_at, max(times) if plausible else None)

    def answer(self) -> dict[str, Any]:
        """What the agent is told."""
        answer: dict[str, Any] = {"success_count": len(self.samples), "failure_count": self.failures}
        if self.warnings:
            answer["warnings"] = self.warnings
        if not self.failures:
            return {**answer, "message": "All metrics were successfully created"}
        message = "Some metrics could not be created" if self.samples else "No metrics were created"
        return {**answer, "message": message, "errors": self.errors}


def read_report(body: bytes) -> Report:
    """A report from its JSON; the times of its samples are those of the host's clock (see `put_in_time`).

    Args:
        body: as it came.

    Raises:
        Unprocessable: no report, or nobody's.
    """
    document = _decoded(body)
    if not isinstance(document, dict):
        raise Unprocessable("The body must be a JSON object")
    attributes, entries = document.get("attributes"), document.get("metrics")
    errors = []
    sent, board = document.get("agent_version"), None
    if not isinstance(sent, str):
        errors.append("agent_version is required")
    version = _text(sent) or UNKNOWN_VERSION  # of an agent that was built without one
    if not isinstance(attributes, dict):
        errors.append("attributes must be an object")
        attributes = {}
    elif (board := _text(attributes.get("motherboard_id"))) is None:
        nameless = isinstance(attributes.get("motherboard_id"), str)
        errors.append(NAMELESS if nameless else "motherboard_id is required")
    elif len(board) > MAX_ID_CHARS:
        errors.append(f"motherboard_id is longer than {MAX_ID_CHARS} characters")
    if not isinstance(entries, list):
        errors.append("metrics must be an array")
        entries = []
    if errors or board is None:
        raise Unprocessable(*errors)
    report = Report(
        board,
        version,
        _attributes(attributes),
        _snapshot(document),
        [],
        parse_iso(document.get("sent_at")),
    )
    _take_samples(report, entries)
    return report


def _decoded(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (ValueError, RecursionError):
        pass
    try:
        # It takes NaN, Infinity and half a surrogate pair: one such sample fails, the report is not lost.
        return json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Unprocessable("The body is not valid JSON") from None


def _take_samples(report: Report, entries: Iterable[Any]) -> None:
    times: dict[Any, int | None] = {}  # samples of one report mostly share their time
    samples = report.samples
    for entry in entries:
        if not isinstance(entry, dict):
            report.fail("A metric must be an object")
            continue
        name: Any = entry.get("metric")
        value: Any = entry.get("value")
        stamp = entry.get("timestamp")
        metric = metric_of(name) if isinstance(name, str) else None
        if metric is None:
            report.fail(f"Invalid metric name: {str(name)[:64]}")
            continue
        kind = type(value)
        if (kind is not int and kind is not float) or not 0 <= value <= MAX_VALUE:  # as nearly none
            problem = value_problem(metric, value)
            if problem is not None:
                report.fail(f"{name}: {problem}")
                continue
        key = stamp if isinstance(stamp, str) else None
        if key not in times:
            times[key] = parse_iso(key)
        time = times[key]
        if time is None:
            report.fail("Invalid date format")
            continue
        samples.append(NewSample(name, time, value))


def put_in_time(report: Report, shift: int, now: int, oldest: int) -> None:
    """Give its samples times of our clock, and refuse those that have no place.

    Args:
        report: is changed.
        shift: how far the host's clock is ahead, ms (see `host_clock`).
        now: milliseconds since 1970.
        oldest: samples before this moment are refused, for there is no place for them any more.
    """
    times = [sample.time for sample in report.samples]
    if not shift and times and oldest <= min(times) and max(times) <= now + TOLERANCE_MS:
        return  # as nearly always
    found, report.samples = report.samples, []
    for name, stamp, value in found:
        time = stamp - shift
        if time > now + TOLERANCE_MS:
            report.fail(f"The timestamp is {_minutes(time - now)} in the future; set the clock of the host")
        elif time < oldest:
            report.fail("The timestamp is older than samples are kept")
        else:
            report.samples.append(NewSample(name, time, value))
    if shift:
        report.warnings.append(
            f"The clock of the host is {_minutes(shift)} ahead; its samples are shifted by that. "
            "Set the clock"
        )


def _minutes(duration: int) -> str:
    return f"{round(duration / (60 * MILLISECONDS))} minutes"


def _attributes(found: Mapping[str, Any]) -> dict[str, Any]:
    known: dict[str, Any] = {}
    for key in _TEXTS:
        if key in found and (text := _text(found[key])) is not None:
            known[key] = text[:MAX_TEXT_CHARS]
    for key in _NUMBERS:
        if key in found and (number := _number(found[key])) is not None:
            known[key] = number
    return known


def _text(value: Any) -> str | None:
    """A text that says something, fit to be stored."""
    if not isinstance(value, str) or value.strip().lower() in _UNKNOWN:
        return None
    return storable(value.strip())


def _number(value: Any) -> int | None:
    """A whole number that is not negative, also where an agent sends it as text."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1e18:
        return None
    return int(value)


def _snapshot(document: Mapping[str, Any]) -> dict[str, Any]:
    """The lists of processes, containers, network interfaces and GPUs, cut to what the page shows."""
    found: dict[str, Any] = {}
    for kind, (always, sometimes) in _SNAPSHOT.items():
        rows = document.get(kind)
        if isinstance(rows, list):
            found[kind] = [
                {key: _cell(row.get(key)) for key in (*always, *(key for key in sometimes if key in row))}
                for row in rows[:MAX_SNAPSHOT]
                if isinstance(row, dict)
            ]
    return found


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value[:MAX_TEXT_CHARS])
    fits = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1e18
    return value if fits else None


# --- two hosts with one identity ---------------------------------------------------------------------------

DUPLICATE_MS: Final = 5 * 60_000  # a host that changed its name and card was silent, or reports as two


def are_two_hosts(before: Mapping[str, Any], last_seen: int, now: Mapping[str, Any], at: int) -> bool:
    """Whether a report comes from another machine than the last one: another name and another card, soon.

    Cloned machines share the identity the agent makes of the board. They are one server to the API; but
    their counters must not be taken for each other's.
    """
    keys = ("hostname", "mac_address")
    known = all(before.get(key) and now.get(key) for key in keys)
    return known and all(before[key] != now[key] for key in keys) and at - last_seen < DUPLICATE_MS
