"""Mosquitto with a password, on TCP and as a WebSocket, with TLS and without; two messages are kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from tests.net.authority import Issued
from tests.peers.support import accepts, keep, started
from tests.requires import find_program
from tests.support.ports import free_port

PROGRAM = "mosquitto"
PASSWORD_PROGRAM = "mosquitto_passwd"
USER, PASSWORD = "kuma", "secret"
MESSAGES = {"shop/state": "all ok", "shop/json": '{"state":{"n":3}}'}
FORBIDDEN = "vault/gold"  # may not be subscribed to


class Ports(NamedTuple):
    """Where it listens; 0 where it has no certificate to speak TLS with."""

    mqtt: int
    websocket: int
    mqtts: int = 0
    secure_websocket: int = 0


@asynccontextmanager
async def running(folder: Path, certificate: Issued | None = None) -> AsyncIterator[Ports]:
    ports = Ports(*[free_port() for _ in range(4 if certificate else 2)])
    await _give_password(folder / "passwords")
    (folder / "rights").write_text(f"user {USER}\ntopic readwrite shop/#\n")
    config = folder / "mosquitto.conf"
    config.write_text(
        f"allow_anonymous false\npassword_file {folder / 'passwords'}\nacl_file {folder / 'rights'}\n"
        f"user root\npersistence false\n"
        f"listener {ports.mqtt} 127.0.0.1\nlistener {ports.websocket} 127.0.0.1\nprotocol websockets\n"
        + (_secure_listeners(folder, ports, certificate) if certificate else "")
    )
    async with started(PROGRAM, "-c", config, ready=accepts(ports.mqtt), folder=folder):
        await _keep_messages(ports.mqtt)
        yield ports


def _secure_listeners(folder: Path, ports: Ports, certificate: Issued) -> str:
    (folder / "certificate.pem").write_text(certificate.pem)
    (folder / "key.pem").write_text(certificate.key_pem)
    pair = f"certfile {folder / 'certificate.pem'}\nkeyfile {folder / 'key.pem'}\n"
    return (
        f"listener {ports.mqtts} 127.0.0.1\n{pair}"
        f"listener {ports.secure_websocket} 127.0.0.1\nprotocol websockets\n{pair}"
    )


async def _give_password(path: Path) -> None:
    program = find_program(PASSWORD_PROGRAM)
    assert program is not None
    process = await asyncio.create_subprocess_exec(program, "-c", "-b", str(path), USER, PASSWORD)
    assert await process.wait() == 0


async def _keep_messages(port: int) -> None:
    """Publish, as the protocol says (MQTT 3.1.1 §3.1, §3.3); the answer to the last says that all arrived."""

    def text(value: str) -> bytes:
        return len(value).to_bytes(2, "big") + value.encode()

    def packet(head: int, body: bytes) -> bytes:
        assert len(body) < 128
        return bytes([head, len(body)]) + body

    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(packet(0x10, text("MQTT") + b"\x04\xc2\0\x3c" + text("peer") + text(USER) + text(PASSWORD)))
    assert await reader.readexactly(4) == b"\x20\x02\0\0"
    for number, (topic, message) in enumerate(MESSAGES.items(), 1):  # QoS 1, kept
        writer.write(packet(0x33, text(topic) + number.to_bytes(2, "big") + message.encode()))
        await reader.readexactly(4)
    writer.write(b"\xe0\0")
    writer.close()


if __name__ == "__main__":
    keep(running)
