"""The metrics a host may send: names, units, and what people see of them.

Stored names and units are those of the Servers API; the five friendly ones are derived: percentages of the
machine, and rates of counters. A name may carry an instance in brackets: `disk_used_b[/home]`.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any, Final

from msgspec import Struct

CPU_UNITS: Final = 1024  # of one fully busy core
MEGABYTE: Final = 1_000_000  # net_in and net_out are in MB/s
MAX_VALUE: Final = 1e18  # beyond every byte counter of a real machine, exact enough in a double
MAX_NAME_CHARS: Final = 128  # instance included
MAX_SERIES: Final = 128  # of one server: a host must not fill the disk with invented instances
# A hundred gigabit a second; more is two counters mixed up, not traffic.
MAX_RATE: Final = 12.5e9
MIN_STEP_MS: Final = 1_000  # between two readings of a counter; closer ones make absurd rates of jitter


class Metric(Struct, frozen=True):
    """One stored metric."""

    name: str
    unit: str  # of the stored value
    counter: bool = False  # counts up from the host's boot
    signed: bool = False  # may be below zero
    instances: bool = False  # may be sent once per disk, card, sensor ...


_ALL: Final = (
    Metric("cpu_used", "units"),
    Metric("mem_used_b", "bytes"),
    Metric("disk_used_b", "bytes", instances=True),
    Metric("net_recv_b", "bytes", counter=True, instances=True),
    Metric("net_sent_b", "bytes", counter=True, instances=True),
    Metric("pkt_recv", "packets", counter=True),
    Metric("pkt_sent", "packets", counter=True),
    Metric("swap_used_b", "bytes"),
    Metric("load_1", "load"),
    Metric("load_5", "load"),
    Metric("load_15", "load"),
    Metric("disk_total_b", "bytes", instances=True),
    Metric("disk_read_b", "bytes", counter=True),
    Metric("disk_write_b", "bytes", counter=True),
    Metric("temperature_c", "°C", signed=True, instances=True),
    Metric("process_count", "processes"),
)
METRICS: Final[Mapping[str, Metric]] = {metric.name: metric for metric in _ALL}


class Friendly(Struct, frozen=True):
    """A metric as people see it."""

    name: str
    stored: str
    unit: str
    label: str
    total: str | None = None  # attribute of the server that is 100 %

    @property
    def is_rate(self) -> bool:
        """Whether it is made of a counter."""
        return self.total is None


FRIENDLY: Final[Mapping[str, Friendly]] = {
    item.name: item
    for item in (
        Friendly("cpu", "cpu_used", "%", "CPU", "cpu_cores"),
        Friendly("ram", "mem_used_b", "%", "Memory", "memory_total_bytes"),
        Friendly("disk", "disk_used_b", "%", "Disk", "disk_total_bytes"),
        Friendly("net_in", "net_recv_b", "MB/s", "Network in"),
        Friendly("net_out", "net_sent_b", "MB/s", "Network out"),
    )
}
FRIENDLY_OF: Final[Mapping[str, Friendly]] = {item.stored: item for item in FRIENDLY.values()}


def metric_of(name: str) -> Metric | None:
    """The declaration behind a stored name, instance or not; None for an unknown one."""
    metric = METRICS.get(name)
    if metric is None and name.endswith("]"):
        base, bracket, instance = name[:-1].partition("[")
        metric = METRICS.get(base)
        fits = bracket and instance and instance.isprintable() and len(name) <= MAX_NAME_CHARS
        return metric if metric is not None and metric.instances and fits else None
    return metric


def value_problem(metric: Metric, value: Any) -> str | None:
    """Why a value cannot be stored, as the end of a sentence; None when it can."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "value must be a number"
    if isinstance(value, float) and not isfinite(value):
        return "value must be a finite number"
    if abs(value) > MAX_VALUE:
        return "value is too large"
    if value < 0 and not metric.signed:
        return "value must not be negative"
    return None


def scale_of(friendly: Friendly, attributes: Mapping[str, Any]) -> float | None:
    """What a stored value (or a rate per second) is multiplied with; None where the total is unknown."""
    if friendly.total is None:
        return 1 / MEGABYTE
    total = attributes.get(friendly.total)
    if isinstance(total, bool) or not isinstance(total, int | float) or total <= 0:
        return None
    return 100 / (total * CPU_UNITS if friendly.name == "cpu" else total)


def rate(before: tuple[int, float], after: tuple[int, float]) -> float | None:
    """Growth per second between two readings `(ms, value)` of a counter.

    None where there is no honest answer: the counter began anew, the readings are too close, or the growth
    is beyond what any machine does.
    """
    step = after[0] - before[0]
    grown = after[1] - before[1]
    if step < MIN_STEP_MS or grown < 0:
        return None
    per_second = grown * 1000 / step
    return per_second if per_second <= MAX_RATE else None
