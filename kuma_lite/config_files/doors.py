"""What the rest of the program sees of configuration files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kuma_lite.config_files.service import ConfigFiles
from kuma_lite.core.doors import Doors


def config_doors(files: ConfigFiles) -> Doors:
    """The routes."""

    def routes() -> Sequence[Any]:
        from kuma_lite.config_files.routes import ConfigRoutes
        from kuma_lite.rest.route import mounted

        return mounted(ConfigRoutes(files).routes())

    return Doors(routes=routes)
