"""One attempt to hand one message to one channel."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Protocol

from msgspec import Struct

from kuma_lite.core.declarations import (
    DeliveryFailed,
    Message,
    NotificationService,
    PushKeys,
    TemplateFailed,
)
from kuma_lite.core.errors import INTERNAL_ERROR, UserError
from kuma_lite.core.records import replace
from kuma_lite.core.redaction import forget_secrets, remember_secrets, secrets_of
from kuma_lite.core.registry import Registry
from kuma_lite.core.time_limit import TimeLimit
from kuma_lite.notifications import templates
from kuma_lite.notifications.fields import lacking, template_keys
from kuma_lite.notifications.masking import hiding
from kuma_lite.notifications.model import FORMS_KEPT, Config, Form, form_of
from kuma_lite.notifications.services.support.limits import limited
from kuma_lite.notifications.styles import styled

if TYPE_CHECKING:
    from kuma_lite.core.targets import Network

log = logging.getLogger(__name__)

ANSWER_CHARS: Final = 300  # of what a service said, in the history
ATTEMPT_S: Final = 30.0  # for everything one attempt does; a service that needs longer will not come back
UNKNOWN_TYPE: Final = "Notification type is not supported"  # as Uptime Kuma 2.5 says it

LACKING: Final = "This channel lacks the required field '{field}'."
SHOWN_CHARS: Final = 2_000  # of what is said about a delivery; services answer with whole pages
NOTE_CHARS: Final = 300  # of what is said about a template
NOT_TAKEN: Final = "The text of the template was refused: {}"

Services = Registry[NotificationService[Any]]


class KeyRing(Protocol):
    """Who has the key pair for push services of browsers."""

    async def pair(self) -> PushKeys:
        """The pair; it is made if there is none."""


class Context(Struct):
    """What a service may ask for."""

    network: Network
    base_url: str
    keys: KeyRing | None = None
    zone: str = "UTC"  # IANA name, for times of messages without a heartbeat
    rendered: int = 0  # templates so far
    answer: str = ""  # of the service, the latest

    async def push_keys(self) -> PushKeys:
        """The server's pair. Raises DeliveryFailed where there is nobody who has one."""
        if self.keys is None:
            raise DeliveryFailed("This server has no keys for push services.", permanent=True)
        return await self.keys.pair()

    def render(self, template: str, message: Message, escape: Callable[[str], str] | None = None) -> str:
        """A Liquid template; bounded. Raises TemplateFailed."""
        text = templates.render(template, message, escape, base_url=self.base_url, zone=self.zone)
        self.rendered += 1
        return text

    def heard(self, answer: str) -> None:
        """Keep what the service said to the latest request."""
        self.answer = answer


class Receipt(Struct, frozen=True):
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

    read = _known(service, config.text) if isinstance(config, Form) else _Read(service, config)

    def shown(text: str) -> str:
        # Cut last: the first half of a secret is not found.
        return limited(read.hide(text), SHOWN_CHARS)

    attempt = object()  # what is tried out from a form is stored nowhere yet
    remember_secrets(attempt, read.secrets)
    try:
        loop = asyncio.get_running_loop()
        with TimeLimit(loop, loop.time() + timeout):
            said = await _send(service, config, message, context, trial, read)
    except TimeoutError:
        raise DeliveryFailed("No answer within {seconds} seconds.", seconds=f"{timeout:g}") from None
    except DeliveryFailed as failure:
        raise DeliveryFailed(
            shown(failure.template),
            permanent=failure.permanent,
            retry_after=failure.retry_after,
            **{name: shown(str(value)) for name, value in failure.arguments.items()},
        ) from None
    except Exception:
        log.exception("The service %s failed in a way it should not", service.name)
        raise DeliveryFailed(INTERNAL_ERROR) from None
    finally:
        forget_secrets(attempt)
    told = shown(said)
    answer = told if context.answer in ("", said) else shown(context.answer)
    return Receipt(told, limited(answer, ANSWER_CHARS))


class _Read:
    """What is read from a stored form before a message can leave."""

    def __init__(self, service: NotificationService[Any], config: Config) -> None:
        self.secrets = tuple(secrets_of(service, config))
        self.hide = hiding(config, self.secrets)
        self._service = service
        self._config = config
        self._options: Any = None

    def options(self) -> Any:
        """The options, which are complete. Raises DeliveryFailed, with whatever stands in the form."""
        if self._options is None:
            if label := lacking(self._service, self._config):
                raise DeliveryFailed(LACKING, permanent=True, field=label)
            try:
                self._options = self._service.options.read(self._config)
            except UserError as error:
                raise DeliveryFailed(error.message, permanent=True) from None
        return self._options


@lru_cache(maxsize=FORMS_KEPT)
def _known(service: NotificationService[Any], text: str) -> _Read:
    """For each of the messages that a channel gets."""
    return _Read(service, form_of(text))


async def _send(
    service: NotificationService[Any],
    config: Config,
    message: Message,
    context: Context,
    trial: bool,
    read: _Read,
) -> str:
    options = read.options()
    before = context.rendered
    try:
        return await service.send(options, styled(service, config, message, context), context)
    except DeliveryFailed as failure:
        with_template = failure.permanent and context.rendered > before
        if trial or not (with_template or isinstance(failure, TemplateFailed)):
            raise
        reason = failure.message if isinstance(failure, TemplateFailed) else NOT_TAKEN.format(failure.message)
        log.warning("A template of the service %s is left out: %s", service.name, reason)
        without = {**config, **dict.fromkeys(template_keys(service), "")}
        note = limited(read.hide(reason), NOTE_CHARS)
        noted = _noted(styled(service, without, message, context), f"({note})")
        try:
            return await service.send(service.options.read(without), noted, context)
        except DeliveryFailed as again:
            if again.permanent and not isinstance(failure, TemplateFailed):
                raise failure from None  # it was not the template
            raise


def _noted(message: Message, note: str) -> Message:
    """The message with a line more, for services that tell all of it and those that tell the reason alone."""
    beat = message.heartbeat
    if beat is not None:
        beat = {**beat, "msg": f"{beat.get('msg') or ''}\n{note}"}
    return replace(message, text=f"{message.text}\n{note}", heartbeat=beat)
