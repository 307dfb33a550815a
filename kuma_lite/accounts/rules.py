"""What follows from what: passwords, their fingerprints in tokens, one-time codes (RFC 4226, RFC 6238)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
from typing import Any, Final
from urllib.parse import quote

MIN_PASSWORD_CHARS: Final = 6
_MIN_KINDS: Final = 2  # of lower, upper, digit, symbol
_SYMBOLS: Final = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_FINGERPRINT_BYTES: Final = 16
_STEP_S: Final = 30
_CODE_DIGITS: Final = 6
_WINDOW: Final = 1  # steps before and after now that still count: clocks differ
_ISSUER: Final = "Uptime Kuma"  # what authenticator apps of existing users show


def is_strong(password: Any) -> bool:
    """Whether a new password is acceptable: six characters, two kinds of them."""
    if not isinstance(password, str) or len(password) < MIN_PASSWORD_CHARS:
        return False
    kinds = (
        any("a" <= letter <= "z" for letter in password),
        any("A" <= letter <= "Z" for letter in password),
        any("0" <= letter <= "9" for letter in password),
        any(letter in _SYMBOLS for letter in password),
    )
    return sum(kinds) >= _MIN_KINDS


def fingerprint(password_hash: str) -> str:
    """What a session token carries of the password: it dies with it (SHAKE256 of the hash, 32 hex digits)."""
    if not password_hash:
        return ""
    return hashlib.shake_256(password_hash.encode()).hexdigest(_FINGERPRINT_BYTES)


def legacy_hash_matches(password: str, stored: str) -> bool:
    """Passwords of the first versions: `sha1$salt$iterations$hex`, or three parts for one iteration."""
    parts = stored.split("$")
    if len(parts) == 3:
        parts.insert(2, "1")
    if len(parts) != 4 or parts[0] != "sha1" or not parts[2].isascii() or not parts[2].isdigit():
        return False
    digest = password
    for _ in range(min(int(parts[2]), 1_000_000)):
        digest = hmac.new(parts[1].encode(), digest.encode(), hashlib.sha1).hexdigest()
    return hmac.compare_digest(digest.encode(), parts[3].encode())


def one_time_code(secret: str, now: float) -> str:
    """The six digits of that moment (seconds since 1970)."""
    return _code(secret, int(now // _STEP_S))


def code_matches(secret: str, code: Any, now: float) -> bool:
    """Whether a code belongs to this moment or the steps beside it."""
    given = str(code) if isinstance(code, str | int) and not isinstance(code, bool) else ""
    if len(given) != _CODE_DIGITS or not given.isascii():
        return False
    step = int(now // _STEP_S)
    matches = [hmac.compare_digest(given, _code(secret, step + by)) for by in range(-_WINDOW, _WINDOW + 1)]
    return any(matches)


def otpauth_uri(secret: str, username: str) -> str:
    """What the QR code says."""
    encoded = base64.b32encode(secret.encode()).decode().rstrip("=")
    return f"otpauth://totp/{quote(_ISSUER)}:{quote(username, safe='')}?secret={encoded}"


def _code(secret: str, step: int) -> str:
    digest = hmac.new(secret.encode(), struct.pack(">Q", step), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    (number,) = struct.unpack(">I", digest[offset : offset + 4])
    return str((number & 0x7FFFFFFF) % 10**_CODE_DIGITS).zfill(_CODE_DIGITS)
