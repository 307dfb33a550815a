"""Message texts from templates of users, in the language of LiquidJS (`notifications/liquid`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from kuma_lite.core.declarations import Message, TemplateFailed
from kuma_lite.notifications.details import Details, detailed, details_of
from kuma_lite.notifications.rules import TEST_WORD, status_word
from kuma_lite.notifications.services.support.texts import NO_ADDRESS, NO_NAME, address
from kuma_lite.notifications.services.support.variables import OLD_NAMES

if TYPE_CHECKING:
    from kuma_lite.notifications.liquid import Template

_BEAT: Final = {
    "monitorID": 1,
    "status": 0,
    "time": "2026-01-02 03:04:05.678",
    "msg": "Request failed with status code 503",
    "ping": 12,
    "important": True,
    "duration": 60,
    "timezone": "Europe/Berlin",
    "localDateTime": "2026-01-02 04:04:05",
}
_MONITOR: Final = {
    "id": 1,
    "name": "Shop",
    "pathName": "Web / Shop",
    "type": "http",
    "url": "https://shop.example/",
    "tags": [{"name": "team", "value": "web", "color": "#2563eb"}],
}
# What templates are tried with before they are stored: down, up, and a message about no monitor.
SAMPLES: Final = (
    Message("[Shop] [🔴 Down] Request failed with status code 503", _MONITOR, _BEAT),
    Message("[Shop] [✅ Up] 200 - OK", _MONITOR, {**_BEAT, "status": 1, "msg": "200 - OK"}),
    Message("Shop Testing"),
)
STOPPED: Final = "The template was stopped: {problem}."
UNUSABLE: Final = "The template cannot be used: {problem}."
KEPT_TEMPLATES: Final = 32  # that were read, for the next message


def variables(message: Message, base_url: str = "", zone: str = "UTC") -> dict[str, Any]:
    """What templates may use (`services/support/variables.py`), of the message in its usual style.

    Args:
        message: what is told.
        base_url: of our page, without a slash at its end; "" where it is not set.
        zone: IANA name, for messages without a heartbeat.
    """
    usual = message.usual or message
    monitor, heartbeat = message.monitor, usual.heartbeat
    found = details_of(usual, base_url, zone)
    values = {
        "name": str(monitor.get("name") or "") if monitor is not None else NO_NAME,
        "status": TEST_WORD if heartbeat is None else status_word(heartbeat.get("status", 0)),
        "msg": usual.text,
        "hostnameOrURL": address(monitor) if monitor is not None else NO_ADDRESS,
        "monitorJSON": _readable(monitor),
        "heartbeatJSON": _readable(heartbeat),
        **_from_details(found),
    }
    return values | {old: values[name] for old, name in OLD_NAMES.items()}


def _from_details(found: Details) -> dict[str, str]:
    return {
        "event": found.event,
        "reason": found.reason,
        "time": found.moment(found.at),
        "since": found.moment(found.since),
        "downFor": found.down_for,
        "expires": found.moment(found.expires),
        "address": found.address,
        "group": found.group,
        "tags": found.tags,
        "link": found.link,
        "details": detailed(found),
    }


def render(
    template: str,
    message: Message,
    escape: Callable[[str], str] | None = None,
    *,
    base_url: str = "",
    zone: str = "UTC",
) -> str:
    """The rendered text; times are of the zone that the beat names. Raises TemplateFailed.

    `escape` is applied to what comes out of variables, never to what the template itself says. `base_url` and
    `zone` as of `variables`.
    """
    from kuma_lite.notifications.liquid import TemplateError, TooMuch  # lazy: most servers have no template

    told = (message.heartbeat or {}).get("timezone")
    try:
        known = variables(message, base_url, zone)
        return _parsed(template).render(known, told if isinstance(told, str) else "UTC", escape)
    except TemplateError as error:
        sentence = STOPPED if isinstance(error, TooMuch) else UNUSABLE
        raise TemplateFailed(sentence, problem=error, line=error.line, column=error.column) from None
    except Exception as error:  # filters meet values of every kind; none of that is trouble of ours
        raise TemplateFailed(UNUSABLE, problem=error) from None


def problem(template: str) -> str:
    """What is wrong with a template, with line and column, found by trying it; "" when nothing is."""
    for sample in SAMPLES:
        try:
            render(template, sample)
        except TemplateFailed as failed:
            return failed.message
    return ""


@lru_cache(maxsize=KEPT_TEMPLATES)
def _parsed(template: str) -> Template:
    from kuma_lite.notifications.liquid import parse

    return parse(template)


def _readable(value: Any) -> Any:
    """A copy as templates should see it: whole numbers without a fraction, plain lists and objects."""
    if isinstance(value, Mapping):
        return {str(key): _readable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_readable(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
