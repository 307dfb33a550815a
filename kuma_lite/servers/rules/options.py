"""What can be chosen for a server."""

from __future__ import annotations

from typing import Any

from kuma_lite.core.declarations import Kind
from kuma_lite.core.options import Options, option


class ServerOptions(Options):
    """A server; everything else is what its agent says."""

    alert_settings: Any = option(
        {}, label="Alert settings", kind=Kind.JSON, help="What differs from the defaults."
    )
    notifications: Any = option([], label="Notifications", kind=Kind.LIST)
    maintenance: Any = option([], label="Maintenance plans", kind=Kind.LIST)
    tags: Any = option([], label="Tags", kind=Kind.LIST)
