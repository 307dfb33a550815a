"""Real servers on the loopback that take what services send, and misbehave on request."""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Got:
    """A request as it arrived."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return {key: values[0] for key, values in parse_qs(urlsplit(self.target).query).items()}

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Answer:
    """What the sink says."""

    status: int = 200
    body: bytes = b"ok"
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0  # seconds; float("inf") never answers
    drop: bool = False  # close without an answer


class HttpSink:
    """Takes requests; answers the scripted answers one after the other, then `answer` for ever.

    `stays` answers more than one request on a connection.
    """

    def __init__(self, *, stays: bool = False) -> None:
        self.stays = stays
        self.connections = 0
        self.got: list[Got] = []
        self.script: list[Answer] = []
        self.answer = Answer()
        self.on_request: Callable[[Got], Answer | None] | None = None
        self.arrived = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self.port = 0

    async def __aenter__(self) -> HttpSink:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def posts(self) -> list[Got]:
        return [got for got in self.got if got.method == "POST"]

    async def wait_for(self, count: int, timeout: float = 20.0) -> None:
        """Returns when `count` requests have arrived."""
        async with asyncio.timeout(timeout):
            while len(self.got) < count:
                self.arrived.clear()
                await self.arrived.wait()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        try:
            while await self._answer(reader, writer) and self.stays:
                pass
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request; False when the connection is to end with it."""
        got = await self._read(reader)
        self.got.append(got)
        answer = self.on_request(got) if self.on_request else None
        if answer is None:
            answer = self.script.pop(0) if self.script else self.answer
        self.arrived.set()
        await asyncio.sleep(min(answer.delay, 3600))
        if answer.drop:
            return False
        writer.write(self._written(answer))
        await writer.drain()
        return True

    async def _read(self, reader: asyncio.StreamReader) -> Got:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        method, target, _ = first.split(" ")
        return Got(method, target, headers, body)

    def _written(self, answer: Answer) -> bytes:
        reason = {200: "OK", 204: "No Content", 404: "Not Found", 429: "Too Many Requests"}
        words = {**reason, 500: "Internal Server Error", 503: "Service Unavailable"}
        lines = [f"HTTP/1.1 {answer.status} {words.get(answer.status, 'Whatever')}"]
        lines += [f"{name}: {value}" for name, value in answer.headers.items()]
        lines += [
            f"Content-Length: {len(answer.body)}",
            *([] if self.stays else ["Connection: close"]),
            "",
            "",
        ]
        return "\r\n".join(lines).encode() + answer.body


@dataclass
class TakenMail:
    """A mail as the server took it."""

    sender: str
    recipients: list[str]
    content: bytes
    tls: bool
    login: tuple[str, str] | None


class SmtpSink:
    """A small mail server: EHLO, STARTTLS, AUTH PLAIN and LOGIN, MAIL, RCPT, DATA."""

    def __init__(
        self, *, tls: ssl.SSLContext | None = None, implicit: bool = False, password: str | None = None
    ) -> None:
        self.mails: list[TakenMail] = []
        self.commands: list[str] = []
        self.refuse: dict[str, str] = {}  # start of a command line → answer
        self.hang_at: str | None = None
        self.offers: list[str] = []  # further extensions
        self._tls = tls
        self._implicit = implicit
        self._password = password
        self._server: asyncio.Server | None = None
        self.port = 0

    async def __aenter__(self) -> SmtpSink:
        context = self._tls if self._implicit else None
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = _Session(self, reader, writer, self._implicit)
        try:
            await session.run()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError, ssl.SSLError):
            pass
        finally:
            writer.close()


class _Session:
    def __init__(
        self, sink: SmtpSink, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, tls: bool
    ) -> None:
        self.sink, self.reader, self.writer, self.tls = sink, reader, writer, tls
        self.sender, self.recipients = "", list[str]()
        self.login: tuple[str, str] | None = None
        self.steps: dict[str, Callable[[str], Awaitable[None]]] = {
            "EHLO": self.ehlo,
            "STARTTLS": self.start_tls,
            "AUTH": self.auth,
            "MAIL": self.mail,
            "RCPT": self.rcpt,
            "DATA": self.data,
        }

    async def say(self, *lines: str) -> None:
        self.writer.write("".join(f"{line}\r\n" for line in lines).encode())
        await self.writer.drain()

    async def hear(self) -> str:
        line = await self.reader.readline()
        if not line:
            raise ConnectionError
        return line.decode().rstrip("\r\n")

    async def run(self) -> None:
        await self.say("220 sink ESMTP")
        while True:
            line = await self.hear()
            self.sink.commands.append(line)
            word = line.split(" ")[0].upper()
            if word == self.sink.hang_at:
                await asyncio.sleep(3600)
            refusal = next((text for start, text in self.sink.refuse.items() if line.startswith(start)), None)
            if refusal:
                await self.say(refusal)
            elif word == "QUIT":
                await self.say("221 bye")
                return
            elif word in self.steps:
                await self.steps[word](line)
            else:
                await self.say("250 ok")

    async def ehlo(self, line: str) -> None:
        offers = ["250-sink", "250-8BITMIME", *(f"250-{name}" for name in self.sink.offers)]
        if self.sink._tls is not None and not self.tls:
            offers.append("250-STARTTLS")
        if self.sink._password is not None:
            offers.append("250-AUTH PLAIN LOGIN")
        await self.say(*offers, "250 SIZE 1000000")

    async def start_tls(self, line: str) -> None:
        await self.say("220 go ahead")
        assert self.sink._tls is not None
        await self.writer.start_tls(self.sink._tls)
        self.tls = True

    async def auth(self, line: str) -> None:
        _, mechanism, *rest = line.split(" ")
        if mechanism.upper() == "PLAIN":
            _, user, password = base64.b64decode(rest[0]).decode().split("\0")
        else:
            user = base64.b64decode(rest[0]).decode() if rest else await self.asked("VXNlcm5hbWU6")
            password = await self.asked("UGFzc3dvcmQ6")
        if password != self.sink._password:
            await self.say("535 5.7.8 wrong password")
            return
        self.login = (user, password)
        await self.say("235 welcome")

    async def asked(self, question: str) -> str:
        await self.say(f"334 {question}")
        return base64.b64decode(await self.hear()).decode()

    async def mail(self, line: str) -> None:
        self.sender = line.partition("<")[2].partition(">")[0]
        self.recipients = []
        await self.say("250 ok")

    async def rcpt(self, line: str) -> None:
        self.recipients.append(line.partition("<")[2].partition(">")[0])
        await self.say("250 ok")

    async def data(self, line: str) -> None:
        await self.say("354 go on")
        content = (await self.reader.readuntil(b"\r\n.\r\n"))[:-3].replace(b"\r\n..", b"\r\n.")
        self.sink.mails.append(TakenMail(self.sender, self.recipients, content, self.tls, self.login))
        await self.say("250 taken")


def server_tls(tmp: Any) -> ssl.SSLContext:
    """A TLS context with a self-signed certificate for `localhost`; `tmp` is a folder."""
    import datetime

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    path = tmp / "server.pem"
    path.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
