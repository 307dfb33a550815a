from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from kuma_lite.core.declarations import Message, NotificationService
from kuma_lite.core.registry import Registry
from kuma_lite.net.http import HttpClient
from kuma_lite.notifications import services
from kuma_lite.notifications.delivery import Context, Services, deliver
from tests.notifications.sinks import HttpSink

Send = Callable[..., Awaitable[str]]

NAMES = sorted(kind.name for kind in Registry(services, cast("type[Any]", NotificationService)).built_in())


@pytest.fixture(scope="session")
def declared() -> Services:
    base: Any = NotificationService
    return Registry(services, base)


@pytest.fixture
async def sink() -> AsyncIterator[HttpSink]:
    async with HttpSink() as running:
        yield running


@pytest.fixture
def send(declared: Services) -> Send:
    """Deliver a message as the dispatcher would: `await send(message, type=..., **options)`."""
    context = Context(SimpleNamespace(http=HttpClient()), "https://kuma.example")

    async def deliver_now(
        message: Message, *, timeout: float = 10, trial: bool = False, **config: Any
    ) -> str:
        return (await deliver(declared, config, message, context, timeout=timeout, trial=trial)).shown

    return deliver_now
