"""The route of reports as it is answered without the framework (the other one is `ServerApi.report`)."""

from __future__ import annotations

from typing import Any, Final

from kuma_lite.core.access import Actor, Right
from kuma_lite.core.doors import QuickRoute
from kuma_lite.servers.service import Servers

PATH: Final = "/api/v1/server_metrics"
STATUS: Final = 201  # of the answer


def quick_route(servers: Servers) -> QuickRoute:
    """The route."""

    async def report(actor: Actor, body: bytes) -> dict[str, Any]:
        assert actor.project_id is not None  # whoever identifies callers of these doors names one
        return await servers.take_report(actor.project_id, body)

    return QuickRoute(PATH, Right.SERVERS_REPORT, report, STATUS)
