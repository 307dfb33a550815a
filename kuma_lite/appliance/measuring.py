"""What there is to measure, from all over the house."""

from __future__ import annotations

import os
from collections.abc import Mapping

from kuma_lite.api_keys.service import ApiKeys
from kuma_lite.appliance.house import House
from kuma_lite.appliance.watching import Watching
from kuma_lite.metrics.access import Access
from kuma_lite.metrics.routes import MetricsRoute
from kuma_lite.monitors.doors.gauges import Readings


def metrics_route(house: House, watching: Watching, keys: ApiKeys) -> MetricsRoute:
    """GET /metrics."""

    def figures() -> Mapping[str, float]:
        recorder = watching.recorder
        numbers = watching.figures.now()
        return {
            **{key: value for key, value in numbers.items() if isinstance(value, int | float)},
            "beats": recorder.last_id,
            "lost": recorder.lost,
            "unwritten": recorder.unwritten,
            "connections": len(house.sockets.hub.connections),
            # Asking for the size opens nothing, which only the database itself may do.
            "databaseBytes": os.stat(house.folder.database).st_size,
        }

    readings = Readings(watching.roster, watching.recorder, watching.certificates, house.clock)
    return MetricsRoute(
        readings, figures, Access(house.settings, keys, house.accounts, house.clock), house.clock
    )
