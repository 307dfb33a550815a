"""What can be chosen for a webhook."""

from __future__ import annotations

from kuma_lite.core.declarations import Choice, Kind
from kuma_lite.core.options import Options, option
from kuma_lite.webhooks.model import KINDS, USUAL_KINDS


class WebhookOptions(Options):
    """A webhook."""

    name: str = option("", label="Name", kind=Kind.TEXT, required=True)
    url: str = option("", label="URL", kind=Kind.URL, required=True, placeholder="https://shop.example/hook")
    kinds: tuple[str, ...] = option(
        USUAL_KINDS,
        label="Events",
        kind=Kind.LIST,
        choices=tuple(Choice(kind, kind.capitalize()) for kind in KINDS),
        help="As GET /api/v1/events calls them.",
    )
    active: bool = option(True, label="Active", kind=Kind.SWITCH)
    secret: str = option(
        "",
        label="Secret",
        kind=Kind.PASSWORD,
        secret=True,
        help="whsec_ and Base64 of 24 to 64 bytes; without one it is made, and told once.",
    )
