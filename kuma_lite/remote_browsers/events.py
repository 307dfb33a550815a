"""The Socket.IO events about remote browsers (Uptime Kuma 2.5, socket reference §4.5)."""

from __future__ import annotations

from typing import Any

from kuma_lite.core.doors import Doors, Push
from kuma_lite.core.resource_events import PushedList, ResourceEvents
from kuma_lite.core.resources import Resource
from kuma_lite.remote_browsers.model import RemoteBrowser
from kuma_lite.remote_browsers.service import RemoteBrowsers


def remote_browser_doors(
    resource: Resource[RemoteBrowser], browsers: RemoteBrowsers, push: Push
) -> list[Doors]:
    """What clients may ask of remote browsers."""

    async def test(document: Any) -> str:
        """Connect to it once."""
        await browsers.test(document)
        return "Connected Successfully."

    listing = PushedList("remoteBrowserList", resource, push, lambda browser, _: browser.as_wire())
    events = ResourceEvents(resource, listing, page=push, missing="Remote browser not found")
    return events.doors(
        [
            events.save("addRemoteBrowser", lambda browser: {"id": browser.id}),
            # With a capital, as it is said there.
            events.delete("deleteRemoteBrowser", missing="Remote Browser not found"),
            events.test("testRemoteBrowser", test),
        ]
    )
