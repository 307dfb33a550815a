"""What can be chosen for an API key."""

from __future__ import annotations

from kuma_lite.core.declarations import Kind
from kuma_lite.core.options import Options, option


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
    active: bool = option(True, label="Active", kind=Kind.SWITCH)
