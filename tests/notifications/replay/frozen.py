"""The values that stood still while the recordings were made."""

from __future__ import annotations

import random
import secrets
import socket
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from kuma_lite.core import clock


@contextmanager
def frozen(values: dict[str, Any]) -> Iterator[None]:
    """Clock, randomness and the name of the machine as `inputs.json` tells them."""

    def random_bytes(count: int | None = None) -> bytes:
        return bytes((index + 1) & 255 for index in range(count or 32))

    replaced: list[tuple[Any, str, Any]] = [
        (clock.SystemClock, "now", lambda _: values["unix_ms"] / 1000),
        (random, "random", lambda: values["math_random"]),
        (secrets, "token_bytes", random_bytes),
        (secrets, "token_hex", lambda count=None: random_bytes(count).hex()),
        (uuid, "uuid4", lambda: uuid.UUID(values["uuid"])),
        (socket, "gethostname", lambda: values["hostname"]),
    ]
    with ExitStack() as stack:
        for owner, name, value in replaced:
            stack.enter_context(patch.object(owner, name, value))
        yield
