"""Files encrypted with a passphrase, in the format of age (https://age-encryption.org/v1), as streams.

Of our own because libraries for it keep the whole file in memory, which a small board has no room for. The
primitives are those of `cryptography`; `age -d` and `rage -d` read what is written here.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from typing import IO, TYPE_CHECKING, Final

from kuma_lite.core.errors import UserError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

MAGIC: Final = b"age-encryption.org/v1"
CHUNK: Final = 64 * 1024  # bytes of plaintext that are encrypted together
WORK: Final = 16  # log2 of the cost of a guess: 64 MB of memory, a fifth of a second
MOST_WORK: Final = 20  # of files of others: 1 GB
_TAG: Final = 16
_BLOCK: Final = 8  # scrypt's r
_LABEL: Final = MAGIC + b"/scrypt"
_HEADER_LIMIT: Final = 8192

NOT_OPENED: Final = "The passphrase is wrong."
CUT_SHORT: Final = "The encrypted file is damaged or cut short."


class Encrypting:
    """A file that encrypts what is written to it; `close` writes the end and leaves the target open."""

    def __init__(self, target: IO[bytes], passphrase: str, work: int = WORK) -> None:
        file_key, salt, nonce = os.urandom(16), os.urandom(16), os.urandom(16)
        wrapped = _cipher(_wrap_key(passphrase, salt, work)).encrypt(bytes(12), file_key, None)
        head = b"%s\n-> scrypt %s %d\n%s\n---" % (MAGIC, _b64(salt), work, _b64(wrapped))
        target.write(b"%s %s\n" % (head, _b64(_mac(file_key, head))))
        target.write(nonce)
        self._target = target
        self._cipher = _cipher(_hkdf(file_key, nonce, b"payload"))
        self._number = 0
        self._waiting = bytearray()

    def write(self, data: bytes) -> int:
        """Encrypt some more."""
        self._waiting += data
        while len(self._waiting) > CHUNK:  # the last chunk is marked, so one is kept back
            self._put(bytes(self._waiting[:CHUNK]), is_last=False)
            del self._waiting[:CHUNK]
        return len(data)

    def close(self) -> None:
        """Write the last chunk."""
        self._put(bytes(self._waiting), is_last=True)

    def _put(self, chunk: bytes, *, is_last: bool) -> None:
        self._target.write(self._cipher.encrypt(_nonce(self._number, is_last), chunk, None))
        self._number += 1


class Decrypting:
    """A file that reads what `Encrypting` or age wrote.

    Raises:
        UserError: while it is made or read: the passphrase is wrong, the file is damaged, no age file, or one
            for keys.
    """

    def __init__(self, source: IO[bytes], passphrase: str) -> None:
        file_key = _open_header(source, passphrase)
        nonce = source.read(16)
        self._source = source
        self._cipher = _cipher(_hkdf(file_key, nonce, b"payload"))
        self._number = 0
        self._next = source.read(CHUNK + _TAG)
        self._plain = b""
        self._ended = False

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes (all that is left for a negative one); b"" at the end."""
        parts = bytearray()
        while size < 0 or len(parts) < size:
            if not self._plain:
                if self._ended:
                    break
                self._plain = self._chunk()
                continue
            wanted = len(self._plain) if size < 0 else size - len(parts)
            parts += self._plain[:wanted]
            self._plain = self._plain[wanted:]
        return bytes(parts)

    def _chunk(self) -> bytes:
        from cryptography.exceptions import InvalidTag

        chunk, self._next = self._next, self._source.read(CHUNK + _TAG)
        self._ended = not self._next
        try:
            plain = self._cipher.decrypt(_nonce(self._number, self._ended), chunk, None)
        except (InvalidTag, ValueError):
            raise UserError(CUT_SHORT) from None
        self._number += 1
        return plain


def is_encrypted(start: bytes) -> bool:
    """Whether a file that begins so is one of age."""
    return start.startswith(MAGIC)


def _open_header(source: IO[bytes], passphrase: str) -> bytes:
    """The key of the file."""
    from cryptography.exceptions import InvalidTag

    head = bytearray()
    lines: list[bytes] = []
    while not (lines and lines[-1].startswith(b"---")):
        line = source.readline(_HEADER_LIMIT)
        head += line
        if not line.endswith(b"\n") or len(head) > _HEADER_LIMIT:
            raise UserError(CUT_SHORT)
        lines.append(line.rstrip(b"\n"))
    if lines[0] != MAGIC or len(lines) < 4:
        raise UserError(CUT_SHORT)
    kind, *arguments = lines[1].removeprefix(b"-> ").split(b" ")
    if kind != b"scrypt" or len(arguments) != 2:
        raise UserError("The file is encrypted for a key, not with a passphrase: decrypt it with age first.")
    try:
        salt, work, wrapped = _unb64(arguments[0]), int(arguments[1]), _unb64(b"".join(lines[2:-1]))
        mac = _unb64(lines[-1].removeprefix(b"--- "))
    except ValueError:
        raise UserError(CUT_SHORT) from None
    if not 1 <= work <= MOST_WORK:
        raise UserError("Opening this file would take too much memory.")
    try:
        file_key = _cipher(_wrap_key(passphrase, salt, work)).decrypt(bytes(12), wrapped, None)
    except (InvalidTag, ValueError):
        raise UserError(NOT_OPENED) from None
    if not hmac.compare_digest(mac, _mac(file_key, bytes(head[: head.rindex(b"---") + 3]))):
        raise UserError(CUT_SHORT)
    return file_key


def _wrap_key(passphrase: str, salt: bytes, work: int) -> bytes:
    cost = 1 << work
    room = 128 * _BLOCK * (cost + 16)
    return hashlib.scrypt(
        passphrase.encode(), salt=_LABEL + salt, n=cost, r=_BLOCK, p=1, maxmem=room, dklen=32
    )


def _cipher(key: bytes) -> ChaCha20Poly1305:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    return ChaCha20Poly1305(key)


def _hkdf(key: bytes, salt: bytes, label: bytes) -> bytes:
    """RFC 5869 for one block of SHA-256."""
    extracted = hmac.digest(salt or bytes(32), key, "sha256")
    return hmac.digest(extracted, label + b"\x01", "sha256")


def _mac(file_key: bytes, head: bytes) -> bytes:
    return hmac.digest(_hkdf(file_key, b"", b"header"), head, "sha256")


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if is_last else b"\x00")


def _b64(data: bytes) -> bytes:
    return base64.b64encode(data).rstrip(b"=")


def _unb64(text: bytes) -> bytes:
    return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
