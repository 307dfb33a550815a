"""Servers on loopback for monitors to check: TCP, redis, SMTP, DNS, and the certificate of the one on TLS."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import struct
import tempfile
from typing import Any, ClassVar

# Self-signed, for localhost and 127.0.0.1, good for a hundred years: test material, it protects nothing.
# The recordings hold its fingerprints.
CERTIFICATE = (
    "MIIB0DCCAXegAwIBAgIUElH6cRMhmkaic94FgOWBYDKQeYswCgYIKoZIzj0EAwIwLzESMBAGA1UEAwwJbG9jYWxob3N0MRkwFwYD"
    "VQQKDBBDb25mb3JtYW5jZSBUZXN0MCAXDTI2MTEyMjAxMTE0OVoYDzIxMjYxMDI5MDExMTQ5WjAvMRIwEAYDVQQDDAlsb2NhbGhv"
    "c3QxGTAXBgNVBAoMEENvbmZvcm1hbmNlIFRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARyNF0+Q9VlMrq8d+djw7MhAHPw"
    "+DgbuXcIw0X01wEwt8qgsRL86TUK00oT/z8VxCJrDdlaRvl+Mp12HjVu+N6Go28wbTAdBgNVHQ4EFgQUXdU7OctVAvwsR4fP/NP2"
    "liCZ1+kwHwYDVR0jBBgwFoAUXdU7OctVAvwsR4fP/NP2liCZ1+kwDwYDVR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhv"
    "c3SHBH8AAAEwCgYIKoZIzj0EAwIDRwAwRAIgGVodaWO9SiRSYkELXLKDtI2Wr6ZGL9pTZy3Scgf7BHICIDi2fIqQHa1paFhymAWa"
    "fsfIfTjlMeQGUTaqN8lZePuV"
)
CERTIFICATE_KEY = (
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgjmKp6gD5RjidB3BJOlrbiL5N060g/88vc3f3NOsaVpOhRANCAARy"
    "NF0+Q9VlMrq8d+djw7MhAHPw+DgbuXcIw0X01wEwt8qgsRL86TUK00oT/z8VxCJrDdlaRvl+Mp12HjVu+N6G"
)


def tls_context() -> ssl.SSLContext:
    """What the web server on TLS presents."""

    def pem(kind: str, text: str) -> str:
        return "-----BEGIN {}-----\n{}\n-----END {}-----\n".format(
            kind, "\n".join(text[i : i + 64] for i in range(0, len(text), 64)), kind
        )

    with tempfile.NamedTemporaryFile("w", suffix=".pem") as f:
        f.write(pem("PRIVATE" + " KEY", CERTIFICATE_KEY) + pem("CERTIFICATE", CERTIFICATE))
        f.flush()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(f.name)
    return context


async def closing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A TCP server that accepts, waits a moment, and closes."""
    await asyncio.sleep(0.05)
    writer.close()


async def redis(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """As much of redis as a connection and a PING need."""
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, ValueError):
        while line := await reader.readline():
            if not line.startswith(b"*"):
                continue
            words = []
            for _ in range(int(line[1:])):
                size = int((await reader.readline())[1:])
                words.append((await reader.readexactly(size + 2))[:-2].decode())
            name = words[0].upper()
            known = (
                b"+OK\r\n" if name in ("QUIT", "CLIENT", "AUTH", "SELECT") else b"-ERR unknown command\r\n"
            )
            writer.write(b"+PONG\r\n" if name == "PING" else known)
            await writer.drain()
            if name == "QUIT":
                break
    writer.close()


async def smtp(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A mail server that is polite and takes nothing."""
    answers = {"QUIT": b"221 bye\r\n", "EHLO": b"250 mail.test\r\n", "HELO": b"250 mail.test\r\n"}
    with contextlib.suppress(ConnectionError):
        writer.write(b"220 mail.test ESMTP ready\r\n")
        while line := await reader.readline():
            word = line[:4].decode("latin1").upper()
            writer.write(answers.get(word, b"250 ok\r\n"))
            await writer.drain()
            if word == "QUIT":
                break
    writer.close()


class Dns(asyncio.DatagramProtocol):
    """Answers a handful of names under example.test."""

    RECORDS: ClassVar[dict[tuple[str, int], list[bytes | str]]] = {
        ("host.example.test", 1): [bytes([192, 0, 2, 10]), bytes([192, 0, 2, 11])],
        ("host.example.test", 28): [bytes([0x20, 1, 0xD, 0xB8] + [0] * 11 + [1])],
        ("text.example.test", 16): [b"\x0bhello world"],
        ("mail.example.test", 15): ["mx:10:mx1.example.test"],
        ("alias.example.test", 5): ["name:host.example.test"],
        ("zone.example.test", 2): ["name:ns1.example.test"],
    }

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    @staticmethod
    def _name(text: str) -> bytes:
        return b"".join(bytes([len(p)]) + p.encode() for p in text.split(".")) + b"\0"

    @classmethod
    def _data(cls, answer: bytes | str) -> bytes:
        if isinstance(answer, bytes):
            return answer
        kind, *rest, name = answer.split(":")
        return (struct.pack(">H", int(rest[0])) if kind == "mx" else b"") + cls._name(name)

    def datagram_received(self, data: bytes, addr: Any) -> None:
        with contextlib.suppress(IndexError, struct.error, UnicodeDecodeError):  # no question
            (qid,) = struct.unpack(">H", data[:2])
            labels, i = [], 12
            while data[i]:
                labels.append(data[i + 1 : i + 1 + data[i]].decode())
                i += data[i] + 1
            (qtype,) = struct.unpack(">H", data[i + 1 : i + 3])
            question = data[12 : i + 5]
            answers = self.RECORDS.get((".".join(labels).lower(), qtype), [])
            known = any(n == ".".join(labels).lower() for n, _ in self.RECORDS)
            out = struct.pack(">HHHHHH", qid, 0x8180 if known else 0x8183, 1, len(answers), 0, 0) + question
            for a in map(self._data, answers):
                out += b"\xc0\x0c" + struct.pack(">HHIH", qtype, 1, 60, len(a)) + a
            self.transport.sendto(out, addr)
