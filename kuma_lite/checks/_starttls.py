"""The words before a TLS handshake on a port that begins in plain text: SMTP, IMAP, XMPP."""

from __future__ import annotations

import asyncio
from typing import Final

from kuma_lite.net.connect import Stream
from kuma_lite.net.errors import ErrorKind, NetworkError

# XMPP servers wait for the client to speak; all others greet. As in Uptime Kuma 2.5.
SILENCE_MEANS_XMPP_S: Final = 1.5
_MAX_LINES: Final = 100  # of one reply; real ones have ten
_MAX_STANZA_BYTES: Final = 64 * 1024
_SHOWN_CHARS: Final = 200


async def ask_for_tls(stream: Stream, host: str) -> None:
    """Bring the server to the point where the handshake begins. Raises NetworkError, OSError."""
    try:
        async with asyncio.timeout(SILENCE_MEANS_XMPP_S):
            greeting = await _line(stream)
    except TimeoutError:
        await _xmpp(stream, host)
        return
    if greeting.startswith("220"):
        await _smtp(stream, host, greeting)
    elif greeting.startswith("* OK"):
        await _imap(stream)
    else:
        raise _unexpected(greeting)


async def _smtp(stream: Stream, host: str, greeting: str) -> None:
    if greeting[3:4] == "-":
        await _smtp_reply(stream)
    offers = await _smtp_ask(stream, f"EHLO {host}")
    if "STARTTLS" not in offers.upper():
        raise _unexpected(offers)
    answer = await _smtp_ask(stream, "STARTTLS")
    if not answer.startswith("220"):
        raise _unexpected(answer)


async def _smtp_ask(stream: Stream, command: str) -> str:
    stream.writer.write(f"{command}\r\n".encode())
    return await _smtp_reply(stream)


async def _smtp_reply(stream: Stream) -> str:
    """All lines of a reply; the last one has no dash after its code (RFC 5321 §4.2.1)."""
    lines = []
    for _ in range(_MAX_LINES):
        lines.append(await _line(stream))
        if lines[-1][3:4] != "-":
            break
    return "\n".join(lines)


async def _imap(stream: Stream) -> None:
    stream.writer.write(b"a001 STARTTLS\r\n")
    for _ in range(_MAX_LINES):
        line = await _line(stream)
        if not line.startswith("*"):  # untagged lines may come in between
            break
    if not line.upper().startswith("A001 OK"):
        raise _unexpected(line)


async def _xmpp(stream: Stream, host: str) -> None:
    stream.writer.write(
        f"<?xml version='1.0'?><stream:stream to='{_escaped(host)}' version='1.0' xmlns='jabber:client' "
        "xmlns:stream='http://etherx.jabber.org/streams'>".encode()
    )
    await _until(stream, b"<starttls", b"</stream:features>")
    stream.writer.write(b"<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
    await _until(stream, b"<proceed", b"<failure")


async def _until(stream: Stream, wanted: bytes, refusal: bytes) -> None:
    """Read up to the end of the element `wanted`."""
    seen = b""
    while wanted not in seen or b">" not in seen[seen.index(wanted) :]:
        if refusal in seen or len(seen) > _MAX_STANZA_BYTES:
            raise _unexpected(seen.decode("utf-8", "replace"))
        seen += await _some(stream)


async def _line(stream: Stream) -> str:
    try:
        line = await stream.reader.readuntil(b"\n")
    except asyncio.IncompleteReadError as error:
        raise _hung_up(error.partial) from None
    except asyncio.LimitOverrunError:
        raise _unexpected("a line without an end") from None
    return line.decode("utf-8", "replace").rstrip("\r\n")


async def _some(stream: Stream) -> bytes:
    data = await stream.reader.read(4096)
    if not data:
        raise _hung_up(b"")
    return data


def _hung_up(partial: bytes) -> NetworkError:
    if partial:
        return _unexpected(partial.decode("utf-8", "replace"))
    return NetworkError("socket hang up", "ECONNRESET", ErrorKind.RESET)


def _unexpected(text: str) -> NetworkError:
    return NetworkError(f"Unexpected response: {text[:_SHOWN_CHARS]}", "ERR_STARTTLS", ErrorKind.PROTOCOL)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("'", "&apos;")
