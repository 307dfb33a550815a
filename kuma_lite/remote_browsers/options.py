"""What can be chosen for a remote browser."""

from __future__ import annotations

from kuma_lite.core.declarations import Kind
from kuma_lite.core.options import Options, option


class RemoteBrowserOptions(Options):
    """A remote browser."""

    name: str = option("", label="Name", kind=Kind.TEXT, required=True)
    url: str = option(
        "",
        label="Address",
        kind=Kind.TEXT,
        required=True,
        placeholder="ws://browser:3000",
        secret=True,
        help="It may hold the token of a browser that is rented.",
    )
