"""NTLM log-in of HTTP monitors: negotiate, challenge, authenticate, each on the same connection.

https://learn.microsoft.com/openspecs/windows_protocols/ms-ntht. The messages are pyspnego's, in pure Python:
what the system's own libraries (GSSAPI, SSPI) would answer with are the credentials of our own machine.
"""

from __future__ import annotations

import asyncio
import binascii
import os
import re
import struct
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, Final

from kuma_lite.checks import _driver
from kuma_lite.net.http.message import Headers, LogIn

_OFFER: Final = re.compile(r"NTLM(?: +([A-Za-z0-9+/=]+))?", re.IGNORECASE)
_WORKSTATION: Final = "NETBIOS_COMPUTER_NAME"  # where pyspnego looks for the name of the client's machine


@dataclass(frozen=True, slots=True)
class NtlmCredentials:
    """Who logs in; `domain` and `workstation` may be empty."""

    user: str
    password: str = field(repr=False)
    domain: str = ""
    workstation: str = ""


async def load_ntlm() -> ModuleType:
    """The library, imported off the loop: it takes 150 ms the first time. Raises CannotCheck without it."""
    return await asyncio.to_thread(_driver.load, "spnego", package="pyspnego")


def begin_log_in(spnego: ModuleType, credentials: NtlmCredentials) -> LogIn:
    """One log-in. It ends (None) with the third message, or where the server offers no NTLM."""
    context: Any = None

    def authorization(headers: Headers) -> str | None:
        nonlocal context
        challenge = offered(headers)
        if challenge is None or (context is not None and context.complete):
            return None
        if context is None:
            context = _context(spnego, credentials)
            challenge = b""  # one that came before we asked for it belongs to nobody
        elif not challenge:
            return None
        try:
            with _named(credentials.workstation):
                token = context.step(challenge or None)
        except (spnego.exceptions.SpnegoError, ValueError, LookupError, struct.error):
            return None  # no challenge that can be read: the refusal stands
        return f"NTLM {b64encode(token).decode('ascii')}" if token else None

    return authorization


def offered(headers: Headers) -> bytes | None:
    """The challenge of a 401; b"" where NTLM is offered without one, None where it is not offered."""
    found = None
    for value in headers.get_all("www-authenticate"):
        for part in value.split(","):
            match = _OFFER.fullmatch(part.strip())
            if match is None:
                continue
            try:
                found = b64decode(match[1] or "", validate=True) or found or b""
            except binascii.Error:
                found = found or b""
    return found


def _context(spnego: ModuleType, credentials: NtlmCredentials) -> Any:
    user = credentials.user
    if credentials.domain:
        user = f"{credentials.domain}\\{user}"
    return spnego.client(
        spnego.Password(user, credentials.password),
        protocol="ntlm",
        options=spnego.NegotiateOptions.use_ntlm,
    )


@contextmanager
def _named(workstation: str) -> Iterator[None]:
    """The workstation's name, for one step; without it pyspnego would tell that of our own machine."""
    before = os.environ.get(_WORKSTATION)
    os.environ[_WORKSTATION] = workstation
    try:
        yield
    finally:
        if before is None:
            del os.environ[_WORKSTATION]
        else:
            os.environ[_WORKSTATION] = before
