"""DKIM: the examples of RFC 6376, and signatures checked as a receiver would."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.core.declarations import DeliveryFailed
from kuma_lite.notifications.services.support.dkim import CannotSign, Signer, relaxed_body, relaxed_field
from tests.notifications.samples import DOWN
from tests.notifications.services.conftest import Send
from tests.notifications.sinks import SmtpSink

KEY = rsa.generate_private_key(public_exponent=65537, key_size=1024)
MAIL = (
    b"From: Kuma <kuma@example.com>\r\nTo: a@example.com\r\nSubject: a  long\r\n\tsubject\r\nX-Mine: 1\r\n"
    b"Received: one\r\nReceived: two\r\n\r\nHello  there \r\n\r\n\r\n"
)


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def verify(mail: bytes) -> dict[str, str]:
    """Check the first signature as a receiver does; returns its tags. Raises InvalidSignature."""
    head, _, body = mail.partition(b"\r\n\r\n")
    fields: list[bytes] = []
    for line in head.split(b"\r\n"):
        if line[:1] in (b" ", b"\t"):
            fields[-1] += b"\r\n" + line
        else:
            fields.append(line)
    name, _, raw = fields[0].partition(b":")
    assert name == b"DKIM-Signature"
    tags = {
        key.strip(): re.sub(r"\s", "", value)
        for key, _, value in (part.partition("=") for part in raw.decode().split(";"))
    }
    digest = tags["a"].removeprefix("rsa-")
    assert base64.b64encode(hashlib.new(digest, canonical_body(body)).digest()).decode() == tags["bh"]
    unused = fields[1:]
    signed = b""
    for wanted in tags["h"].split(":"):
        found = next(f for f in reversed(unused) if f.lower().startswith(wanted.encode() + b":"))
        unused.remove(found)
        signed += canonical_field(found) + b"\r\n"
    signed += canonical_field(re.sub(rb"\bb=[^;]*$", b"b=", fields[0]))
    chosen = hashes.SHA256() if digest == "sha256" else hashes.SHA1()
    KEY.public_key().verify(base64.b64decode(tags["b"]), signed, padding.PKCS1v15(), chosen)
    return tags


def canonical_field(field: bytes) -> bytes:
    name, _, value = field.partition(b":")
    return name.lower() + b":" + b" ".join(value.split())


def canonical_body(body: bytes) -> bytes:
    text = re.sub(rb"[ \t]+(?=\r\n)", b"", re.sub(rb"[ \t]+", b" ", body))
    text = re.sub(rb"(\r\n)+$", b"", text)
    return text + b"\r\n" if text else b""


def test_the_examples_of_the_rfc() -> None:
    assert relaxed_field("A", b" X") == b"a:X"
    assert relaxed_field("B ", b" Y\t\r\n\tZ  ") == b"b:Y Z"
    assert relaxed_body(b" C \r\nD \t E\r\n\r\n\r\n") == b" C\r\nD E\r\n"
    assert relaxed_body(b"") == b""


@pytest.mark.parametrize("hash_name", ["sha256", "sha1"])
def test_a_signature_verifies(hash_name: str) -> None:
    signed = Signer("example.com", "2026", pem(KEY), hash_name).sign(MAIL)
    assert signed.endswith(MAIL)
    tags = verify(signed)
    assert (tags["d"], tags["s"], tags["a"], tags["c"]) == (
        "example.com",
        "2026",
        f"rsa-{hash_name}",
        "relaxed/relaxed",
    )
    assert tags["h"] == "from:subject:to"
    assert max(len(line) for line in signed.split(b"\r\n")) < 200


@given(st.lists(st.sampled_from([b"a", b" ", b"\t", b"\r\n", b".", "ü".encode()])).map(b"".join))
def test_any_body_verifies(body: bytes) -> None:
    verify(Signer("example.com", "s", pem(KEY)).sign(b"From: a@b.example\r\n\r\n" + body + b"\r\n"))


@pytest.mark.parametrize(
    ("old", "new"), [(b"Hello", b"Bye"), (b"a@example.com", b"z@example.com"), (b"long", b"short")]
)
def test_a_changed_mail_does_not_verify(old: bytes, new: bytes) -> None:
    signed = Signer("example.com", "s", pem(KEY)).sign(MAIL)
    with pytest.raises((InvalidSignature, AssertionError)):
        verify(signed.replace(old, new))


def test_which_fields_are_signed() -> None:
    chosen = Signer("example.com", "s", pem(KEY), fields="X-Mine:from:received:nothing").sign(MAIL)
    assert verify(chosen)["h"] == "x-mine:from:received"
    skipping = Signer("example.com", "s", pem(KEY), skipped="subject: To").sign(MAIL)
    assert verify(skipping)["h"] == "from"


@pytest.mark.parametrize(
    ("signer", "sentence"),
    [
        (Signer("d", "s", "no key"), "cannot be read"),
        (Signer("d", "s", ""), "cannot be read"),
        (Signer("d", "s", pem(ec.generate_private_key(ec.SECP256R1()))), "must be an RSA key"),
        (Signer("d", "s", pem(KEY), "md5"), "must be one of: sha256, sha1"),
        (Signer("d", "s", pem(KEY), skipped="from"), "must cover the From field"),
    ],
)
def test_what_cannot_be_signed(signer: Signer, sentence: str) -> None:
    with pytest.raises(CannotSign, match=sentence):
        signer.sign(MAIL)


async def test_a_mail_as_it_arrives_verifies(send: Send) -> None:
    options = {
        "smtpDkimDomain": "example.com",
        "smtpDkimKeySelector": "2026",
        "smtpDkimPrivateKey": pem(KEY),
        "smtpDkimskipFields": "message-id:date",
    }
    async with SmtpSink() as sink:
        form = {"smtpHost": "127.0.0.1", "smtpPort": sink.port, "smtpFrom": "Kümä <k@example.com>"}
        await send(DOWN, type="smtp", smtpTo="a@example.com", **form, **options)
        with pytest.raises(DeliveryFailed, match="cannot be read") as failed:
            await send(
                DOWN, type="smtp", smtpTo="a@example.com", **form, **{**options, "smtpDkimPrivateKey": "x"}
            )
    assert failed.value.permanent
    assert len(sink.mails) == 1
    signed = verify(sink.mails[0].content)["h"].split(":")
    assert {"from", "to", "subject", "mime-version", "content-type"} <= set(signed)
    assert not {"date", "message-id"} & set(signed)
