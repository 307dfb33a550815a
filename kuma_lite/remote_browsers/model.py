"""What a remote browser is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from kuma_lite.core import wire_values
from kuma_lite.core.access import Actor
from kuma_lite.core.errors import UserError


class RemoteBrowser(NamedTuple):
    """A browser of an organisation."""

    id: int
    organisation: int
    user_id: int  # who made it
    name: str
    url: str

    def as_wire(self) -> dict[str, Any]:
        """An entry of `remoteBrowserList`."""
        return {"id": self.id, "url": self.url, "name": self.name}


def read_browser(payload: Any, browser_id: int, actor: Actor) -> RemoteBrowser:
    """A browser as a client sends it. Raises UserError."""
    sent = payload.get("name") if isinstance(payload, Mapping) else None
    name = wire_values.short_text(sent, "The name of a browser", about="name")
    if name is None:
        raise UserError("The remote browser needs a name.", about="name")
    return RemoteBrowser(browser_id, actor.organisation, actor.author, name, read_url(payload))


def read_url(payload: Any) -> str:
    """The address in what a client sends. Raises UserError."""
    sent = payload.get("url") if isinstance(payload, Mapping) else None
    url = wire_values.short_text(sent, "The address of a browser", about="url")
    if url is None:
        raise UserError("The remote browser needs an address, as in ws://browser:3000.", about="url")
    return url
