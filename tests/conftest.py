"""What concerns the whole suite: which tests begin, and figures worth showing at its end."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

with contextlib.suppress(ImportError):
    # Tests with foreign clients need the whole of python-socketio, and the server loads it without its client
    # half: whoever is first in this process decides.
    import requests  # noqa: F401
    import socketio  # noqa: F401
    import websocket  # noqa: F401

FIGURE = "figure"  # user property: a line for the end of the run; `record_property(FIGURE, "...")`

# The same examples on every machine, however slow: a run judges the change, not the day. New examples are for
# whoever looks for trouble: `pytest --hypothesis-profile explore`.
settings.register_profile(
    "suite", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "explore", deadline=None, max_examples=3000, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("suite")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, so that the others fill the time beside them."""
    limits: dict[Path, float] = {}
    for item in items:
        marker = item.get_closest_marker("timeout")
        limit = float(marker.args[0]) if marker and marker.args else 0.0
        limits[item.path] = max(limits.get(item.path, 0.0), limit)
    items.sort(key=lambda item: -limits[item.path])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show the figures that passed tests recorded, from all workers."""
    figures = [
        value
        for report in terminalreporter.getreports("passed")
        for name, value in report.user_properties
        if name == FIGURE
    ]
    if figures:
        terminalreporter.section("figures")
        for figure in figures:
            terminalreporter.line(str(figure))
