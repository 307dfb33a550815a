from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.checks import monitor_types
from kuma_lite.core.log import redact
from kuma_lite.core.redaction import (
    COMMON,
    HIDDEN,
    Redactor,
    forget_secrets,
    hide_secrets,
    remember_secrets,
    secrets_of,
)

OWNER = ("test", 1)


@pytest.fixture(autouse=True)
def _forgetting() -> Iterator[None]:
    yield
    forget_secrets(OWNER)


def knowing(*values: str, shortest: int = 6) -> Redactor:
    found = Redactor(shortest)
    found.remember(OWNER, values)
    return found


@pytest.mark.parametrize(
    ("secret", "text", "shown"),
    [
        ("123456:AAH-hunter2_x", "POST https://api.telegram.org/bot123456:AAH-hunter2_x/send", None),
        (
            "https://discord.com/api/webhooks/1/hunter2-hunter2",
            "GET https://discord.com/api/webhooks/1/hunter2-hunter2 failed",
            "GET https://discord.com*** failed",
        ),
        (
            "https://hooks.slack.com/services/T0/B0/hunter2",
            "POST /services/T0/B0/hunter2: no",
            "POST ***: no",
        ),
        ("https://mm.example/hooks/hunter2hunter2", "unknown hook hunter2hunter2", "unknown hook ***"),
        ("https://h/x?key=hunter2hunter2&a=b", '{"key": "hunter2hunter2"}', '{"key": "***"}'),
        ("https://h/hook", "POST https://h/hook: no", "POST ***: no"),
        ("mailto://user:hunter2@example.org", "login hunter2 refused", "login *** refused"),
        ("json://a/\ntgram://123456:hunter2/42", "no such bot 123456:hunter2", "no such bot ***"),
        ("Bearer hunter2hunter2", "Authorization: hunter2hunter2", "Authorization: ***"),
        ("  hunter2 ", "x hunter2 y", "x *** y"),
        ("p&ss wörd", f"?p={quote('p&ss wörd')}&q={quote_plus('p&ss wörd')}", "?p=***&q=***"),
        ('hun"ter\\2', json.dumps({"a": 'hun"ter\\2'}), '{"a": "***"}'),
        ("hünter2", json.dumps({"a": "hünter2"}), '{"a": "***"}'),
        ("https://h/a/hunter2x", '{"url":"https:\\/\\/h\\/a\\/hunter2x"}', '{"url":"https:\\/\\/h***"}'),
        (
            "-----BEGIN KEY-----\nhunter2hunter2hunter2\n-----END-----",
            "near hunter2hunter2hunter2",
            "near ***",
        ),
    ],
)
def test_a_secret_is_found_however_it_is_written(secret: str, text: str, shown: str | None) -> None:
    found = knowing(secret).hide(text)
    assert "hunter2" not in found
    assert shown is None or found == shown


@pytest.mark.parametrize("word", ["abc", "12345", *sorted(COMMON)])
def test_short_values_and_words_of_our_own_are_left(word: str) -> None:
    assert knowing(word, word.upper()).hide(f"a {word} b") == f"a {word} b"


def test_the_longest_value_wins() -> None:
    assert knowing("secret-1", "secret-1-and-more").hide("secret-1-and-more, secret-1!") == "***, ***!"


def test_a_value_is_known_as_long_as_somebody_has_it() -> None:
    known = knowing("hunter2", "other-one")
    known.remember("another", ["hunter2"])
    known.remember(OWNER, ["new-value"])
    assert known.hide("hunter2 other-one new-value") == "*** other-one ***"
    known.forget("another")
    known.forget("never seen")
    assert known.hide("hunter2 new-value") == "hunter2 ***"
    known.forget(OWNER)
    assert known.hide("new-value") == "new-value"


@given(st.lists(st.text(min_size=6), max_size=5), st.text(), st.text())
def test_no_value_survives(values: list[str], before: str, after: str) -> None:
    known = knowing(*values)
    for value in values:
        secret = value.strip()
        if len(secret) >= 6 and secret.lower() not in COMMON and "://" not in secret:
            assert secret not in known.hide(f"{before} {secret} {after}").replace(HIDDEN, "")


@given(st.text(alphabet="ab*", min_size=6, max_size=20), st.text(alphabet="ab*"))
def test_what_is_not_secret_stays(secret: str, text: str) -> None:
    shown = knowing(secret).hide(text)
    assert shown == text or secret in text


def test_logs_hide_what_is_known() -> None:
    line = "Cannot send: https://discord.com/api/webhooks/1/hunter2-hunter2"
    assert "hunter2" in redact(line)
    remember_secrets(OWNER, ["https://discord.com/api/webhooks/1/hunter2-hunter2"])
    assert redact(line) == "Cannot send: https://discord.com***"
    assert hide_secrets("plain words") == "plain words"


def test_the_secrets_of_a_monitor() -> None:
    kind = monitor_types().get("http")
    assert kind is not None
    document = {
        "url": "https://x/",
        "basic_auth_pass": "hunter2",
        "headers": '{"X-Key": "hunter3"}',
        "name": "n",
    }
    found = secrets_of(kind, document)
    assert "hunter2" in found
    assert "n" not in found
    assert secrets_of(kind, {"basic_auth_pass": 1234567, "bearer_token": None}) == ["1234567"]
    deep = "[" * 100_000  # no JSON that could be read
    assert secrets_of(kind, {"basic_auth_pass": deep}) == [deep]


def test_ten_thousand_secrets_cost_no_more_look_ups_than_one() -> None:
    class Counting(dict[str, tuple[str, ...]]):
        asked = compared = 0

        def __contains__(self, key: object) -> bool:
            self.asked += 1
            return super().__contains__(key)

        def get(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:  # type: ignore[override]
            self.compared += len(super().get(key, default))
            return super().get(key, default)

    known = Redactor()
    for number in range(10_000):
        known.remember(number, [f"https://chat.example/api/hooks/{number:06}"])
    known._by_end = counting = Counting(known._by_end)
    assert known.hide("GET /api/hooks/000042 and no more") == "GET *** and no more"
    assert counting.asked <= len("GET /api/hooks/000042 and no more")
    assert counting.compared < 50  # the forms of one address


def test_half_of_a_pair_stops_nobody() -> None:
    assert knowing("hunter\ud8002").hide("a hunter\ud8002 b") == "a *** b"
