"""What there is to measure, from all over the house."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from kuma_lite.api_keys.service import ApiKeys
from kuma_lite.appliance.ground import Ground
from kuma_lite.appliance.monitors import Monitoring
from kuma_lite.metrics.access import Access
from kuma_lite.metrics.routes import MetricsRoute
from kuma_lite.monitors.doors.gauges import Readings


def process_figures(ground: Ground, monitoring: Monitoring) -> Callable[[], Mapping[str, float]]:
    """This process in numbers, by the keys of `metrics.own.FIGURES`."""

    def figures() -> Mapping[str, float]:
        recorder = monitoring.recorder
        numbers = monitoring.figures.now()
        return {
            **{key: value for key, value in numbers.items() if isinstance(value, int | float)},
            "beats": recorder.last_id,
            "lost": recorder.lost,
            "unwritten": recorder.unwritten,
            "connections": len(ground.sockets.hub.connections),
            # Asking for the size opens nothing, which only the database itself may do.
            "databaseBytes": os.stat(ground.folder.database).st_size,
        }

    return figures


def metrics_route(ground: Ground, monitoring: Monitoring, keys: ApiKeys) -> MetricsRoute:
    """GET /metrics."""
    readings = Readings(monitoring.roster, monitoring.recorder, monitoring.certificates, ground.clock)
    return MetricsRoute(
        readings,
        process_figures(ground, monitoring),
        Access(ground.settings, keys, ground.accounts, ground.clock),
        ground.clock,
        ground.clients.place,
    )
