from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.accounts.rules import (
    code_matches,
    fingerprint,
    is_strong,
    legacy_hash_matches,
    one_time_code,
    otpauth_uri,
)

RFC_SECRET = "12345678901234567890"  # RFC 6238, appendix B: SHA-1


@pytest.mark.parametrize(
    ("password", "strong"),
    [
        ("abc123", True),
        ("abcABC", True),
        ("abc!!!", True),
        ("ABC123", True),
        ("C0nformance!pass", True),
        ("short", False),
        ("ab1!", False),
        ("", False),
        ("aaaaaaaaaaaa", False),
        ("123456789", False),
        ("!!!!!!!!", False),
        ("äöüäöüäöü", False),
        (None, False),
        (123456, False),
        (["abc123"], False),
    ],
)
def test_strength(password: object, strong: bool) -> None:
    assert is_strong(password) is strong


def test_fingerprint_is_shake256_of_the_hash() -> None:
    assert fingerprint("") == ""
    found = fingerprint("$2a$10$abc")
    assert found == hashlib.shake_256(b"$2a$10$abc").hexdigest(16)
    assert len(found) == 32


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_of_the_rfc(seconds: int, code: str) -> None:
    assert one_time_code(RFC_SECRET, seconds) == code


@given(st.integers(300, 2**40), st.integers(-200, 200))
def test_a_code_counts_in_its_own_step_and_the_two_beside_it(now: int, shift: int) -> None:
    code = one_time_code(RFC_SECRET, now)
    steps = abs((now + shift) // 30 - now // 30)
    neighbours = {one_time_code(RFC_SECRET, now + shift + by * 30) for by in (-1, 0, 1)}
    assert code_matches(RFC_SECRET, code, now + shift) is (steps <= 1 or code in neighbours)


@pytest.mark.parametrize("code", ["", "123", "28708", "2870820", "٢٨٧٠٨٢", "28708x", None, True, 1.5, [], {}])
def test_what_is_no_code_does_not_match(code: object) -> None:
    assert not code_matches(RFC_SECRET, code, 59)


def test_a_code_may_be_a_number() -> None:
    assert code_matches(RFC_SECRET, 287082, 59)


def test_otpauth_uri_carries_the_base32_of_the_key() -> None:
    assert otpauth_uri(RFC_SECRET, "me & you") == (
        "otpauth://totp/Uptime%20Kuma:me%20%26%20you?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    )
    assert "=" not in otpauth_uri("a" * 64, "x").split("secret=")[1]


def legacy(password: str, salt: str, iterations: int) -> str:
    digest = password
    for _ in range(iterations):
        digest = hmac.new(salt.encode(), digest.encode(), "sha1").hexdigest()
    return digest


@pytest.mark.parametrize("iterations", [1, 3, 1000])
def test_legacy_hashes(iterations: int) -> None:
    stored = f"sha1$salt${iterations}${legacy('secret', 'salt', iterations)}"
    assert legacy_hash_matches("secret", stored)
    assert not legacy_hash_matches("Secret", stored)


def test_legacy_hashes_of_three_parts_have_one_iteration() -> None:
    assert legacy_hash_matches("secret", f"sha1$salt${legacy('secret', 'salt', 1)}")


@pytest.mark.parametrize(
    "stored", ["", "sha1", "sha1$a", "md5$a$1$b", "sha1$a$x$b", "sha1$a$-1$b", "sha1$a$1$b$c"]
)
def test_broken_legacy_hashes_match_nothing(stored: str) -> None:
    assert not legacy_hash_matches("secret", stored)
