"""What our own page and the API can do with webhooks beside keeping them (docs/page-protocol.md)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kuma_lite.core.access import Actor
from kuma_lite.core.doors import PAGE, Answer, Caller, Doors, Event, Push, actor_of
from kuma_lite.core.records import replace
from kuma_lite.core.resource_events import ResourceEvents
from kuma_lite.core.resources import Resource
from kuma_lite.webhooks.model import Webhook
from kuma_lite.webhooks.service import Webhooks


def webhook_doors(resource: Resource[Webhook], webhooks: Webhooks, push: Push) -> Doors:
    """Add, edit, remove, test; the answer to a new one shows its secret, this once."""

    async def arrives(actor: Actor, key: Any) -> str:
        return await webhooks.test(await resource.get(actor, key, resource.edit))

    async def test(caller: Caller, key: Any) -> Answer:
        """Send a test message to one that is stored."""
        return {"ok": True, "msg": await arrives(actor_of(caller), key)}

    def routes() -> Sequence[Any]:
        from kuma_lite.rest.route import POST, Route, key_in, mounted

        async def test_webhook(request: Any) -> dict[str, Any]:
            """Send a test message; the answer says what came back."""
            return {"answer": await arrives(request.user, key_in(request))}

        return mounted(
            [
                Route(
                    name="webhook_test",
                    method=POST,
                    path="/api/v1/webhooks/{key:str}/test",
                    needs=resource.edit,
                    handler=test_webhook,
                    tag="Webhooks",
                    people=True,
                    problems=True,
                    response={"answer": "The test arrived: 204."},
                )
            ]
        )

    events = ResourceEvents(resource, None, page=push, missing="The webhook does not exist.")
    kept = [
        events.create("addWebhook", lambda webhook: {"id": webhook.id, "secret": webhook.secret}),
        events.save("saveWebhook", lambda webhook: {"id": webhook.id}),
        events.delete("deleteWebhook"),
        Event("testWebhook", test, 1, needs=resource.edit),
    ]
    return Doors(events=[replace(event, namespaces=(PAGE,)) for event in kept], routes=routes, namespace=PAGE)
