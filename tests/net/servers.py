"""Small servers for tests: they say what they are told to, however wrong."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Server:
    """A listening server; `requests` are the heads (and bodies) it received."""

    port: int
    host: str = "127.0.0.1"
    scheme: str = "http"
    requests: list[str] = field(default_factory=list)

    def url(self, path: str = "/") -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}{path}"


@contextlib.asynccontextmanager
async def serve(
    handler: Handler | dict[str, bytes] | bytes,
    *,
    host: str = "127.0.0.1",
    tls: ssl.SSLContext | None = None,
    stay: bool = False,
) -> AsyncIterator[Server]:
    """Serve with `handler`; bytes are one answer for all, a dict has one for each path.

    `stay` keeps the connection open after the answer.
    """
    info = Server(0, host, "https" if tls else "http")
    tasks: set[asyncio.Task[None]] = set()

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            if callable(handler):
                await handler(reader, writer)
            else:
                await _answer(handler, info, reader, writer)
            if stay:
                await reader.read()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError, ssl.SSLError):
            pass
        finally:
            tasks.discard(task)
            writer.close()

    server = await asyncio.start_server(connection, host, 0, ssl=tls)
    info.port = server.sockets[0].getsockname()[1]
    try:
        yield info
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _answer(
    answers: dict[str, bytes] | bytes,
    info: Server,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    for line in head.splitlines():
        if line.lower().startswith("content-length:"):
            head += (await reader.readexactly(int(line.partition(":")[2]))).decode("latin-1")
    info.requests.append(head)
    path = head.split(" ")[1]
    writer.write(answers if isinstance(answers, bytes) else answers[path])
    await writer.drain()


def answer(body: bytes = b"hello", status: str = "200 OK", *headers: str) -> bytes:
    """A complete answer with a Content-Length."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def redirect(location: str, status: str = "302 Found", *headers: str) -> bytes:
    """An answer that leads elsewhere."""
    return answer(b"", status, f"Location: {location}", *headers)


@contextlib.contextmanager
def blocking_tls_server(context: ssl.SSLContext, response: bytes) -> Iterator[int]:
    """A TLS server in a thread, which sends the alerts that asyncio's keeps to itself; yields its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with contextlib.suppress(OSError), connection:
                connection.settimeout(5)
                with context.wrap_socket(
                    connection, server_side=True, do_handshake_on_connect=False
                ) as secure:
                    _one_answer(secure, response)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        # The thread ends by itself: to wait for it here would keep the client from closing its connection.
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def _one_answer(secure: ssl.SSLSocket, response: bytes) -> None:
    try:
        secure.do_handshake()
        secure.recv(65_536)
        secure.sendall(response)
    except ssl.SSLError:
        # Read on until the other side has seen the alert: closing with unread data would be a reset.
        plain = socket.socket(fileno=secure.detach())
        with plain:
            plain.settimeout(5)
            plain.shutdown(socket.SHUT_WR)
            while plain.recv(65_536):
                pass
