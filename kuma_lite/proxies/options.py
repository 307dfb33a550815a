"""What can be chosen for a proxy."""

from __future__ import annotations

from kuma_lite.core.declarations import Choice, Kind, ShownWhen
from kuma_lite.core.options import Options, option
from kuma_lite.net.proxy import PROTOCOLS

_WITH_PASSWORD = ShownWhen("auth", (True,))


class ProxyOptions(Options):
    """A proxy."""

    protocol: str = option(
        "http",
        label="Protocol",
        kind=Kind.SELECT,
        choices=tuple(Choice(name, name) for name in PROTOCOLS),
    )
    host: str = option("", label="Host", kind=Kind.HOST, required=True)
    port: int = option(0, label="Port", kind=Kind.PORT, required=True, minimum=1, maximum=65_535)
    auth: bool = option(False, label="Authentication", kind=Kind.SWITCH)
    username: str = option("", label="User name", kind=Kind.TEXT, shown_when=_WITH_PASSWORD)
    password: str = option("", label="Password", kind=Kind.PASSWORD, secret=True, shown_when=_WITH_PASSWORD)
    default: bool = option(
        False, label="Default", kind=Kind.SWITCH, help="What the form of a new monitor begins with."
    )
