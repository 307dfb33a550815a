"""The Socket.IO events about remote browsers (Uptime Kuma 2.5, socket reference §4.5)."""

from __future__ import annotations

from typing import Any, Final

from kuma_lite.core.doors import COMPATIBLE, PAGE, Answer, Caller, Doors, Event, Push, user_of
from kuma_lite.remote_browsers.service import RemoteBrowsers

_LOGIN_ORDER: Final = 30  # of the list, after monitors and `info`
_PAGE_ORDER: Final = 60  # after what the page shows first


class RemoteBrowserEvents:
    """What clients may ask of remote browsers."""

    def __init__(self, browsers: RemoteBrowsers, push: Push) -> None:
        self._browsers = browsers
        self._push = push

    def doors(self) -> list[Doors]:
        """Every event of this feature, and the list at login."""
        events = [
            Event("addRemoteBrowser", self.save, 2),
            Event("deleteRemoteBrowser", self.delete, 1),
            Event("testRemoteBrowser", self.test, 1),
        ]
        return [
            Doors(events=events, on_login=self.send_list, login_order=_LOGIN_ORDER),
            Doors(on_login=self.send_list, login_order=_PAGE_ORDER, namespace=PAGE),
        ]

    async def save(self, caller: Caller, payload: Any, browser_id: Any) -> Answer:
        """A new browser, or changes to one."""
        user = user_of(caller)
        saved = await self._browsers.save(user, payload, browser_id)
        await self._push_change(user)
        return {"ok": True, "msg": "Saved.", "msgi18n": True, "id": saved}

    async def delete(self, caller: Caller, browser_id: Any) -> Answer:
        """Remove."""
        user = user_of(caller)
        await self._browsers.delete(user, browser_id)
        await self._push_change(user)
        return {"ok": True, "msg": "successDeleted", "msgi18n": True}

    async def test(self, caller: Caller, payload: Any) -> Answer:
        """Connect to it once."""
        del caller
        await self._browsers.test(payload)
        return {"ok": True, "msg": "Connected Successfully."}

    async def send_list(self, caller: Caller) -> None:
        """`remoteBrowserList` at login; to everybody of the user, as Uptime Kuma 2.5 does."""
        await self._push_list(user_of(caller), caller.namespace)

    async def _push_change(self, user: int) -> None:
        for namespace in (COMPATIBLE, PAGE):
            await self._push_list(user, namespace)

    async def _push_list(self, user: int, namespace: str) -> None:
        items = [browser.as_wire() for browser in self._browsers.of(user)]
        await self._push.to_user(user, "remoteBrowserList", items, namespace=namespace)
