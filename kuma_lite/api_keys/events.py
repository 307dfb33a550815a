"""The Socket.IO events about API keys (Uptime Kuma 2.5, socket reference §4.5)."""

from __future__ import annotations

from kuma_lite.api_keys.resource import KeptKey
from kuma_lite.api_keys.service import ApiKeys
from kuma_lite.core.access import Actor
from kuma_lite.core.doors import Doors, Push
from kuma_lite.core.resource_events import PushedList, ResourceEvents, Told
from kuma_lite.core.resources import Resource


def api_key_doors(resource: Resource[KeptKey], keys: ApiKeys, push: Push) -> list[Doors]:
    """What clients may ask of API keys; the answer to a new one shows it, this once."""

    async def enable(actor: Actor, kept: KeptKey) -> None:
        await keys.switch(actor, kept.id, active=True)

    async def disable(actor: Actor, kept: KeptKey) -> None:
        await keys.switch(actor, kept.id, active=False)

    listing = PushedList("apiKeyList", resource, push, lambda kept, _: kept.as_wire())
    events = ResourceEvents(resource, listing, page=push, missing="")
    return events.doors(
        [
            events.create("addAPIKey", lambda kept: {"key": kept.text, "keyID": kept.id}, "successAdded"),
            events.pushed("getAPIKeyList"),
            events.delete("deleteAPIKey", Told.AFTER, forgiving=True),
            events.deed("disableAPIKey", disable, "successDisabled", forgiving=True),
            events.deed("enableAPIKey", enable, "successEnabled", forgiving=True),
        ]
    )
