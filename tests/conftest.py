"""What concerns the whole suite: which tests begin, and figures worth showing at its end."""

from __future__ import annotations

import contextlib

import pytest

with contextlib.suppress(ImportError):
    # Tests with foreign clients need the whole of python-socketio, and the server loads it without its client
    # half: whoever is first in this process decides.
    import requests  # noqa: F401
    import socketio  # noqa: F401
    import websocket  # noqa: F401

FIGURE = "figure"  # user property: a line for the end of the run; `record_property(FIGURE, "...")`


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, so that the others fill the time beside them."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


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
