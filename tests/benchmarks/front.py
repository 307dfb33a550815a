"""What TLS-ALPN-01 costs everybody else: `python -m tests.benchmarks.front`.

The same HTTPS server with and without the front that proofs of names need, in turn, each in a process of
its own: its processor time for a request on an open connection, for a connection with its handshake, and for
a MiB of an answer. Processor time does not depend on what else runs here.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import resource
import ssl
import statistics
import tempfile
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

import uvloop

from kuma_lite.acme.alpn import AlpnProofs
from kuma_lite.core.config import Tls
from kuma_lite.web.respond import TEXT, respond
from kuma_lite.web.server import WebServer
from tests.net.authority import issue

PAGE: Final = b"a" * 2719  # as much as the HTML of thirty services, packed
BIG: Final = b"a" * 1024 * 1024
ROUNDS: Final = 5
ASKED: Final = {"request": ("/", 4000), "connection": ("/", 400), "MiB": ("/big", 300)}


class _App:
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        del receive
        await respond(scope, send, 200, BIG if scope["path"] == "/big" else PAGE, TEXT)

    async def close_connections(self) -> None:
        pass


def _serve(pipe: Connection, files: Tls, front: bool) -> None:
    async def run() -> None:
        server = WebServer(_App(), "127.0.0.1", 0, files, proofs=AlpnProofs() if front else None)
        await server.start()
        pipe.send(server.port)
        while await asyncio.to_thread(pipe.recv):
            used = resource.getrusage(resource.RUSAGE_SELF)
            pipe.send(used.ru_utime + used.ru_stime)
        await server.stop()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run())


async def _ask(port: int, kind: str) -> None:
    context = ssl._create_unverified_context()
    path, count = ASKED[kind]
    request = f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
    for _ in range(count):
        if kind == "connection":
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
            reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
        writer.write(request)
        await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(len(BIG if path == "/big" else PAGE))
    writer.close()


def _round(files: Tls, front: bool) -> dict[str, float]:
    """Seconds of the processor for one of each kind."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(there, files, front))
    process.start()
    port = here.recv()

    def used() -> float:
        here.send(True)
        seconds: float = here.recv()
        return seconds

    found = {}
    for kind, (_path, count) in ASKED.items():
        before = used()
        asyncio.run(_ask(port, kind))
        found[kind] = (used() - before) / count
    here.send(False)
    process.join()
    return found


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = issue("localhost", names=("localhost",))
        files = Tls(Path(folder) / "chain.pem", Path(folder) / "key.pem")
        files.certificate.write_text(made.pem)
        files.key.write_text(made.key_pem)
        rounds = [(_round(files, False), _round(files, True)) for _ in range(options.rounds)]
    print("| processor time of the server | without | with the front |\n| --- | --- | --- |")
    for kind in ASKED:
        without, behind = (statistics.median(each[side][kind] for each in rounds) for side in (0, 1))
        print(f"| per {kind} | {without * 1e6:.0f} µs | {behind * 1e6:.0f} µs |")


if __name__ == "__main__":
    main()
