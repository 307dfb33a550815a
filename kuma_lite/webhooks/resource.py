"""What a webhook is to people, and to everything that is made from that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from kuma_lite.core.access import Actor, Right
from kuma_lite.core.resources import Document, Resource
from kuma_lite.webhooks.model import Webhook, read_webhook
from kuma_lite.webhooks.service import Webhooks

if TYPE_CHECKING:
    from kuma_lite.core.options import Options

STATE_EXAMPLE: Final = {
    "failing_since": "2024-01-20T14:22:00Z",
    "last_success_at": "2024-01-20T14:22:00Z",
    "last_error": "Request failed with status code 503",
}


def webhook_resource(webhooks: Webhooks) -> Resource[Webhook]:
    """Webhooks."""
    return Resource(
        name="webhook",
        plural="webhooks",
        view=Right.SETTINGS_VIEW,
        edit=Right.SETTINGS_EDIT,
        keeper=webhooks,
        options=_options,
        plain=True,
        facts=Webhook.facts,
        title=lambda webhook: webhook.name,
        settled=_settled,
    )


def _settled(actor: Actor, webhook: Webhook | None, document: Document) -> Document:
    return read_webhook(document, actor.organisation, webhook).document()


def _options(_document: Mapping[str, Any]) -> Sequence[type[Options]]:
    from kuma_lite.webhooks.options import WebhookOptions

    return (WebhookOptions,)
