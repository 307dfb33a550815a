"""The alerting of Gatus as notification channels. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from kuma_lite.core.sentences import said
from kuma_lite.foreign.model import NOTIFICATIONS, Converted
from kuma_lite.foreign.values import listing, mapping, switch, text, whole

# Of a provider: our type, our field → its key. A field in _NUMBERS is a number.
_PROVIDERS: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "discord": ("discord", {"webhook": "webhook-url"}),
    "slack": ("slack", {"webhook": "webhook-url"}),
    "teams": ("teams", {"webhook": "webhook-url"}),
    "teams-workflows": ("teams", {"webhook": "webhook-url"}),
    "mattermost": ("mattermost", {"webhook": "webhook-url", "channel": "channel"}),
    "googlechat": ("GoogleChat", {"webhook": "webhook-url"}),
    "telegram": ("telegram", {"token": "token", "chat": "id", "thread": "topic-id", "server": "api-url"}),
    "pagerduty": ("PagerDuty", {"key": "integration-key"}),
    "opsgenie": ("Opsgenie", {"key": "api-key"}),
    "gotify": ("gotify", {"server": "server-url", "token": "token", "priority": "priority"}),
    "pushover": ("pushover", {"token": "application-token", "user": "user-key", "sound": "sound"}),
    "matrix": (
        "matrix", {"server": "server-url", "token": "access-token", "room": "internal-room-id"},
    ),
    "twilio": (
        "twilio", {"account": "sid", "token": "token", "sender": "from", "recipient": "to"},
    ),
    "ntfy": ("ntfy", {"topic": "topic", "server": "url", "token": "token", "priority": "priority"}),
    "email": (
        "smtp",
        {"host": "host", "port": "port", "username": "username", "password": "password", "sender": "from",
         "to": "to"},
    ),
}  # fmt: skip
_NUMBERS: Final = frozenset({"port", "priority"})
_OPTIONAL: Final = frozenset({"channel", "thread", "sound", "priority", "username", "password"})
_MORE_OPTIONAL: Final[Mapping[str, frozenset[str]]] = {
    "ntfy": frozenset({"server", "token"}),
    "telegram": frozenset({"server"}),
}
_IGNORED: Final = frozenset({"default-alert"})
_MORE: Final[Mapping[str, Callable[[Mapping[str, Any], dict[str, Any]], None]]] = {
    "ntfy": lambda _given, found: found.update(
        method="accessToken" if "token" in found else "none", priority=found.get("priority", 3)
    ),
    "gotify": lambda _given, found: found.update(priority=found.get("priority", 5)),
    "email": lambda given, found: found.update(
        secure=found.get("port") == 465, username=found.get("username") or text(given.get("from"))
    ),
    "pagerduty": lambda _given, found: found.update(on_up="resolve"),
}


def channels(alerting: Any, converted: Converted) -> dict[str, str]:
    """Add a channel for each provider that has an equal; returns provider → key."""
    found: dict[str, str] = {}
    for provider, given in mapping(alerting).items():
        where = f"alerting “{provider}”"
        if provider not in _PROVIDERS:
            converted.omit(where, "", said("there is no such service, or it takes other settings"))
            continue
        settings = mapping(given)
        kind, fields = _PROVIDERS[provider]
        document: dict[str, Any] = {"type": kind}
        for name, key in fields.items():
            value = whole(settings.get(key)) if name in _NUMBERS else text(settings.get(key))
            if value not in ("", None):
                document[name] = value
        optional = _OPTIONAL | _MORE_OPTIONAL.get(provider, frozenset())
        if missing := [key for name, key in fields.items() if name not in {*document, *optional}]:
            converted.omit(where, "", said(f"without {missing[0]} Gatus does not use it either"))
            continue
        if provider in _MORE:
            _MORE[provider](settings, document)
        for key in sorted(settings.keys() - set(fields.values()) - _IGNORED):
            converted.omit(where, key, said("it has no equal"))
        found[provider] = converted.add(NOTIFICATIONS, f"Gatus {provider}", document)
    return found


def defaults_of(alerting: Any) -> dict[str, Mapping[str, Any]]:
    """Provider → what its alerts have that say nothing else."""
    return {name: mapping(mapping(given).get("default-alert")) for name, given in mapping(alerting).items()}


def alerts_of(
    endpoint: Mapping[str, Any], defaults: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Provider and settings of each alert of an endpoint that is switched on."""
    for given in listing(endpoint.get("alerts")):
        alert = mapping(given)
        provider = text(alert.get("type"))
        whole_alert = {**defaults.get(provider, {}), **alert}
        if switch(whole_alert.get("enabled"), default=True):
            yield provider, whole_alert
