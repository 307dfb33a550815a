"""DKIM signatures (RFC 6376): relaxed/relaxed, RSA."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Final

from msgspec import Struct

from kuma_lite.core.records import hiding

DEFAULT_HASH: Final = "sha256"
HASHES: Final = ("sha256", "sha1")  # what RFC 6376 knows; sha1 only for those who insist
# Fields worth protecting; those that a message does not have are left out.
DEFAULT_FIELDS: Final = (
    "from:sender:reply-to:subject:date:message-id:to:cc:mime-version:content-type:"
    "content-transfer-encoding:content-id:content-description:in-reply-to:references"
)
LINE_CHARS: Final = 72  # of the folded signature


class CannotSign(Exception):
    """The key or the hash cannot be used; the text is for the person who entered it."""


class Signer(Struct, frozen=True):
    """Who signs, and what.

    Args:
        domain: `d=`.
        selector: `s=`; the public key is at `<selector>._domainkey.<domain>`.
        private_key: PEM text.
        hash_name: one of `HASHES`.
        fields: header names to sign, separated by colons.
        skipped: header names not to sign, separated by colons.
    """

    __repr__ = hiding("private_key")

    domain: str
    selector: str
    private_key: str
    hash_name: str = DEFAULT_HASH
    fields: str = DEFAULT_FIELDS
    skipped: str = ""

    def sign(self, mail: bytes) -> bytes:
        """The mail, whose lines end in CRLF, with its signature in front. Raises CannotSign."""
        if self.hash_name not in HASHES:
            raise CannotSign(f"The DKIM hash algorithm must be one of: {', '.join(HASHES)}.")
        head, _, body = mail.partition(b"\r\n\r\n")
        present = _fields(head)
        names = [name for name in self._wanted() if name in present]
        if "from" not in names:
            raise CannotSign("A DKIM signature must cover the From field.")
        body_hash = base64.b64encode(hashlib.new(self.hash_name, relaxed_body(body)).digest()).decode()
        value = (
            f"v=1; a=rsa-{self.hash_name}; c=relaxed/relaxed; d={self.domain};\r\n"
            f" s={self.selector}; h={':'.join(names)};\r\n bh={body_hash};\r\n b="
        )
        signed = b"".join(relaxed_field(name, present[name]) + b"\r\n" for name in names)
        signed += relaxed_field("dkim-signature", value.encode())
        signature = base64.b64encode(self._signature(signed)).decode()
        folded = "\r\n ".join(
            signature[start : start + LINE_CHARS] for start in range(0, len(signature), LINE_CHARS)
        )
        return f"DKIM-Signature: {value}{folded}\r\n".encode() + mail

    def _wanted(self) -> list[str]:
        skipped = {name.strip().lower() for name in self.skipped.split(":")}
        names = (name.strip().lower() for name in (self.fields or DEFAULT_FIELDS).split(":"))
        return [name for name in dict.fromkeys(names) if name and name not in skipped]

    def _signature(self, data: bytes) -> bytes:
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding, rsa
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        try:
            key = load_pem_private_key(self.private_key.strip().encode(), password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise CannotSign("The DKIM private key cannot be read.") from None
        if not isinstance(key, rsa.RSAPrivateKey):
            raise CannotSign("The DKIM private key must be an RSA key.")
        chosen = hashes.SHA256() if self.hash_name == "sha256" else hashes.SHA1()  # noqa: S303
        return key.sign(data, padding.PKCS1v15(), chosen)


def _fields(head: bytes) -> dict[str, bytes]:
    """Lower-case name → value, still folded; of repeated fields the last, as the RFC counts from below."""
    found: dict[str, bytes] = {}
    for line in re.split(rb"\r\n(?![ \t])", head):
        name, _, value = line.partition(b":")
        found[name.decode("ascii", "replace").strip().lower()] = value
    return found


def relaxed_field(name: str, value: bytes) -> bytes:
    """One header field in the form that is signed, without its line end."""
    unfolded = value.replace(b"\r\n", b"")
    return name.strip().lower().encode() + b":" + re.sub(rb"[ \t]+", b" ", unfolded).strip(b" ")


def relaxed_body(body: bytes) -> bytes:
    """The body in the form that is hashed."""
    lines = [re.sub(rb"[ \t]+", b" ", line).rstrip(b" ") for line in body.split(b"\r\n")]
    while lines and not lines[-1]:
        lines.pop()
    return b"".join(line + b"\r\n" for line in lines)
