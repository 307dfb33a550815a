"""One attempt to hand one message to one channel."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from kuma_lite.core.declarations import (
    DeliveryFailed,
    Message,
    NotificationService,
    PushKeys,
    TemplateFailed,
)
from kuma_lite.core.errors import INTERNAL_ERROR, UserError
from kuma_lite.core.redaction import forget_secrets, remember_secrets, secrets_of
from kuma_lite.core.registry import Registry
from kuma_lite.notifications import templates
from kuma_lite.notifications.fields import template_keys
from kuma_lite.notifications.masking import redacted
from kuma_lite.notifications.model import Config
from kuma_lite.notifications.services.support.limits import limited

if TYPE_CHECKING:
    from kuma_lite.core.targets import Network

log = logging.getLogger(__name__)

ATTEMPT_S: Final = 30.0  # for everything one attempt does; a service that needs longer will not come back
UNKNOWN_TYPE: Final = "Notification type is not supported"  # as Uptime Kuma 2.5 says it

NOTE_CHARS: Final = 300  # of what is said about a template
NOT_TAKEN: Final = "The text of the template was refused: {}"

Services = Registry[NotificationService[Any]]


class KeyRing(Protocol):
    """Who has the key pair for push services of browsers."""

    async def pair(self) -> PushKeys:
        """The pair; it is made if there is none."""


@dataclass
class Context:
    """What a service may ask for."""

    network: Network
    base_url: str
    keys: KeyRing | None = None
    rendered: int = 0  # templates so far
    answer: str = ""  # of the service, the latest

    async def push_keys(self) -> PushKeys:
        """The server's pair. Raises DeliveryFailed where there is nobody who has one."""
        if self.keys is None:
            raise DeliveryFailed("This server has no keys for push services.", permanent=True)
        return await self.keys.pair()

    def render(self, template: str, message: Message, escape: Callable[[str], str] | None = None) -> str:
        """A Liquid template; bounded. Raises TemplateFailed."""
        text = templates.render(template, message, escape)
        self.rendered += 1
        return text

    def heard(self, answer: str) -> None:
        """Keep what the service said to the latest request."""
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Receipt:
    """A message was taken: what the 'Test' button shows, and what the service said; without secrets."""

    shown: str
    answer: str


async def deliver(
    services: Services,
    config: Config,
    message: Message,
    context: Context,
    *,
    timeout: float | None = None,
    trial: bool = False,
) -> Receipt:
    """Hand over a message. Raises DeliveryFailed, without secrets.

    Where a template cannot be rendered, or the service refuses what it gave, the message leaves with the
    service's usual text and a note. Not in a trial, whose purpose is to show what is wrong.
    """
    service = services.get(str(config.get("type")))
    if service is None:
        raise DeliveryFailed(UNKNOWN_TYPE, permanent=True)
    timeout = ATTEMPT_S if timeout is None else timeout
    attempt = object()  # what is tried out from a form is stored nowhere yet
    remember_secrets(attempt, secrets_of(service, config))
    try:
        async with asyncio.timeout(timeout):
            shown = await _send(service, config, message, context, trial)
            return Receipt(shown, redacted(context.answer or shown, config, service))
    except TimeoutError:
        raise DeliveryFailed("No answer within {seconds} seconds.", seconds=f"{timeout:g}") from None
    except DeliveryFailed as failure:
        raise DeliveryFailed(
            redacted(failure.template, config, service),
            permanent=failure.permanent,
            retry_after=failure.retry_after,
            **{name: redacted(str(value), config, service) for name, value in failure.arguments.items()},
        ) from None
    except Exception:
        log.exception("The service %s failed in a way it should not", service.name)
        raise DeliveryFailed(INTERNAL_ERROR) from None
    finally:
        forget_secrets(attempt)


async def _send(
    service: NotificationService[Any], config: Config, message: Message, context: Context, trial: bool
) -> str:
    try:
        options = service.options.read(config)
    except UserError as error:
        raise DeliveryFailed(error.message, permanent=True) from None
    before = context.rendered
    try:
        return await service.send(options, message, context)
    except DeliveryFailed as failure:
        with_template = failure.permanent and context.rendered > before
        if trial or not (with_template or isinstance(failure, TemplateFailed)):
            raise
        reason = failure.message if isinstance(failure, TemplateFailed) else NOT_TAKEN.format(failure.message)
        log.warning("A template of the service %s is left out: %s", service.name, reason)
        usual = service.options.read({**config, **dict.fromkeys(template_keys(service), "")})
        note = redacted(limited(reason, NOTE_CHARS), config, service)
        try:
            return await service.send(usual, _noted(message, f"({note})"), context)
        except DeliveryFailed as again:
            if again.permanent and not isinstance(failure, TemplateFailed):
                raise failure from None  # it was not the template
            raise


def _noted(message: Message, note: str) -> Message:
    """The message with a line more, for services that tell all of it and those that tell the reason alone."""
    beat = message.heartbeat
    if beat is not None:
        beat = {**beat, "msg": f"{beat.get('msg') or ''}\n{note}"}
    return Message(f"{message.text}\n{note}", message.monitor, beat)
