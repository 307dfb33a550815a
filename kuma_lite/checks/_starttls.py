"""The words before a TLS handshake on a port that begins in plain text.

`ask_for_tls` finds out by itself whether it is SMTP, IMAP or XMPP, `PREAMBLES` know one protocol each.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from kuma_lite.net.connect import Stream
from kuma_lite.net.errors import ErrorKind, NetworkError

# XMPP servers wait for the client to speak; all others greet. As in Uptime Kuma 2.5.
SILENCE_MEANS_XMPP_S: Final = 1.5
_MAX_LINES: Final = 100  # of one reply; real ones have ten
_MAX_STANZA_BYTES: Final = 64 * 1024
_SHOWN_CHARS: Final = 200
_MYSQL_VERSION, _MYSQL_ERROR = 10, 0xFF
_MYSQL_TLS: Final = 0x0800
_MYSQL_CLIENT: Final = 0x8200  # the protocol of 4.1, and its log-in


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


async def _greeted_smtp(stream: Stream, host: str) -> None:
    greeting = await _line(stream)
    if not greeting.startswith("220"):
        raise _unexpected(greeting)
    await _smtp(stream, host, greeting)


async def _greeted_imap(stream: Stream, host: str) -> None:
    del host
    greeting = await _line(stream)
    if not greeting.upper().startswith("* OK"):
        raise _unexpected(greeting)
    await _imap(stream)


async def _pop3(stream: Stream, host: str) -> None:
    """STLS (RFC 2595)."""
    del host
    for command in (b"", b"STLS\r\n"):
        stream.writer.write(command)
        answer = await _line(stream)
        if not answer.upper().startswith("+OK"):
            raise _unexpected(answer)


async def _ftp(stream: Stream, host: str) -> None:
    """AUTH TLS (RFC 4217)."""
    del host
    greeting = await _smtp_reply(stream)  # of the same form
    if not greeting.startswith("220"):
        raise _unexpected(greeting)
    answer = await _smtp_ask(stream, "AUTH TLS")
    if not answer.startswith("234"):
        raise _unexpected(answer)


async def _postgres(stream: Stream, host: str) -> None:
    """SSLRequest; the answer is one letter."""
    del host
    stream.writer.write(bytes.fromhex("0000000804d2162f"))
    answer = await _exactly(stream, 1)
    if answer == b"N":
        raise NetworkError("The server offers no TLS", "ERR_STARTTLS", ErrorKind.PROTOCOL)
    if answer != b"S":
        raise _unexpected(answer.decode("latin-1"))


async def _mysql(stream: Stream, host: str) -> None:
    """The first half of a handshake response, where the server's handshake (version 10) offers TLS."""
    del host
    length = int.from_bytes((await _exactly(stream, 4))[:3], "little")
    if not 0 < length <= _MAX_STANZA_BYTES:
        raise _unexpected("no MySQL server")
    handshake = await _exactly(stream, length)
    if handshake[0] == _MYSQL_ERROR:
        raise _unexpected(handshake[3:].decode("utf-8", "replace"))
    _, _, rest = handshake[1:].partition(b"\0")  # the server's version
    offered = int.from_bytes(rest[13:15], "little")  # after thread, salt and a zero
    if handshake[0] != _MYSQL_VERSION or len(rest) < 15:
        raise _unexpected("no MySQL server")
    if not offered & _MYSQL_TLS:
        raise NetworkError("The server offers no TLS", "ERR_STARTTLS", ErrorKind.PROTOCOL)
    body = (_MYSQL_TLS | _MYSQL_CLIENT).to_bytes(4, "little") + (1 << 24).to_bytes(4, "little") + b"\x2d"
    stream.writer.write(b"\x20\0\0\1" + body + bytes(23))


PREAMBLES: Final[dict[str, Callable[[Stream, str], Awaitable[None]]]] = {
    "smtp": _greeted_smtp,
    "imap": _greeted_imap,
    "pop3": _pop3,
    "ftp": _ftp,
    "xmpp": _xmpp,
    "postgres": _postgres,
    "mysql": _mysql,
}


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


async def _exactly(stream: Stream, count: int) -> bytes:
    try:
        return await stream.reader.readexactly(count)
    except asyncio.IncompleteReadError as error:
        raise _hung_up(error.partial) from None


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
