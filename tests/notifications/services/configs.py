"""A stored channel of every service, as Uptime Kuma would have stored it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

from kuma_lite.core.declarations import Kind, NotificationService, Words
from kuma_lite.core.redaction import secrets_of
from tests.notifications.replay.recordings import load

RECORDINGS: Final = Path(__file__).parent.parent / "recordings"
MARK: Final = "K3yOf9Quiet0wls"  # is in every secret, and nowhere else
_RECORDED: Final = re.compile(r"[A-Z]+-[1ü]|DEVICEKEY")  # what stands for a token in the recordings

Service = NotificationService[Any]
Config = dict[str, Any]


def complete(service: Service, *shown: str) -> Config:
    """A channel with all that the form requires, and with what makes the fields `shown` appear."""
    variants = load(RECORDINGS / f"{service.name}.json")["variants"]
    config: Config = dict(variants[0]["config"])
    words = service.options.words()
    for key in shown:
        while condition := words[key][1].shown_when:
            key = condition.option
            if config.get(key) not in condition.values:
                config[key] = condition.values[0]
    for key, (_, described) in words.items():
        if described.required and config.get(key) in (None, ""):
            recorded = (found for one in variants if (found := one["config"].get(key)))
            config[key] = next(recorded, _sample(described))
    return config


def with_secrets(service: Service, config: Config) -> Config:
    """The channel with secrets that nobody could take for a word."""
    secret = [key for key, (_, words) in service.options.words().items() if words.secret]
    return config | {key: _marked(str(config[key])) for key in secret if config.get(key)}


def secret_values(service: Service, config: Config) -> set[str]:
    """What must not be in a text: the mark, or whole secrets where the format has no place for it."""
    return {MARK if MARK in value else value for value in secrets_of(service, config)}


def _sample(words: Words) -> Any:
    if words.choices:
        return words.choices[0].value
    return 1 if words.kind is Kind.NUMBER else "x1"


def _marked(value: str) -> str:
    if value.startswith("nsec1"):
        return value
    if _RECORDED.search(value):
        return _RECORDED.sub(MARK, value)
    return f"{value.rstrip('/')}/{MARK}" if "://" in value else MARK
