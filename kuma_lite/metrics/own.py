"""The metrics of this process, beside those of the monitors."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from msgspec import Struct

from kuma_lite import UPTIME_KUMA_VERSION, __version__
from kuma_lite.core.process_figures import cpu_seconds, resident_bytes
from kuma_lite.metrics.exposition import label_text
from kuma_lite.metrics.model import COUNTER, GAUGE, SUMMARY, Family, Labels, Sample

_DESCRIPTORS: Final = Path("/proc/self/fd")


class Figure(Struct, frozen=True):
    """How one figure is shown."""

    key: str
    name: str
    help: str
    type: str = GAUGE
    factor: float = 1.0


# No name begins with `monitor`: clients take all of those for figures of one monitor.
FIGURES: Final = (
    Figure("monitors", "kuma_lite_monitors", "Monitors there are"),
    Figure("scheduled", "kuma_lite_scheduled", "Monitors that wait for their next check"),
    Figure("running", "kuma_lite_checks_running", "Checks under way"),
    Figure("looks", "kuma_lite_checks_total", "Checks made since the start", COUNTER),
    Figure("bugs", "kuma_lite_own_faults_total", "Checks that failed by a fault of this program", COUNTER),
    Figure(
        "disbelieved",
        "kuma_lite_disbelieved_failures_total",
        "Failures not written down because this machine was to blame",
        COUNTER,
    ),
    Figure("beats", "kuma_lite_beats_total", "Beats recorded, earlier runs included", COUNTER),
    Figure("lost", "kuma_lite_beats_lost_total", "Beats that could not be written down", COUNTER),
    Figure("unwritten", "kuma_lite_beats_unwritten", "Beats that are not on disk yet"),
    Figure("commits", "kuma_lite_database_commits_total", "Transactions since the start", COUNTER),
    Figure("rowsChanged", "kuma_lite_database_rows_changed_total", "Rows written since the start", COUNTER),
    Figure(
        "longestCommit",
        "kuma_lite_database_longest_commit_seconds",
        "Longest transaction since the start",
        factor=0.001,
    ),
    Figure("databaseBytes", "kuma_lite_database_size_bytes", "Size of the database file"),
    Figure("connections", "kuma_lite_connections", "Socket.IO connections"),
)
_LATENESS: Final = (("0.5", "latenessP50"), ("0.99", "latenessP99"))  # milliseconds


def own_families(figures: Mapping[str, float], started: float) -> list[Family]:
    """The families of this process.

    Args:
        figures: values by the keys of `FIGURES`; those that are missing are not shown.
        started: seconds since 1970.
    """
    return [
        *_versions(),
        *process_families(started),
        _lateness(figures),
        *(
            _family(figure.name, figure.help, figures[figure.key] * figure.factor, figure.type)
            for figure in FIGURES
            if figure.key in figures
        ),
    ]


def process_families(started: float) -> list[Family]:
    """What every Prometheus client library tells of its process, as far as this machine knows it."""
    resident = resident_bytes()
    families = [
        _family("process_cpu_seconds_total", "CPU time of the process", cpu_seconds(), COUNTER),
        _family("process_start_time_seconds", "Start of the process, seconds since 1970", started),
    ]
    if resident is not None:
        families.append(_family("process_resident_memory_bytes", "Memory in use", resident))
    if _DESCRIPTORS.exists():
        families.append(_family("process_open_fds", "Open file descriptors", len(os.listdir(_DESCRIPTORS))))
    return families


def _versions() -> list[Family]:
    """The version clients know, and our own."""
    major, minor, patch = UPTIME_KUMA_VERSION.split(".")
    compatible = (
        ("version", UPTIME_KUMA_VERSION),
        ("major", major),
        ("minor", minor),
        ("patch", patch),
    )
    return [
        _family(
            "app_version", "The version of Uptime Kuma this server is compatible with", 1, GAUGE, compatible
        ),
        _family("kuma_lite_info", "The version of Kuma Lite", 1, GAUGE, (("version", __version__),)),
    ]


def _lateness(figures: Mapping[str, float]) -> Family:
    samples = [
        Sample(label_text([("quantile", quantile)]), figures[key] / 1000)
        for quantile, key in _LATENESS
        if key in figures
    ]
    return Family("kuma_lite_check_lateness_seconds", "How late the latest checks began", SUMMARY, samples)


def _family(name: str, help: str, value: float, type: str = GAUGE, labels: Labels = ()) -> Family:
    return Family(name, help, type, [Sample(label_text(labels), value)])
