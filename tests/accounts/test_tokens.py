from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.accounts.tokens import make_token, read_token

SECRET = "$2a$10$a.bcrypt.hash.as.the.original.keeps.it"
PAYLOAD: dict[str, Any] = {"username": "ädmin", "h": "0" * 32, "iat": 1_795_311_015}


def part(document: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()


def test_a_token_of_the_original_is_read() -> None:
    """The example every JWT library shows, signed with HS256."""
    token = (
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"
        ".eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ"
        ".SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"
    )
    assert read_token(token, "your-256-bit-secret") == {
        "sub": "1234567890",
        "name": "John Doe",
        "iat": 1516239022,
    }


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.none()), st.text(min_size=1))
def test_tokens_come_back(payload: dict[str, Any], secret: str) -> None:
    assert read_token(make_token(payload, secret), secret) == payload


def test_another_library_reads_them() -> None:
    jwt = pytest.importorskip("jwt")
    assert jwt.decode(make_token(PAYLOAD, SECRET), SECRET, algorithms=["HS256"]) == PAYLOAD


def forgeries() -> list[object]:
    head, body, signature = make_token(PAYLOAD, SECRET).split(".")
    none = part({"alg": "none", "typ": "JWT"})
    return [
        None,
        1,
        "",
        "nonsense",
        "..",
        f"{head}.{body}",
        f"{head}.{body}.",
        f"{head}.{body}.{'x' * 43}",
        f"{head}.{body}.{signature[:-1]}",
        f"{head}.{body}.{signature}.more",
        f"{head}.{part({**PAYLOAD, 'username': 'root'})}.{signature}",
        f"{none}.{body}.",
        f"{none}.{body}.{signature}",
        f"{head}.{body}.ü",
        "a" * 5000 + ".b.c",
        make_token(PAYLOAD, "another secret"),
    ]


@pytest.mark.parametrize("token", forgeries())
def test_forgeries_are_refused(token: object) -> None:
    assert read_token(token, SECRET) is None


def test_other_algorithms_are_refused_even_with_the_right_signature() -> None:
    import hashlib
    import hmac

    signed = f"{part({'alg': 'HS512'})}.{part(PAYLOAD)}"
    digest = hmac.new(SECRET.encode(), signed.encode(), hashlib.sha256).digest()
    token = f"{signed}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"
    assert read_token(token, SECRET) is None


def test_nothing_is_genuine_without_a_secret() -> None:
    assert read_token(make_token(PAYLOAD, ""), "") is None
