"""Signatures of webhooks."""

from __future__ import annotations

import pytest

from kuma_lite.core import signing

# The example of the Standard Webhooks specification's libraries.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE, MOMENT, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
KNOWN = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_example_of_the_standard() -> None:
    assert signing.signed_headers(SECRET, MESSAGE, MOMENT, BODY) == {
        "webhook-id": MESSAGE,
        "webhook-timestamp": str(MOMENT),
        "webhook-signature": KNOWN,
    }
    bare = SECRET.removeprefix("whsec_")
    assert signing.signature(bare, MESSAGE, MOMENT, BODY) == KNOWN


@pytest.mark.parametrize(
    ("header", "value", "genuine"),
    [
        ("webhook-signature", KNOWN, True),
        ("webhook-signature", f"v1,b2xk {KNOWN} v2,x", True),  # while a secret is exchanged there are two
        ("webhook-signature", "v1,b2xk", False),
        ("webhook-signature", "é", False),
        ("webhook-signature", "", False),
        ("webhook-id", "msg_other", False),
        ("webhook-timestamp", "1614265331", False),
        ("webhook-timestamp", "soon", False),
        ("webhook-timestamp", "", False),
    ],
)
def test_whatever_was_changed_is_noticed(header: str, value: str, genuine: bool) -> None:
    headers = {**signing.signed_headers(SECRET, MESSAGE, MOMENT, BODY), header: value}
    assert signing.is_genuine(SECRET, headers, BODY) is genuine
    assert not signing.is_genuine(SECRET, headers, BODY + b" ")
    assert not signing.is_genuine(signing.new_secret(), headers, BODY)


def test_a_new_secret_is_one() -> None:
    first, second = signing.new_secret(), signing.new_secret()
    assert first != second
    assert len(signing.key_of(first)) == 32
    assert signing.is_secret(first)


@pytest.mark.parametrize(
    "text", [None, 5, "", "whsec_", "whsec_c2hvcnQ=", "whsec_not base64!", "é" * 40, "A" * 92]
)
def test_what_is_no_secret(text: object) -> None:
    assert not signing.is_secret(text)
