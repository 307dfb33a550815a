"""One attempt to hand one message to one channel."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kuma_lite.core.declarations import DeliveryFailed, Message, NotificationService
from kuma_lite.core.errors import INTERNAL_ERROR, UserError
from kuma_lite.core.json_text import compact_json
from kuma_lite.core.redaction import forget_secrets, remember_secrets, secrets_of
from kuma_lite.core.registry import Registry
from kuma_lite.notifications import templates
from kuma_lite.notifications.masking import redacted
from kuma_lite.notifications.model import Config

if TYPE_CHECKING:
    from kuma_lite.core.targets import Network

log = logging.getLogger(__name__)

ATTEMPT_S: Final = 30.0  # for everything one attempt does; a service that needs longer will not come back
UNKNOWN_TYPE: Final = "Notification type is not supported"  # as Uptime Kuma 2.5 says it

Services = Registry[NotificationService[Any]]


@dataclass
class Context:
    """What a service may ask for."""

    network: Network
    base_url: str

    def render(self, template: str, message: Message) -> str:
        """A Liquid template; bounded. Raises DeliveryFailed."""
        return templates.render(template, message)


async def deliver(
    services: Services, config: Config, message: Message, context: Context, *, timeout: float | None = None
) -> str:
    """Hand over a message; returns what the 'Test' button shows. Raises DeliveryFailed, without secrets."""
    service = services.get(str(config.get("type")))
    if service is None:
        raise DeliveryFailed(UNKNOWN_TYPE, permanent=True)
    timeout = ATTEMPT_S if timeout is None else timeout
    attempt = object()  # what is tried out from a form is stored nowhere yet
    remember_secrets(attempt, secrets_of(service, config))
    try:
        async with asyncio.timeout(timeout):
            return await _send(service, config, message, context)
    except TimeoutError:
        raise DeliveryFailed(f"No answer within {timeout:g} seconds.") from None
    except DeliveryFailed as failure:
        raise DeliveryFailed(
            redacted(failure.message, config, service),
            permanent=failure.permanent,
            retry_after=failure.retry_after,
        ) from None
    except Exception:
        log.exception("The service %s failed in a way it should not", service.name)
        raise DeliveryFailed(INTERNAL_ERROR) from None
    finally:
        forget_secrets(attempt)


async def _send(service: NotificationService[Any], config: Config, message: Message, context: Context) -> str:
    try:
        options = service.options.read(config)
    except UserError as error:
        raise DeliveryFailed(error.message, permanent=True) from None
    if "{{" in compact_json(config) or "{%" in compact_json(config):
        await asyncio.to_thread(templates.prepare)
    return await service.send(options, message, context)
