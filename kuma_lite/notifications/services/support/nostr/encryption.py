"""Text that two keys can read: https://github.com/nostr-protocol/nips/blob/master/44.md, version 2."""

from __future__ import annotations

import secrets
from base64 import b64encode
from hashlib import sha256
from hmac import digest
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from kuma_lite.notifications.services.support.nostr.keys import SecretKey

MAX_BYTES: Final = 65_535

_VERSION: Final = b"\x02"
_NONCE_BYTES: Final = 32
_LEAST_BYTES: Final = 32
_COUNTER: Final = bytes(4)  # of the first block


def encrypted(text: str, sender: SecretKey, recipient: bytes) -> str:
    """The text for a public key, in base64. Raises ValueError for a text that is empty or too long."""
    conversation = digest(b"nip44-v2", sender.shared_with(recipient), sha256)
    nonce = secrets.token_bytes(_NONCE_BYTES)
    keys = HKDFExpand(SHA256(), 76, nonce).derive(conversation)
    cipher, start, seal = keys[:32], keys[32:44], keys[44:]
    locking = Cipher(algorithms.ChaCha20(cipher, _COUNTER + start), None).encryptor()
    locked = locking.update(padded(text.encode("utf-8", "replace")))
    return b64encode(_VERSION + nonce + locked + digest(seal, nonce + locked, sha256)).decode()


def padded(data: bytes) -> bytes:
    """The length, the data, and zeros up to one of a few lengths, so that little can be told from it."""
    if not 0 < len(data) <= MAX_BYTES:
        raise ValueError("A message has from 1 to 65,535 bytes")
    power = 1 << (len(data) - 1).bit_length()
    chunk = max(_LEAST_BYTES, power // 8)
    whole = max(_LEAST_BYTES, -(-len(data) // chunk) * chunk)
    return len(data).to_bytes(2, "big") + data.ljust(whole, b"\0")
