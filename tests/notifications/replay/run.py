"""Delivers recorded calls with our services, and says how what was sent differs."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from kuma_lite.core.declarations import DeliveryFailed
from kuma_lite.notifications.delivery import Context, Services, deliver
from tests.notifications.replay import mail, program, push, relay
from tests.notifications.replay.compare import difference, recorded_request, sent_request
from tests.notifications.replay.frozen import frozen
from tests.notifications.replay.http import RecordedHttp
from tests.notifications.replay.recordings import Call, calls, load

DIFFERENCES = Path(__file__).parent.parent / "differences.json"

Key = tuple[str, str, str]
Sent = tuple[list[Any], list[Any], str | None]  # what was recorded, what we sent, why it failed

Send = Callable[[Services, Call], Awaitable[Sent]]

# Services that are not told by HTTP.
_OTHERWISE: dict[str, Callable[[Services, Call], Awaitable[Sent]]] = {
    "smtp": mail.send,
    "apprise": program.send,
    "nostr": relay.send,
    "Webpush": push.send,
}


@dataclass
class Found:
    """What came of the calls of a service."""

    calls: int = 0
    equal: int = 0
    declared: set[Key] = field(default_factory=set)
    different: dict[Key, list[str]] = field(default_factory=dict)


def declared_differences(path: Path = DIFFERENCES) -> dict[Key, list[str]]:
    """Service, variant and case → the lines in which it may, and must, differ."""
    entries = json.loads(path.read_text())
    return {(entry["service"], entry["variant"], entry["case"]): entry["diff"] for entry in entries}


async def replay(services: Services, path: Path, declared: dict[Key, list[str]]) -> Found:
    """Every call of one recorded service."""
    found = Found()
    inputs = load(path.with_name("inputs.json"))
    for call in calls(path):
        found.calls += 1
        with frozen(inputs["frozen"]):
            diff = await differs(services, call)
        if call.key in declared:
            found.declared.add(call.key)
        if diff == declared.get(call.key, []):
            found.equal += not diff
        elif not diff:
            found.different[call.key] = ["declared as different, but equal"]
        else:
            found.different[call.key] = diff
    return found


async def differs(services: Services, call: Call) -> list[str]:
    """The lines in which what we do differs from what was recorded."""
    expected, sent, error = await _OTHERWISE.get(call.service, _send)(services, call)
    return difference(
        {"requests": expected, "outcome": _outcome(call.sent, call.error, call.error)},
        {"requests": sent, "outcome": _outcome(error is None, error or "", call.error)},
    )


async def _send(services: Services, call: Call) -> Sent:
    http = RecordedHttp(call.requests, call.error)
    base = call.settings["primaryBaseURL"] or ""
    error = None
    try:
        await deliver(services, call.config, call.message, Context(SimpleNamespace(http=http), base))
    except DeliveryFailed as failure:
        error = failure.message
    beside = [*call.requests, *[None] * len(http.got)]
    sent = [sent_request(*got, beside[place]) for place, got in enumerate(http.got)]
    return [recorded_request(request) for request in call.requests if "url" in request], sent, error


def _outcome(sent: bool, error: str, recorded: str) -> str:
    """Whether it was sent, and the error where it is the one of HTTP; other sentences are our own."""
    if sent:
        return "sent"
    if "(code=" not in recorded:
        return "failed"
    return re.sub(r"timeout of \d+ms", "timeout of …ms", f"failed: {error}")
