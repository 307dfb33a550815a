"""What an account signs, compared with what the standards print."""

from __future__ import annotations

import base64
import json

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

from kuma_lite.acme.account import AccountKey
from kuma_lite.acme.errors import problem_of


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def number(text: str) -> int:
    return int.from_bytes(decoded(text), "big")


# RFC 7515, A.3
X, Y = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
D = "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"


def standards_key() -> AccountKey:
    public = ec.EllipticCurvePublicNumbers(number(X), number(Y), ec.SECP256R1())
    return AccountKey(ec.EllipticCurvePrivateNumbers(number(D), public).private_key())


def test_the_public_half() -> None:
    key = standards_key()
    assert key.public() == {"crv": "P-256", "kty": "EC", "x": X, "y": Y}
    assert AccountKey.of_pem(key.pem()).public() == key.public()
    assert key.authorization("token") == f"token.{key.thumbprint()}"


@pytest.mark.parametrize(("account", "names"), [(None, "jwk"), ("https://ca.test/1", "kid")])
def test_what_is_signed_is_verified(account: str | None, names: str) -> None:
    key = standards_key()
    message = json.loads(key.signed("https://ca.test/order", "nonce", {"a": "ä"}, account))
    head = json.loads(decoded(message["protected"]))
    assert head["alg"] == "ES256"
    assert (head["nonce"], head["url"], names in head) == ("nonce", "https://ca.test/order", True)
    assert json.loads(decoded(message["payload"])) == {"a": "ä"}
    signature = decoded(message["signature"])
    assert len(signature) == 64
    der = utils.encode_dss_signature(
        int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    )
    public = ec.EllipticCurvePublicNumbers(number(X), number(Y), ec.SECP256R1()).public_key()
    public.verify(der, f"{message['protected']}.{message['payload']}".encode(), ec.ECDSA(hashes.SHA256()))


def test_reading_signs_nothing_at_all() -> None:
    assert json.loads(standards_key().signed("https://ca.test/", "n", None, "k"))["payload"] == ""


def test_refusals_are_sentences() -> None:
    problem = problem_of(
        {
            "type": "urn:ietf:params:acme:error:rejectedIdentifier",
            "detail": "two\nnames",
            "subproblems": [{"identifier": {"type": "dns", "value": "Bad.test"}, "detail": "no"}, 7, {}],
        },
        400,
    )
    assert (problem.kind, problem.names) == ("rejectedIdentifier", {"bad.test": "no"})
    assert problem.message == "The certificate authority refuses (two names)."
    assert "HTTP 502" in problem_of("<html>", 502).message
