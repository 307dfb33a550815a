"""The other end of Web Push: bodies are compared to the byte, as key and salt stood still, and read."""

from __future__ import annotations

from base64 import b64decode
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from kuma_lite.core.declarations import DeliveryFailed, PushKeys
from kuma_lite.notifications.delivery import Context, Services, deliver
from tests.notifications.replay.compare import recorded_request, sent_request
from tests.notifications.replay.http import RecordedHttp
from tests.notifications.replay.recordings import Call, load
from tests.support.push_receiver import Receiver, verified

_KEYS = load(Path(__file__).parent.parent / "recordings" / "test-keys.json")
_OWN = PushKeys(_KEYS["vapid"]["publicKey"], _KEYS["vapid"]["privateKey"])
_BROWSER = Receiver.of(_KEYS["webpush_receiver"]["private"], _KEYS["webpush_receiver"]["auth"])


class _Ring:
    """The recorded server's pair."""

    async def pair(self) -> PushKeys:
        """As it was then."""
        return _OWN


async def send(services: Services, call: Call) -> tuple[list[Any], list[Any], str | None]:
    """What was recorded, what the push service got, and why it failed."""
    http = RecordedHttp(call.requests, call.error)
    context = Context(SimpleNamespace(http=http), call.settings["primaryBaseURL"] or "", _Ring())
    error = None
    try:
        await deliver(services, call.config, call.message, context)
    except DeliveryFailed as failure:
        error = failure.message
    requests = [request for request in call.requests if "url" in request]
    beside = [*requests, *[None] * len(http.got)]
    recorded = [recorded_request(one) | _told(one.get("plaintext")) for one in requests]
    sent = [_read(sent_request(*got, beside[place])) for place, got in enumerate(http.got)]
    return recorded, sent, error


def _told(text: str | None) -> dict[str, str]:
    return {} if text is None else {"plaintext": text}


def _read(request: dict[str, Any]) -> dict[str, Any]:
    """With what the browser reads, and without the signature: it is checked, and is another one each time."""
    if "body" not in request:  # the connection failed
        return request
    token = verified(request["headers"]["authorization"])
    authorization = f"vapid t={token.signed}.<signature>, k={token.key}"
    headers = request["headers"] | {"authorization": authorization}
    return request | {"headers": headers} | _told(_BROWSER.read(b64decode(request["body"])).decode())
