"""A web server that lets in who logs in by NTLM; the messages are verified by pyspnego's other side."""

from __future__ import annotations

import asyncio
import contextlib
import os
import ssl
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import spnego

from tests.peers.support import keep

USER, PASSWORD, DOMAIN = "watcher", "pä ss!", "EXAMPLE"
_USERS = "NTLM_USER_FILE"  # where pyspnego looks for who may come in


@dataclass
class NtlmWeb:
    """The server, what it was told, and how it may behave."""

    port: int = 0
    scheme: str = "http"
    offers: str = "NTLM"
    closes_first: bool = False  # the connection ends with the first refusal
    closes_after_challenge: bool = False
    challenge: str | None = None  # instead of the real one
    redirects_to: str = ""  # who is let in is sent on
    connections: int = 0
    ended: int = 0
    steps: list[list[str]] = field(default_factory=list)  # by connection: none, negotiate, authenticate
    bodies: list[bytes] = field(default_factory=list)
    messages: list[bytes] = field(default_factory=list)

    def url(self, host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.port}/"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection; the log-in belongs to it."""
        self.connections += 1
        steps: list[str] = []
        self.steps.append(steps)
        context: Any = None
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:-2])
                self.bodies.append(await reader.readexactly(int(fields.get("Content-Length", 0))))
                scheme, _, token = fields.get("Authorization", "").partition(" ")
                if scheme != "NTLM":
                    steps.append("none")
                    closing = self.closes_first
                    writer.write(_answer(401, {"WWW-Authenticate": self.offers}, closing=closing))
                else:
                    message = b64decode(token)
                    self.messages.append(message)
                    steps.append({1: "negotiate", 3: "authenticate"}[message[8]])
                    if message[8] == 1:
                        context = spnego.server(protocol="ntlm", options=spnego.NegotiateOptions.use_ntlm)
                    closing = self.closes_after_challenge and message[8] == 1
                    writer.write(self._step(context, message, closing))
                await writer.drain()
                if closing or fields.get("Connection") == "close":
                    break
        except (asyncio.IncompleteReadError, OSError):
            pass
        self.ended += 1
        writer.close()

    def _step(self, context: Any, message: bytes, closing: bool) -> bytes:
        if context is None:  # the third message on another connection than the first
            return _answer(401, {"WWW-Authenticate": self.offers}, closing=closing)
        try:
            token = context.step(message)
        except spnego.exceptions.SpnegoError:
            return _answer(401, {"WWW-Authenticate": self.offers}, closing=closing)
        if not context.complete:
            challenge = self.challenge if self.challenge is not None else b64encode(token).decode()
            return _answer(401, {"WWW-Authenticate": f"NTLM {challenge}"}, closing=closing)
        if self.redirects_to:
            return _answer(302, {"Location": self.redirects_to}, closing=closing)
        return _answer(200, {"X-Who": context.client_principal}, closing=closing)


def _answer(status: int, fields: dict[str, str], *, closing: bool) -> bytes:
    body = f"{status} it is".encode()
    if closing:
        fields = {**fields, "Connection": "close"}
    lines = [f"HTTP/1.1 {status} Said", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


@asynccontextmanager
async def running(
    folder: Path, web: NtlmWeb | None = None, tls: ssl.SSLContext | None = None
) -> AsyncIterator[NtlmWeb]:
    """The server, for user, password and domain as above."""
    web = web or NtlmWeb()
    web.scheme = "https" if tls else "http"
    users = folder / "users"
    users.write_text(f"{DOMAIN}:{USER}:{PASSWORD}\n")
    before = os.environ.get(_USERS)
    os.environ[_USERS] = str(users)
    server = await asyncio.start_server(web.serve, "127.0.0.1", 0, ssl=tls)
    web.port = server.sockets[0].getsockname()[1]
    try:
        yield web
    finally:
        server.close()
        with contextlib.suppress(KeyError):
            del os.environ[_USERS]
        if before is not None:
            os.environ[_USERS] = before


if __name__ == "__main__":
    keep(running)
