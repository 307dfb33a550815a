"""Whatever the other end does, a delivery ends in time, with a sentence, and without a secret in it."""

from __future__ import annotations

import asyncio
import base64
import io
import logging
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

import pytest

from kuma_lite.core.declarations import DeliveryFailed
from kuma_lite.core.errors import INTERNAL_ERROR
from kuma_lite.core.log import set_up_logging
from kuma_lite.core.records import replace
from kuma_lite.core.redaction import secrets_of
from kuma_lite.core.secret_forms import forms
from kuma_lite.net.http import HttpClient, Request, Response
from kuma_lite.net.network import Network
from kuma_lite.notifications.delivery import Context, Services, deliver
from kuma_lite.notifications.services.kit.transport import MAX_REDIRECTS
from tests.checks.peers import Talk, listening
from tests.notifications.samples import DOWN
from tests.notifications.services.configs import Config, complete, secret_values, with_secrets
from tests.notifications.services.conftest import NAMES, Send
from tests.notifications.services.misbehaving import HUGE, SHOWN, Misbehaving
from tests.notifications.sinks import Answer, HttpSink, server_tls

PATIENCE_S = 0.4  # the deadline against a server that never comes to an end
USUAL_S = 10.0  # the deadline else: nothing may need it
TEXT_CHARS = SHOWN + 200  # the longest sentence


class Diverted(HttpClient):
    """Takes every request to one server of this machine, whatever host it names."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self._base = base

    async def send(self, request: Request) -> Response:
        parts = urlsplit(request.url)
        url = f"{self._base}{parts.path}?{parts.query}" if parts.query else f"{self._base}{parts.path}"
        return await super().send(replace(request, url=url))


@dataclass(frozen=True)
class Ended:
    """What came of a delivery."""

    text: str
    sent: bool
    permanent: bool = False


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """All that the process logs, as it would stand in its log."""
    root = logging.getLogger()
    before, level = root.handlers, root.level
    stream = io.StringIO()
    set_up_logging("debug", stream=stream)
    yield stream
    root.handlers, root.level = before, level


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    return server_tls(tmp_path_factory.mktemp("tls"))


@asynccontextmanager
async def network_to(base: str) -> AsyncIterator[Network]:
    network = Network()
    network.http = Diverted(base)
    yield network
    network.close()


def at(name: str, config: Config, port: int, *, secure: bool = False) -> Config:
    """The channel of a service that is not told by HTTP, on this machine."""
    if name == "smtp":
        return config | {"smtpHost": "127.0.0.1", "smtpPort": port, "smtpSecure": secure}
    if name == "nostr":
        return config | {"relays": f"{'wss' if secure else 'ws'}://127.0.0.1:{port}"}
    if name == "apprise":
        return config | {"appriseURL": f"json{'s' if secure else ''}://127.0.0.1:{port}/K3yOf9Quiet0wls"}
    return config


async def against(
    talk: Talk,
    declared: Services,
    name: str,
    *,
    tls: ssl.SSLContext | None = None,
    timeout: float = USUAL_S,
) -> Ended:
    """Deliver to such a server. Fails when that takes longer than it may."""
    service = declared.get(name)
    assert service is not None
    secure = tls is not None
    talking: set[asyncio.Task[Any]] = set()

    async def followed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talking.add(cast("asyncio.Task[Any]", asyncio.current_task()))
        await talk(reader, writer)

    async with listening(followed, tls) as port:
        config = at(name, with_secrets(service, complete(service)), port, secure=secure)
        async with network_to(f"{'https' if secure else 'http'}://127.0.0.1:{port}") as network:
            context: Any = Context(network, "https://kuma.example")
            async with asyncio.timeout(timeout + 5):
                try:
                    taken = await deliver(declared, config, DOWN, context, timeout=timeout)
                    ended = Ended(taken.shown, True)
                except DeliveryFailed as failure:
                    ended = Ended(failure.message, False, failure.permanent)
    if talking:
        await asyncio.wait(talking, timeout=5)
    assert ended.text.strip()
    assert ended.text != INTERNAL_ERROR
    assert len(ended.text) <= TEXT_CHARS
    assert_without_secrets(ended.text, service, config)
    return ended


def assert_without_secrets(text: str, service: Any, config: Config) -> None:
    for secret in secret_values(service, config):
        assert secret not in text
        for user in map(str, config.values()):
            pair = base64.b64encode(f"{user}:{secret}".encode()).decode()
            assert pair not in text


@pytest.mark.parametrize("name", NAMES)
async def test_every_delivery_ends(
    declared: Services, name: str, logged: io.StringIO, tls: ssl.SSLContext
) -> None:
    huge, refusal, looping = Misbehaving(), Misbehaving(), Misbehaving()
    other = Misbehaving()
    _, refused, looped, hung, dripped, closed, nonsense, echoed, unsafe = await asyncio.gather(
        against(huge.huge, declared, name),
        against(refusal.huge_refusal, declared, name),
        against(looping.loop, declared, name),
        against(other.hang, declared, name, timeout=PATIENCE_S),
        against(other.drip, declared, name, timeout=PATIENCE_S),
        against(other.close, declared, name),
        against(other.garbage, declared, name),
        against(other.echo, declared, name),
        against(other.echo, declared, name, tls=tls),
    )
    failed = (refused, looped, hung, dripped, closed, nonsense, echoed, unsafe)
    assert [ended.text for ended in failed if ended.sent] == []
    assert huge.written < HUGE, "all of an answer of 10 MB was read"
    assert refusal.written < HUGE
    assert looping.asked <= 3 * (MAX_REDIRECTS + 1)
    service = declared.get(name)
    assert service is not None
    assert_without_secrets(logged.getvalue(), service, with_secrets(service, complete(service)))


@pytest.mark.parametrize("name", ["telegram", "twilio", "webhook"])
async def test_a_secret_is_hidden_before_a_text_is_cut(declared: Services, name: str) -> None:
    service = declared.get(name)
    assert service is not None
    for secret in secrets_of(service, with_secrets(service, complete(service))):
        shown = forms(secret)[0]
        for place in range(SHOWN - 120, SHOWN, 5):
            talk = Misbehaving().refusing_with("x" * place + f" {shown}")
            ended = await against(talk, declared, name)
            assert shown[:6] not in ended.text


async def test_a_refusal_is_told_in_short(send: Send, sink: HttpSink) -> None:
    sink.answer = Answer(200, b'{"status": "failed", "message": "%s"}' % (b"x" * 5_000))
    options = {"smsgatewayUrl": sink.url, "smsgatewayApiKey": "key", "smsgatewayTo": "+1"}
    with pytest.raises(DeliveryFailed, match=r"^The SMS could not be sent: x+…$") as failed:
        await send(DOWN, type="SMSGateway", **options)
    assert len(failed.value.message) == SHOWN


async def test_what_was_refused_beside_what_was_sent_holds_no_secret(send: Send, sink: HttpSink) -> None:
    sink.script = [Answer(200, b'{"status": "failed", "message": "not with Qu13t-owl"}'), Answer()]
    options = {"smsgatewayUrl": sink.url, "smsgatewayApiKey": "Qu13t-owl", "smsgatewayTo": "+1, +2"}
    said = await send(DOWN, type="SMSGateway", **options)
    assert said.endswith("But not to everybody: The SMS could not be sent: not with ***")
