"""What is said of channels without a required field, and of fields with a wrong value; for every service."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from kuma_lite.core.declarations import DeliveryFailed, Kind, Words
from kuma_lite.core.errors import UserError
from kuma_lite.notifications.delivery import Context, Services, deliver
from kuma_lite.notifications.fields import validate
from tests.notifications.replay.http import RecordedHttp
from tests.notifications.samples import DOWN
from tests.notifications.services.configs import Config, Service, complete
from tests.notifications.services.conftest import NAMES, SERVICES

# Services that do not use the HTTP client; with all fields they would look for a server.
OTHERWISE = ("smtp", "nostr", "apprise")


def required(*, needed: bool) -> Iterator[tuple[str, str]]:
    """Services with their required fields: those without which nothing can be sent, or the others."""
    for name in NAMES:
        for key, (info, words) in SERVICES[name].options.words().items():
            if key == "messageTemplate":
                continue  # of all services; see test_styles
            if words.required and needed is (not words.lenient and info.default in ("", None, ())):
                yield name, key


async def delivered(name: str, config: Config) -> list[Any]:
    """Deliver; returns the requests. Raises DeliveryFailed."""
    http = RecordedHttp([], "")
    await deliver(services(), config, DOWN, Context(SimpleNamespace(http=http), "https://kuma.example"))
    return http.got


def services() -> Services:
    registry: Any = SimpleNamespace(get=SERVICES.get)
    return registry


def without(config: Config, key: str) -> Iterator[Config]:
    """The channel as clients store nothing: no key, null, an empty text, blanks."""
    yield {other: value for other, value in config.items() if other != key}
    for nothing in (None, "", " \n"):
        yield config | {key: nothing}


@pytest.mark.parametrize(("name", "key"), required(needed=True))
async def test_a_channel_without_it_fails_for_good_and_says_why(name: str, key: str) -> None:
    service = SERVICES[name]
    label = service.options.words()[key][1].label
    for config in without(complete(service, key), key):
        with pytest.raises(DeliveryFailed) as failed:
            await delivered(name, config)
        assert failed.value.message == f"This channel lacks the required field '{label}'."
        assert failed.value.permanent


@pytest.mark.parametrize(("name", "key"), required(needed=False))
async def test_a_channel_without_it_is_delivered_all_the_same(name: str, key: str) -> None:
    for config in without(complete(SERVICES[name], key), key):
        if name in OTHERWISE:
            continue
        try:
            await delivered(name, config)
        except DeliveryFailed as failure:
            assert "refused" in failure.message or "did not" in failure.message, "it was not even asked"


def test_lenient_fields_are_few() -> None:
    lenient = [
        (name, key)
        for name, key in required(needed=False)
        if (words := SERVICES[name].options.words()[key][1]).lenient and not words.template
    ]
    assert lenient == [
        ("gotify", "gotifyPriority"), ("ntfy", "ntfyPriority"), ("webhook", "webhookContentType")
    ]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_the_form_names_the_field_and_says_what_is_allowed(name: str) -> None:
    service = SERVICES[name]
    for key, (_, words) in service.options.words().items():
        config = complete(service, key)
        for value, said in refused_values(words):
            with pytest.raises(UserError) as refused:
                validate(service, config | {key: value})
            assert refused.value.as_answer()["field"] == key
            assert str(refused.value).startswith(words.label)
            assert said in str(refused.value)


def refused_values(words: Words) -> Iterator[tuple[Any, str]]:
    """What no form may store in such a field, and what must be in the sentence."""
    if words.required:
        yield from ((nothing, "is required.") for nothing in (None, "", "  "))
    if words.kind is Kind.SELECT:
        yield "no such choice", words.choices[0].label
    if words.kind is Kind.URL:
        yield from (
            (text, "http://") for text in ("example.com/x", "ftp://example.com", "https://", "http://[::1")
        )
    if words.kind in (Kind.NUMBER, Kind.PORT):
        yield "x", "must be a number."
        yield (words.minimum or 0) + 0.5, "must be a whole number."
        yield from _out_of_range(words)
    if words.kind is Kind.JSON:
        yield from ((text, "JSON object") for text in ("{", "[]", "x"))
    if words.kind is Kind.HOST:
        yield from ((text, "host name") for text in ("a b", "https://example.com/x"))
    if words.template:
        yield "{% if %", "line 1"


def _out_of_range(words: Words) -> Iterator[tuple[Any, str]]:
    if words.minimum is not None:
        yield words.minimum - 1, f"{words.minimum:g}"
    if words.maximum is not None:
        yield words.maximum + 1, f"{words.maximum:g}"


def test_complete_channels_are_complete() -> None:
    service: Service
    for service in SERVICES.values():
        validate(service, complete(service))
