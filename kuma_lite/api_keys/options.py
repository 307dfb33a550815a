"""What can be chosen for an API key."""

from __future__ import annotations

from kuma_lite.core.declarations import Choice, Kind
from kuma_lite.core.options import Options, option
from kuma_lite.core.scopes import Scope


class ApiKeyOptions(Options):
    """An API key; the key itself is made by us."""

    name: str = option("", label="Name", kind=Kind.TEXT, required=True)
    expires: str | None = option(
        None,
        label="Expires",
        kind=Kind.TEXT,
        placeholder="2030-12-31 23:59:59",
        help="In the time zone of the server; empty for never.",
    )
    scopes: tuple[str, ...] = option(
        (),
        label="Scopes",
        kind=Kind.LIST,
        choices=tuple(Choice(scope, scope.capitalize()) for scope in Scope),
        help="What it opens of the REST API: read, push, write. Without any it opens the metrics alone.",
    )
    tag: int | None = option(
        None,
        label="Tag",
        kind=Kind.REFERENCE,
        refers_to="tag",
        help="It reaches only monitors that carry this tag.",
    )
    group: int | None = option(
        None,
        label="Group",
        kind=Kind.REFERENCE,
        refers_to="monitor",
        help="It reaches only this group, and what stands in it.",
    )
    active: bool = option(True, label="Active", kind=Kind.SWITCH)
