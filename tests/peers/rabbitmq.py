"""RabbitMQ with its management plugin. `running` gives the port of the API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.peers.support import accepts, keep, started
from tests.support.ports import free_port

PROGRAM = "rabbitmq-server"
USER, PASSWORD = "guest", "guest"
_SERVER = "/usr/lib/rabbitmq/bin/rabbitmq-server"  # what is on PATH insists on an account of its own


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[int]:
    port, amqp, between = free_port(), free_port(), free_port()
    (folder / "rabbitmq.conf").write_text(
        f"listeners.tcp.1 = 127.0.0.1:{amqp}\nmanagement.tcp.ip = 127.0.0.1\nmanagement.tcp.port = {port}\n"
    )
    (folder / "plugins").write_text("[rabbitmq_management].\n")
    environment = {
        "HOME": str(folder),
        "RABBITMQ_NODENAME": f"kuma{port}@localhost",
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "logs"),
        "RABBITMQ_DIST_PORT": str(between),
    }
    async with started(_SERVER, ready=accepts(port), folder=folder, environment=environment):
        yield port


if __name__ == "__main__":
    keep(running)
