"""The Socket.IO events about API keys (Uptime Kuma 2.5, socket reference §4.5)."""

from __future__ import annotations

from typing import Any, Final

from kuma_lite.api_keys.service import ApiKeys
from kuma_lite.core.access import Actor, Audience, Right
from kuma_lite.core.doors import COMPATIBLE, PAGE, Answer, Caller, Doors, Event, Push, Then, actor_of

_LOGIN_ORDER: Final = 30  # of the list, after monitors and `info`
_PAGE_ORDER: Final = 60  # after what the page shows first


class ApiKeyEvents:
    """What clients may ask of API keys."""

    def __init__(self, keys: ApiKeys, push: Push) -> None:
        self._keys = keys
        self._push = push

    def doors(self) -> list[Doors]:
        """Every event of this feature, and the list at login."""
        events = [
            Event("addAPIKey", self.add, 1, needs=Right.API_KEYS_EDIT),
            Event("getAPIKeyList", self.get_list, needs=Right.API_KEYS_VIEW),
            Event("deleteAPIKey", self.delete, 1, needs=Right.API_KEYS_EDIT),
            Event("disableAPIKey", self.disable, 1, needs=Right.API_KEYS_EDIT),
            Event("enableAPIKey", self.enable, 1, needs=Right.API_KEYS_EDIT),
        ]
        return [
            Doors(
                events=events, on_login=self.send_list, login_order=_LOGIN_ORDER, needs=Right.API_KEYS_VIEW
            ),
            Doors(
                on_login=self.send_list, login_order=_PAGE_ORDER, namespace=PAGE, needs=Right.API_KEYS_VIEW
            ),
        ]

    async def add(self, caller: Caller, payload: Any) -> Answer:
        """A new key, which is shown this once; the list is pushed before the answer."""
        actor = actor_of(caller)
        key, key_id = await self._keys.add(actor, payload)
        await self._push_change(actor)
        return {"ok": True, "msg": "successAdded", "msgi18n": True, "key": key, "keyID": key_id}

    async def get_list(self, caller: Caller) -> Answer:
        """Push the list to where the question came from."""
        await self.send_list(caller)
        return {"ok": True}

    async def delete(self, caller: Caller, key_id: Any) -> Answer:
        """Remove."""
        await self._keys.delete(actor_of(caller), key_id)
        return self._then_list(caller, "successDeleted")

    async def disable(self, caller: Caller, key_id: Any) -> Answer:
        """Switch off."""
        await self._keys.switch(actor_of(caller), key_id, active=False)
        return self._then_list(caller, "successDisabled")

    async def enable(self, caller: Caller, key_id: Any) -> Answer:
        """Switch on."""
        await self._keys.switch(actor_of(caller), key_id, active=True)
        return self._then_list(caller, "successEnabled")

    async def send_list(self, caller: Caller) -> None:
        """`apiKeyList` at login; to everybody of the user, as Uptime Kuma 2.5 does."""
        await self._push_list(actor_of(caller).myself(Right.API_KEYS_VIEW), caller.namespace)

    def _then_list(self, caller: Caller, message: str) -> Then:
        """The answer, and the list after it."""
        actor = actor_of(caller)
        return Then({"ok": True, "msg": message, "msgi18n": True}, lambda: self._push_change(actor))

    async def _push_change(self, actor: Actor) -> None:
        for namespace in (COMPATIBLE, PAGE):
            await self._push_list(actor.everybody(Right.API_KEYS_VIEW), namespace)

    async def _push_list(self, audience: Audience, namespace: str) -> None:
        keys = self._keys.wire(audience.organisation)
        await self._push.to_audience(audience, "apiKeyList", keys, namespace=namespace)
