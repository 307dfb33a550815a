from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.core.kept_secrets import KEEP, restored
from kuma_lite.core.redaction import secrets_of
from kuma_lite.notifications.masking import hiding, masked
from kuma_lite.notifications.services.telegram import Telegram
from kuma_lite.notifications.services.webhook import Webhook

VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.lists(st.integers(), max_size=2)
KEYS = st.sampled_from(["name", "type", "telegramBotToken", "telegramChatID", "webhookURL", "other"])


@given(st.dictionaries(KEYS, VALUES), st.sampled_from([Telegram(), Webhook(), None]))
def test_what_is_sent_back_unchanged_is_what_was_stored(config: dict[str, Any], service: Any) -> None:
    assert restored(masked(config, service), config) == config


def test_an_unknown_type_shows_nothing_but_its_name() -> None:
    config = {
        "name": "n",
        "type": "slack",
        "slackwebhookURL": "http://x",
        "slackchannel": "c",
        "slackrich": True,
    }
    assert masked(config, None) == {
        "name": "n",
        "type": "slack",
        "slackwebhookURL": KEEP,
        "slackchannel": KEEP,
        "slackrich": True,
    }


def test_secrets_that_are_no_texts_are_masked_too() -> None:
    assert masked({"telegramBotToken": 12345}, Telegram()) == {"telegramBotToken": KEEP}


def test_empty_secrets_are_shown_as_empty() -> None:
    config = {"telegramBotToken": "", "webhookURL": None}
    assert masked(config, Telegram()) == config


@pytest.mark.parametrize(
    ("config", "text"),
    [
        ({"webhookURL": "http://h/token"}, "POST *** with key1234: no"),
        ({"webhookAdditionalHeaders": '{"A": "key1234"}'}, "POST http://h/token with ***: no"),
        ({"webhookAdditionalHeaders": {"A": "key1234"}}, "POST http://h/token with ***: no"),
        ({"webhookAdditionalHeaders": "{damaged"}, "POST http://h/token with key1234: no"),
        ({"webhookURL": "no"}, "POST http://h/token with key1234: no"),
        ({}, "POST http://h/token with key1234: no"),
    ],
)
def test_redaction(config: dict[str, Any], text: str) -> None:
    assert (
        hiding(config, tuple(secrets_of(Webhook(), config)))("POST http://h/token with key1234: no") == text
    )
