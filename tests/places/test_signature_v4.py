"""Signatures, against the examples that AWS publishes for Signature Version 4 of S3."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest

from kuma_lite.places.signature_v4 import Credentials, query_of, quoted, signed

KEYS = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
AT = datetime(2013, 5, 24, tzinfo=UTC)
HOST = "examplebucket.s3.amazonaws.com"


@pytest.mark.parametrize(
    ("method", "path", "query", "headers", "body", "signature"),
    [
        (
            "GET", "/test.txt", {}, {"Range": "bytes=0-9"}, b"",
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        ),
        (
            "PUT", "/test%24file.text", {},
            {"Date": "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY"},
            b"Welcome to Amazon S3.",
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        ),
        (
            "GET", "/", {"lifecycle": ""}, {}, b"",
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
        ),
        (
            "GET", "/", {"prefix": "J", "max-keys": "2"}, {}, b"",
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
        ),
    ],
)  # fmt: skip
def test_published_examples(
    method: str, path: str, query: dict[str, str], headers: dict[str, str], body: bytes, signature: str
) -> None:
    digest = hashlib.sha256(body).hexdigest()
    sent = signed(method, HOST, path, query_of(query), headers, digest, KEYS, "us-east-1", AT)
    assert sent["Authorization"].endswith(f"Signature={signature}")
    assert sent["x-amz-date"] == "20130524T000000Z"


def test_names_are_quoted_as_the_signature_wants_them() -> None:
    assert quoted("a b/ü~*'+", keeps_slash=True) == "a%20b/%C3%BC~%2A%27%2B"
    assert quoted("a/b") == "a%2Fb"
    assert query_of({"b": "1/2", "a": ""}) == "a=&b=1%2F2"


def test_a_token_of_a_while_is_signed_too() -> None:
    keys = Credentials("A", "b", "a-token")
    sent = signed("GET", HOST, "/", "", {}, "x", keys, "r", AT)
    assert sent["x-amz-security-token"] == "a-token"
    assert "x-amz-security-token" in sent["Authorization"]
    assert "a-token" not in repr(keys) and "'b'" not in repr(keys)
