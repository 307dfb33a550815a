"""SSH up to the proof that the server has the key it shows (RFC 4253, 5656, 8731); pure but for `Session`."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from kuma_lite.checks._channel import Channel

OUR_BANNER: Final = b"SSH-2.0-KumaLite"
# By the key that a server is asked to show.
FAMILIES: Final = {
    "ed25519": ("ssh-ed25519",),
    "ecdsa": ("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"),
    "rsa": ("rsa-sha2-512", "rsa-sha2-256"),
}
_X25519, _P256 = ("curve25519-sha256", "curve25519-sha256@libssh.org"), "ecdh-sha2-nistp256"
_EXCHANGES: Final = (*_X25519, _P256)
# The rest is offered, as it has to be, and never used: we leave before anything is encrypted.
_CIPHERS: Final = "chacha20-poly1305@openssh.com,aes256-gcm@openssh.com,aes128-ctr,aes256-ctr"
_MACS: Final = "hmac-sha2-256-etm@openssh.com,hmac-sha2-256,hmac-sha2-512"
_DISCONNECT, _IGNORE, _UNIMPLEMENTED, _DEBUG = 1, 2, 3, 4
_KEXINIT, _ECDH_INIT, _ECDH_REPLY = 20, 30, 31
_MAX_BANNER_BYTES: Final = 8192
_MAX_BANNER_LINES: Final = 50  # other lines may come before (RFC 4253 §4.2)
_MAX_PACKET_BYTES: Final = 256 * 1024
_MAX_PASSED_OVER: Final = 100
_BLOCK: Final = 8


class SshError(Exception):
    """An answer that is none, or one that says no; the text is the beat's."""


class NoCommonExchange(SshError):
    """The server has no key exchange or no kind of key that we know."""


class HostKey(NamedTuple):
    """The key that a server has proved to have."""

    algorithm: str
    fingerprint: str  # as `ssh-keygen -l` has it


class Fields:
    """Reads the values of a packet one after the other. Raises SshError."""

    def __init__(self, data: bytes) -> None:
        self._data, self._place = data, 0

    def take(self, count: int) -> bytes:
        """So many bytes."""
        end = self._place + count
        if end > len(self._data):
            raise SshError("Invalid SSH packet")
        taken, self._place = self._data[self._place : end], end
        return taken

    def number(self) -> int:
        """A uint32."""
        return int.from_bytes(self.take(4), "big")

    def text(self) -> bytes:
        """A string."""
        return self.take(self.number())

    def names(self) -> list[str]:
        """A name-list."""
        return self.text().decode("ascii", "replace").split(",")


class Session:
    """One connection. All raise SshError, NetworkError."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._banner = b""

    async def banner(self) -> str:
        """What the server calls itself, and our own name to it."""
        for _ in range(_MAX_BANNER_LINES):
            line = await self._channel.line(_MAX_BANNER_BYTES)
            if line.startswith(b"SSH-"):
                self._banner = line
                self._channel.write(OUR_BANNER + b"\r\n")
                return line.decode("utf-8", "replace")
        raise SshError("Unexpected answer: no SSH server is listening there")

    async def host_key(self, families: tuple[str, ...]) -> HostKey:
        """The server's key of the first of these families that it has, proved to be its own."""
        algorithms = [name for family in families for name in FAMILIES[family]]
        ours = _offer(algorithms)
        self._send(ours)
        theirs = await self._receive(_KEXINIT)
        fields = Fields(theirs)
        fields.take(17)  # its number, and a cookie
        exchanges, keys = fields.names(), fields.names()
        exchange = _first_common(_EXCHANGES, exchanges)
        algorithm = _first_common(algorithms, keys)
        for _ in range(8):  # ciphers, authentication, compression, languages
            fields.text()
        # A server may begin with what it thinks we agree on; a wrong guess is passed over (RFC 4253 §7).
        guessed_wrong = fields.take(1) != b"\0" and (
            exchanges[0] != _EXCHANGES[0] or keys[0] != algorithms[0]
        )
        public, secret_with = _half_of(exchange)
        self._send(bytes([_ECDH_INIT]) + _string(public))
        if guessed_wrong:
            await self._receive(_ECDH_REPLY)
        reply = Fields(await self._receive(_ECDH_REPLY))
        reply.take(1)
        key, point, signature = reply.text(), reply.text(), reply.text()
        hashed = b"".join(
            map(_string, (OUR_BANNER, self._banner, ours, theirs, key, public, point))
        ) + _mpint(secret_with(point))
        _verify(key, algorithm, signature, hashlib.sha256(hashed).digest())
        return HostKey(Fields(key).text().decode("ascii", "replace"), fingerprint_of(key))

    def leave(self) -> None:
        """Say goodbye."""
        self._send(bytes([_DISCONNECT]) + (11).to_bytes(4, "big") + _string(b"bye") + _string(b""))

    def _send(self, payload: bytes) -> None:
        padding = _BLOCK - (len(payload) + 5) % _BLOCK
        padding += _BLOCK if padding < 4 else 0
        length = (len(payload) + padding + 1).to_bytes(4, "big")
        self._channel.write(length + bytes([padding]) + payload + os.urandom(padding))

    async def _receive(self, wanted: int) -> bytes:
        """The payload of the next packet that means something."""
        for _ in range(_MAX_PASSED_OVER):
            length = int.from_bytes(await self._channel.exactly(4), "big")
            if not 2 <= length <= _MAX_PACKET_BYTES:
                raise SshError("Invalid SSH packet")
            body = await self._channel.exactly(length)
            payload = body[1 : length - body[0]]
            kind = payload[0] if payload else -1
            if kind == _DISCONNECT:
                fields = Fields(payload[5:])
                raise SshError(f"The server hangs up: {fields.text()[:200].decode('utf-8', 'replace')}")
            if kind == wanted:
                return payload
            if kind not in (_IGNORE, _UNIMPLEMENTED, _DEBUG):
                break
        raise SshError("Invalid SSH packet")


def fingerprint_of(key: bytes) -> str:
    """`SHA256:` and 43 characters."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(key).digest()).decode("ascii").rstrip("=")


def _offer(algorithms: list[str]) -> bytes:
    lists = (",".join(_EXCHANGES), ",".join(algorithms), _CIPHERS, _CIPHERS, _MACS, _MACS, "none", "none")
    names = b"".join(_string(each.encode("ascii")) for each in (*lists, "", ""))
    return bytes([_KEXINIT]) + os.urandom(16) + names + bytes(5)


def _first_common(ours: tuple[str, ...] | list[str], theirs: list[str]) -> str:
    for name in ours:
        if name in theirs:
            return name
    raise NoCommonExchange("The server offers no key exchange that is known here")


def _half_of(exchange: str) -> tuple[bytes, Callable[[bytes], int]]:
    """Our public half, and what makes the shared secret of the other one."""
    from cryptography.hazmat.primitives.asymmetric import ec, x25519
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    if exchange in _X25519:
        own = x25519.X25519PrivateKey.generate()

        def agree(point: bytes) -> bytes:
            return own.exchange(x25519.X25519PublicKey.from_public_bytes(point))

        public = own.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    else:
        curve = ec.SECP256R1()
        own_ec = ec.generate_private_key(curve)

        def agree(point: bytes) -> bytes:
            other = ec.EllipticCurvePublicKey.from_encoded_point(curve, point)
            return own_ec.exchange(ec.ECDH(), other)

        public = own_ec.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def secret_with(point: bytes) -> int:
        try:
            return int.from_bytes(agree(point), "big")
        except ValueError:
            raise SshError("The key exchange failed") from None

    return public, secret_with


def _verify(key: bytes, algorithm: str, signature: bytes, digest: bytes) -> None:
    """Whether the key has signed the exchange. Raises SshError."""
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization

    fields = Fields(signature)
    named, raw = fields.text().decode("ascii", "replace"), fields.text()
    name = Fields(key).text()
    try:
        public = serialization.load_ssh_public_key(name + b" " + base64.b64encode(key))
        if named != algorithm:
            raise InvalidSignature
        _verify_raw(public, algorithm, raw, digest)
    except (ValueError, TypeError, UnsupportedAlgorithm, InvalidSignature):
        raise SshError("The server has not proved that the host key is its own") from None


def _verify_raw(public: Any, algorithm: str, raw: bytes, digest: bytes) -> None:
    """Raises InvalidSignature, ValueError, TypeError."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

    if algorithm == "ssh-ed25519" and isinstance(public, ed25519.Ed25519PublicKey):
        public.verify(raw, digest)
    elif algorithm.startswith("rsa-") and isinstance(public, rsa.RSAPublicKey):
        public.verify(
            raw,
            digest,
            padding.PKCS1v15(),
            hashes.SHA512() if algorithm == "rsa-sha2-512" else hashes.SHA256(),
        )
    elif isinstance(public, ec.EllipticCurvePublicKey) and algorithm.startswith("ecdsa-"):
        size = public.curve.key_size
        wide = hashes.SHA256() if size <= 256 else hashes.SHA384() if size <= 384 else hashes.SHA512()
        numbers = Fields(raw)
        r, s = (int.from_bytes(numbers.text(), "big") for _ in range(2))
        public.verify(utils.encode_dss_signature(r, s), digest, ec.ECDSA(wide))
    else:
        raise TypeError(algorithm)


def _string(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


def _mpint(value: int) -> bytes:
    """A number that is not negative (RFC 4251 §5)."""
    return _string(value.to_bytes(value.bit_length() // 8 + 1, "big") if value else b"")
