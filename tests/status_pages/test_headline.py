from __future__ import annotations

from collections.abc import Sequence

import pytest

from kuma_lite.core.declarations import Status
from kuma_lite.status_pages.drawing.headline import headline
from kuma_lite.status_pages.model import PlannedWindow

UP, DOWN, PENDING, MAINTENANCE = Status.UP, Status.DOWN, Status.PENDING, Status.MAINTENANCE


def window(end: float | None, *, running: bool = True) -> PlannedWindow:
    return PlannedWindow(1, "Cables", "", 0.0, end, running)


@pytest.mark.parametrize(
    ("states", "incidents", "windows", "kind", "said"),
    [
        ([], 0, [], "nothing", "No Services"),
        ([UP, UP], 0, [], "up", "All Systems Operational"),
        ([UP, DOWN], 0, [], "down", "1 service is down"),
        ([DOWN], 0, [], "down", "1 service is down"),
        ([DOWN, DOWN], 0, [], "down", "All services are down"),
        ([UP, DOWN, DOWN, MAINTENANCE], 0, [window(50.0)], "down",
         "2 services are down · maintenance until 50"),
        ([UP, PENDING], 0, [], "pending", "1 service is being checked again"),
        ([UP, PENDING, PENDING, DOWN], 2, [], "down",
         "1 service is down · 2 services are being checked again · 2 open incidents"),
        ([UP], 1, [], "pending", "1 open incident · all services are up"),
        ([UP, MAINTENANCE], 0, [window(9.0), window(50.0)], "maintenance",
         "Maintenance until 50 · all other services are up"),
        ([MAINTENANCE], 0, [], "maintenance", "Maintenance under way"),
        ([UP], 0, [window(9.0), window(None)], "maintenance", "Maintenance under way · all services are up"),
        ([UP], 0, [window(9.0, running=False)], "up", "All Systems Operational"),
    ],
)  # fmt: skip
def test_the_worst_comes_first(
    states: Sequence[Status], incidents: int, windows: Sequence[PlannedWindow], kind: str, said: str
) -> None:
    found = headline(states, incidents, windows)
    parts = [f"{part.text} {part.until:.0f}" if part.until else part.text for part in found.parts]
    assert (found.kind, " · ".join(parts)) == (kind, said)
