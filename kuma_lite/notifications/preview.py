"""What the templates of a form, and its message style, make of a monitor that goes down and comes back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from msgspec import Struct

from kuma_lite.core.access import Actor
from kuma_lite.core.clock import Clock, to_ms
from kuma_lite.core.declarations import Message, NotificationService, Status, TemplateFailed
from kuma_lite.core.errors import UserError
from kuma_lite.notifications import templates
from kuma_lite.notifications.delivery import UNKNOWN_TYPE, Services
from kuma_lite.notifications.details import detailed, details_of
from kuma_lite.notifications.fields import is_shown
from kuma_lite.notifications.rules import beat_text, heartbeat_object, trial_text
from kuma_lite.notifications.services.support.limits import limited
from kuma_lite.notifications.services.support.styles import DETAILED, STYLE_KEY

MOST_CHARS: Final = 10_000  # of a text that is shown; services take less
DOWN_MS: Final = 250_000  # how long the monitor of the sample was down
# Whom the samples are about where nobody is chosen.
SHOP: Final[Mapping[str, Any]] = {
    "id": 1,
    "name": "Shop",
    "path": ["Web", "Shop"],
    "pathName": "Web / Shop",
    "type": "http",
    "url": "https://shop.example/",
    "hostname": None,
    "port": None,
    "tags": [{"name": "team", "value": "web", "color": "#2563eb"}],
}

Preview = dict[str, Any]  # {down, up, test: text or None, error: {msg, line, column} or None}


class Setting(Struct, frozen=True):
    """What samples are made with: the monitor as wire object, our address, the zone, now in milliseconds."""

    monitor: Mapping[str, Any]
    base_url: str
    zone: str
    now: int


class _Beat(Struct, frozen=True):
    """A beat of the sample (see `notifications.rules.FinishedBeat`)."""

    monitor_id: int
    status: Status
    time: int
    msg: str
    ping: float | None = None
    important: bool = True
    duration: int = 0
    retries: int = 0


class SettingsReader(Protocol):
    """What previews need of the settings."""

    def primary_base_url(self) -> str:
        """Setting `primaryBaseURL`; "" when it is not set."""

    def timezone(self) -> str:
        """IANA name of the server's zone."""


class Previews:
    """Shows what a form would send."""

    def __init__(self, services: Services, settings: SettingsReader, clock: Clock) -> None:
        self._services = services
        self._settings = settings
        self._clock = clock
        # The monitor that somebody may look at, as wire object without sensitive fields. Raises UserError.
        self.monitor_of: Callable[[Actor, object], Mapping[str, Any]] = lambda _actor, _monitor_id: SHOP

    async def of(self, actor: Actor, form: object, monitor_id: object) -> dict[str, Preview]:
        """Option → what is made of it (see `previews`), about one of the actor's monitors; None: an example.

        Raises UserError.
        """
        if not isinstance(form, Mapping):
            raise UserError("The notification must be an object.")
        service = self._services.get(str(form.get("type")))
        if service is None:
            raise UserError(UNKNOWN_TYPE, extra={"field": "type"})
        monitor = SHOP if monitor_id is None else self.monitor_of(actor, monitor_id)
        base_url = self._settings.primary_base_url().rstrip("/")
        setting = Setting(monitor, base_url, self._settings.timezone(), to_ms(self._clock.now()))
        return await asyncio.to_thread(previews, service, form, setting)  # bounded, but not short


def samples(name: str, setting: Setting) -> dict[str, Message]:
    """A message of each kind; `name` is that of the notification."""
    monitor, now = setting.monitor, setting.now
    number = monitor["id"]
    down = _Beat(number, Status.DOWN, now, "Request failed with status code 503", retries=1)
    up = _Beat(number, Status.UP, now, "200 - OK", ping=84)

    def about(beat: _Beat, last_down: int | None) -> Message:
        heartbeat = heartbeat_object(beat, setting.zone, last_down=last_down)
        return Message(beat_text(str(monitor["name"]), beat.status, beat.msg), monitor, heartbeat)

    return {
        "down": about(down, None),
        "up": about(up, now - DOWN_MS),
        "test": Message(trial_text(name), facts={"at": now}),
    }


def previews(
    service: NotificationService[Any], form: Mapping[str, Any], setting: Setting
) -> dict[str, Preview]:
    """Option → what is made of it: each template that is shown and filled, the style where it counts."""
    messages = samples(str(form.get("name") or ""), setting)
    words = service.options.words()
    found = {
        key: _rendered(text, messages, setting)
        for key, (_, word) in words.items()
        if word.template and is_shown(key, words, form) and (text := str(form.get(key) or "").strip())
    }
    if STYLE_KEY in words and form.get(STYLE_KEY) == DETAILED:
        found[STYLE_KEY] = {kind: _detailed(message, setting) for kind, message in messages.items()}
        found[STYLE_KEY]["error"] = None
    return found


def _detailed(message: Message, setting: Setting) -> str:
    return limited(detailed(details_of(message, setting.base_url, setting.zone)), MOST_CHARS)


def _rendered(template: str, messages: Mapping[str, Message], setting: Setting) -> Preview:
    found: Preview = {"error": None}
    for kind, message in messages.items():
        try:
            text = templates.render(template, message, base_url=setting.base_url, zone=setting.zone)
            found[kind] = limited(text, MOST_CHARS)
        except TemplateFailed as failed:
            found[kind] = None
            said = {"msg": failed.message, "line": failed.line, "column": failed.column}
            found["error"] = found["error"] or said
    return found
