"""The Socket.IO events about remote browsers (Uptime Kuma 2.5, socket reference §4.5)."""

from __future__ import annotations

from typing import Any

from kuma_lite.core.access import Right
from kuma_lite.core.doors import Answer, Caller, Event, Push
from kuma_lite.core.owned_list import OwnedListEvents
from kuma_lite.remote_browsers.service import RemoteBrowsers


class RemoteBrowserEvents(OwnedListEvents):
    """What clients may ask of remote browsers."""

    def __init__(self, browsers: RemoteBrowsers, push: Push) -> None:
        super().__init__(
            "RemoteBrowser", browsers, push, view=Right.REMOTE_BROWSERS_VIEW, edit=Right.REMOTE_BROWSERS_EDIT
        )
        self._browsers = browsers

    def events(self) -> list[Event]:
        """Those of the list, and a test."""
        return [*super().events(), Event("testRemoteBrowser", self.test, 1, needs=self.edit)]

    async def test(self, caller: Caller, payload: Any) -> Answer:
        """Connect to it once."""
        del caller
        await self._browsers.test(payload)
        return {"ok": True, "msg": "Connected Successfully."}
