"""What a remote browser is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from kuma_lite.core import wire_values
from kuma_lite.core.access import Actor
from kuma_lite.core.errors import UserError

MAX_TEXT_CHARS: Final = 10_000  # Uptime Kuma on SQLite has no limit


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
    name = wire_values.text(payload.get("name")) if isinstance(payload, Mapping) else None
    if name is None or len(name) > MAX_TEXT_CHARS:
        raise UserError("The remote browser needs a name.")
    return RemoteBrowser(browser_id, actor.organisation, actor.author, name, read_url(payload))


def read_url(payload: Any) -> str:
    """The address in what a client sends. Raises UserError."""
    url = wire_values.text(payload.get("url")) if isinstance(payload, Mapping) else None
    if url is None or len(url) > MAX_TEXT_CHARS:
        raise UserError("The remote browser needs an address, as in ws://browser:3000.")
    return url
