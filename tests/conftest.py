"""What concerns the whole suite: which tests begin, and figures worth showing at its end."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

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
# `make mutants` runs a test thousands of times; what is wrong shows in the first examples, or one is missing.
# Which of those that fail is the simplest, nobody asks there, and looking for it takes up to minutes.
settings.register_profile(
    "mutants",
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=25,
    phases=(Phase.explicit, Phase.generate),
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("suite")


def pytest_configure(config: pytest.Config) -> None:
    """Let examples depend on nothing but their test.

    Hypothesis also draws the constants of all modules of ours that are loaded by then, which depend on the
    tests that ran before in the same process. Whoever explores may have them.
    """
    if config.getoption("--hypothesis-profile") in (None, "suite"):
        none = Constants()
        providers._get_local_constants = lambda: none


@pytest.fixture(scope="session", autouse=True)
def _no_host_is_called_invalid() -> Iterator[None]:
    """Names below `.invalid` do not exist (RFC 6761); not every resolver knows, and some are not there."""
    resolve = socket.getaddrinfo

    def lookup(host: Any, *arguments: Any, **options: Any) -> Any:
        name = host.decode("latin-1") if isinstance(host, bytes) else str(host)
        if name.rstrip(".").lower().endswith(".invalid"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return resolve(host, *arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", lookup)
        yield


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
