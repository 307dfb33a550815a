"""What the rest of the program sees of configuration files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kuma_lite.config_files.service import ConfigFiles
from kuma_lite.core.doors import PAGE, Answer, Caller, Doors, Event, actor_of
from kuma_lite.core.resources import Resources


def config_doors(files: ConfigFiles, resources: Resources) -> Doors:
    """The routes, and what our own page says of a thing that a file manages."""

    async def managed_by(caller: Caller, name: Any, key: Any) -> Answer:
        """The file that describes a thing; null: none."""
        resource = resources.known(name)
        thing = await resource.get(actor_of(caller), key)
        return {"ok": True, "file": files.file_of(name, resource.identify(thing))}

    def routes() -> Sequence[Any]:
        from kuma_lite.config_files.routes import ConfigRoutes
        from kuma_lite.rest.route import mounted

        return mounted(ConfigRoutes(files).routes())

    event = Event("managedBy", managed_by, 2, namespaces=(PAGE,), needs=resources.view_of)
    return Doors(events=[event], routes=routes)
