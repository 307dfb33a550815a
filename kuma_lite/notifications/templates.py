"""Message texts from templates of users, in the language of LiquidJS (`notifications/liquid`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from kuma_lite.core.declarations import Message, TemplateFailed
from kuma_lite.notifications.rules import TEST_WORD, status_word
from kuma_lite.notifications.services.support.texts import NO_ADDRESS, NO_NAME, address

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
KEPT_TEMPLATES: Final = 32  # that were read, for the next message


def variables(message: Message) -> dict[str, Any]:
    """What templates may use; the upper-case names are older spellings."""
    monitor, heartbeat = message.monitor, message.heartbeat
    name = str(monitor.get("name") or "") if monitor is not None else NO_NAME
    where = address(monitor) if monitor is not None else NO_ADDRESS
    status = TEST_WORD if heartbeat is None else status_word(heartbeat.get("status", 0))
    return {
        "msg": message.text,
        "name": name,
        "NAME": name,
        "status": status,
        "STATUS": status,
        "hostnameOrURL": where,
        "HOSTNAME_OR_URL": where,
        "monitorJSON": _readable(monitor),
        "heartbeatJSON": _readable(heartbeat),
    }


def render(template: str, message: Message, escape: Callable[[str], str] | None = None) -> str:
    """The rendered text; times are of the zone that the beat names. Raises TemplateFailed.

    `escape` is applied to what comes out of variables, never to what the template itself says.
    """
    from kuma_lite.notifications.liquid import TemplateError, TooMuch  # lazy: most servers have no template

    zone = (message.heartbeat or {}).get("timezone")
    try:
        return _parsed(template).render(variables(message), zone if isinstance(zone, str) else "UTC", escape)
    except TooMuch as error:
        raise TemplateFailed("The template was stopped: {problem}.", problem=error) from None
    except TemplateError as error:
        raise TemplateFailed("The template cannot be used: {problem}.", problem=error) from None
    except Exception as error:  # filters meet values of every kind; none of that is trouble of ours
        raise TemplateFailed("The template cannot be used: {problem}.", problem=error) from None


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
