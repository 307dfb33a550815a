"""What can be chosen for a notification of whatever type; the rest is declared by the type."""

from __future__ import annotations

from kuma_lite.core.declarations import Kind
from kuma_lite.core.options import Options, option


class NotificationOptions(Options):
    """A notification."""

    name: str = option("", label="Name", kind=Kind.TEXT, required=True)
    type: str = option("", label="Type", kind=Kind.TEXT, required=True)
    is_default: bool = option(
        False,
        alias="isDefault",
        label="Default",
        kind=Kind.SWITCH,
        help="New monitors get it by themselves.",
    )
    active: bool = option(True, label="Active", kind=Kind.SWITCH)
