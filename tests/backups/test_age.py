"""Encryption as age has it, against another implementation."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuma_lite.backups.age import CHUNK, CUT_SHORT, NOT_OPENED, Decrypting, Encrypting
from kuma_lite.core.errors import UserError

pyrage = pytest.importorskip("pyrage", reason="pyrage is not installed")

WORK = 4  # log2: tests guess nothing
SIZES = (0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK)


def encrypted(plain: bytes, passphrase: str = "correct horse", *, pieces: int = 10_000) -> bytes:
    out = io.BytesIO()
    writer = Encrypting(out, passphrase, WORK)
    for start in range(0, len(plain), pieces):
        writer.write(plain[start : start + pieces])
    writer.close()
    return out.getvalue()


def decrypted(data: bytes, passphrase: str = "correct horse") -> bytes:
    return Decrypting(io.BytesIO(data), passphrase).read()


@pytest.mark.parametrize("size", SIZES)
def test_others_read_what_we_write(size: int) -> None:
    plain = bytes(range(251)) * (size // 251 + 1)
    assert pyrage.passphrase.decrypt(encrypted(plain[:size]), "correct horse") == plain[:size]


@pytest.mark.parametrize("size", [0, CHUNK, CHUNK + 7])
def test_we_read_what_others_write(size: int) -> None:
    assert decrypted(pyrage.passphrase.encrypt(b"k" * size, "ä ö")[:], "ä ö") == b"k" * size


def test_a_file_for_a_key_is_refused_with_a_sentence() -> None:
    recipient = pyrage.x25519.Identity.generate().to_public()
    with pytest.raises(UserError, match="for a key"):
        decrypted(pyrage.encrypt(b"k", [recipient]))


@given(plain=st.binary(max_size=300), pieces=st.integers(1, 64), reads=st.integers(1, 100))
@settings(deadline=None, max_examples=30)
def test_pieces_of_any_size(plain: bytes, pieces: int, reads: int) -> None:
    reader = Decrypting(io.BytesIO(encrypted(plain, pieces=pieces)), "correct horse")
    assert b"".join(iter(lambda: reader.read(reads), b"")) == plain


def test_a_wrong_passphrase() -> None:
    with pytest.raises(UserError, match=NOT_OPENED):
        decrypted(encrypted(b"k"), "correct horsf")


@given(at=st.integers(0, 10_000), bit=st.integers(0, 7))
@settings(deadline=None, max_examples=100)
def test_no_changed_bit_goes_unnoticed(at: int, bit: int) -> None:
    data = bytearray(encrypted(b"k" * 200))
    data[at % len(data)] ^= 1 << bit
    with pytest.raises(UserError):
        decrypted(bytes(data))


@pytest.mark.parametrize("size", [10, 150, 300, CHUNK + 100])
def test_a_file_that_was_cut(size: int) -> None:
    with pytest.raises(UserError, match=CUT_SHORT):
        decrypted(encrypted(b"k" * 2 * CHUNK)[:size])


def test_a_file_that_was_cut_between_two_chunks() -> None:
    whole = encrypted(b"k" * 2 * CHUNK)
    with pytest.raises(UserError, match=CUT_SHORT):
        decrypted(whole[: -(CHUNK + 16)])
