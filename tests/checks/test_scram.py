"""SCRAM: the example of RFC 7677, and servers that cannot be right."""

from __future__ import annotations

import hashlib
import secrets
from base64 import b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.checks._scram import Scram, ScramError

NONCE = "rOprNGfwEbeRWgbNEkqO"
BOTH = f"{NONCE}%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
SERVER_FIRST = f"r={BOTH},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"


@pytest.fixture
def scram(monkeypatch: pytest.MonkeyPatch) -> Scram:
    monkeypatch.setattr(secrets, "token_bytes", lambda count: b64decode(NONCE))
    return Scram("sha256", "user", b"pencil")


async def test_the_example_of_the_standard(scram: Scram) -> None:
    assert scram.first() == f"n,,n=user,r={NONCE}".encode()
    proof = "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
    assert await scram.final(SERVER_FIRST.encode()) == f"c=biws,r={BOTH},p={proof}".encode()
    scram.check(b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")
    with pytest.raises(ScramError, match="cannot prove who it is"):
        scram.check(b"v=AAAA")
    with pytest.raises(ScramError, match="other-error"):
        scram.check(b"e=other-error")


@pytest.mark.parametrize(
    "answer",
    [
        "",
        SERVER_FIRST.replace("r=r", "r=x"),
        SERVER_FIRST.replace("4096", "4095"),
        SERVER_FIRST.replace("4096", "99999999"),
        SERVER_FIRST.replace("4096", "x"),
        SERVER_FIRST.replace("==", "=!"),
        SERVER_FIRST.replace("s=W22ZaJ0SNY7soEsUEjb6gQ==", "s="),
    ],
)
async def test_answers_that_make_no_sense(scram: Scram, answer: str) -> None:
    with pytest.raises(ScramError, match="makes no sense"):
        await scram.final(answer.encode())


async def test_a_server_may_ask_for_less_where_it_is_told_so(scram: Scram) -> None:
    few = SERVER_FIRST.replace("4096", "1").encode()
    lenient = Scram("sha256", "*", b"pencil", 1)
    assert lenient.first() == f"n,,n=*,r={NONCE}".encode()
    assert (await lenient.final(few)).startswith(f"c=biws,r={BOTH},p=".encode())
    with pytest.raises(ScramError, match="makes no sense"):
        await Scram("sha256", "*", b"pencil", 1).final(SERVER_FIRST.replace("4096", "0").encode())


async def test_a_salted_password_is_remembered(scram: Scram, monkeypatch: pytest.MonkeyPatch) -> None:
    first = await scram.final(SERVER_FIRST.encode())
    monkeypatch.setattr(hashlib, "pbkdf2_hmac", None)
    assert await Scram("sha256", "user", b"pencil").final(SERVER_FIRST.encode()) == first


def test_names_with_commas() -> None:
    assert Scram("sha1", "a=b,c", b"").first().startswith(b"n,,n=a=3Db=2Cc,r=")


@given(st.binary(max_size=60))
async def test_any_answer_is_refused(answer: bytes) -> None:
    with pytest.raises(ScramError):
        await Scram("sha512", "user", b"pencil").final(answer)
