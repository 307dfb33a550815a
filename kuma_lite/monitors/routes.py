"""HTTP routes about monitors: what can be declared (docs/page-protocol.md)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import get

from kuma_lite.core.declarations import MonitorType, Registry, describe_options
from kuma_lite.core.doors import Access
from kuma_lite.monitors.common import CommonOptions


def describe(types: Registry[MonitorType[Any]]) -> dict[str, Any]:
    """Every monitor type with the fields of its form, and the fields all of them have."""
    return {
        "types": [
            {
                "name": kind.name,
                "label": kind.label,
                "description": kind.description,
                "group": kind.group,
                "pushed": kind.pushed,
                "formDefaults": dict(kind.form_defaults),
                "fields": describe_options(kind.options),
            }
            for kind in types
        ],
        "common": describe_options(CommonOptions),
    }


def monitor_routes(types: Registry[MonitorType[Any]]) -> Sequence[Any]:
    """The routes of this feature."""
    described = describe(types)

    @get("/api/v1/monitor-types", opt={"access": Access.USER}, sync_to_thread=False, tags=["Declarations"])
    def monitor_types() -> dict[str, Any]:
        """List the monitor types with the fields of their forms."""
        return described

    return [monitor_types]
