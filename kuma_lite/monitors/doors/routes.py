"""HTTP routes about monitors: what can be declared (docs/page-protocol.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

from litestar import get, post

from kuma_lite.checks import describe_types
from kuma_lite.core.access import Right
from kuma_lite.core.declarations import Kind
from kuma_lite.core.doors import Access, door
from kuma_lite.monitors.document.targets import WITHOUT_DOMAIN
from kuma_lite.monitors.engine.health import Figures

_ADDRESSES: Final = (Kind.HOST, Kind.URL)


@cache
def describe() -> dict[str, Any]:
    """Every monitor type with the fields of its form, and the fields all of them have.

    The first time it imports them all, which takes a thread: the loop has checks to make.
    """
    from kuma_lite.monitors.document.common_options import CommonOptions, DomainOptions

    described = describe_types()
    for kind in described["types"]:
        if kind["name"] not in (*WITHOUT_DOMAIN, "domain") and any(map(_is_address, kind["fields"])):
            kind["fields"] = [*kind["fields"], *DomainOptions.describe()]
    return {**described, "common": CommonOptions.describe()}


def _is_address(field: Mapping[str, Any]) -> bool:
    return field["kind"] in _ADDRESSES and field["section"] == "general"


def monitor_routes(figures: Figures) -> Sequence[Any]:
    """The routes of this feature."""

    @get(
        "/api/v1/monitor-types",
        opt=door(Access.USER, Right.MONITORS_VIEW),
        sync_to_thread=True,
        tags=["Declarations"],
    )
    def monitor_types() -> dict[str, Any]:
        """List the monitor types with the fields of their forms."""
        return describe()

    @get("/api/v1/figures", opt=door(Access.USER), sync_to_thread=False, tags=["Server"])
    def show_figures() -> dict[str, Any]:
        """How the engine is doing: monitors, checks, lateness in milliseconds, commits."""
        return figures.now()

    @post("/api/v1/figures/reset", opt=door(Access.USER), sync_to_thread=False, tags=["Server"])
    def reset_figures() -> dict[str, bool]:
        """Begin the lateness percentiles anew."""
        figures.forget_lateness()
        return {"ok": True}

    return [monitor_types, show_figures, reset_figures]
