"""Versity's gateway, a real S3 server on a folder; it refuses wrong signatures. `running` gives where it is.

`make clients` builds it (`tests/peers/install-programs`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from tests.peers.support import accepts, keep, started
from tests.support.ports import free_port

PROGRAM = "versitygw"
BUCKET = "kept"
REGION = "eu-central-1"


class Storage(NamedTuple):
    endpoint: str
    folder: Path  # of the objects of `BUCKET`
    access_key: str = "AKIAPEER"
    secret_key: str = "a-secret-of-the-peer"


@asynccontextmanager
async def running(folder: Path, port: int = 0) -> AsyncIterator[Storage]:
    port = port or free_port()
    storage = Storage(f"http://127.0.0.1:{port}", folder / "objects" / BUCKET)
    storage.folder.mkdir(parents=True, exist_ok=True)
    command = (
        PROGRAM, "--port", f"127.0.0.1:{port}", "--region", REGION,
        "--access", storage.access_key, "--secret", storage.secret_key,
        "--quiet", "posix", "--sidecar", folder / "facts", folder / "objects",
    )  # fmt: skip
    (folder / "facts").mkdir(exist_ok=True)
    async with started(*command, ready=accepts(port), folder=folder):
        yield storage


if __name__ == "__main__":
    keep(running)
