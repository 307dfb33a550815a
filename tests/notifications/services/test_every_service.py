"""What holds for every service, however many there will be."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kuma_lite.core.declarations import DeliveryFailed, Message
from kuma_lite.core.errors import INTERNAL_ERROR
from kuma_lite.core.registry import module_of
from kuma_lite.notifications.delivery import Context, Services, deliver
from kuma_lite.notifications.services import kit
from tests.notifications.replay.http import RecordedHttp
from tests.notifications.samples import DOWN, EXPIRY, TEST, UP
from tests.notifications.services.conftest import NAMES

ROOT = Path(__file__).parent.parent.parent.parent
FOLDER = ROOT / "kuma_lite" / "notifications" / "services"
ODD = {"name": 5, "tags": None, "path": None, "id": None, "url": None, "type": "nothing"}
MESSAGES = [DOWN, UP, TEST, EXPIRY, Message("", {}, {}), Message("m", ODD, {"status": None, "time": "then"})]


async def outcome(declared: Services, config: dict[str, Any], message: Message) -> str:
    """What a delivery says; no request leaves."""
    context = Context(SimpleNamespace(http=RecordedHttp([], "")), "https://kuma.example")
    try:
        return (await deliver(declared, config, message, context, timeout=5)).shown
    except DeliveryFailed as failure:
        return failure.message


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("smtp", "apprise")])
@pytest.mark.parametrize("message", MESSAGES, ids=range(len(MESSAGES)))
async def test_nothing_that_is_stored_is_an_internal_error(
    declared: Services, name: str, message: Message
) -> None:
    service = declared.get(name)
    assert service is not None
    keys = list(service.options.words())
    for value in (None, "", "x", 5, -1.5, True, ["a", 1], {"a": "b"}, "\ud800", "{{ name }}", "{% if %}"):
        said = await outcome(declared, {"type": name, **dict.fromkeys(keys, value)}, message)
        assert said != INTERNAL_ERROR, ascii(value)


@pytest.mark.parametrize("name", NAMES)
def test_words(declared: Services, name: str) -> None:
    service = declared.get(name)
    assert service is not None
    groups = json.loads((ROOT / "frontend" / "src" / "words" / "en.json").read_text())
    assert service.label.strip() == service.label != ""
    assert service.description.endswith(".")
    assert service.groups
    assert all(f"serviceGroup.{group}" in groups for group in service.groups)
    assert issubclass(service.options, kit.ServiceOptions)


@pytest.mark.parametrize("name", NAMES)
def test_a_service_is_short_and_declares_its_options_in_lines(declared: Services, name: str) -> None:
    service = declared.get(name)
    text = (FOLDER / f"{module_of(name)}.py").read_text()
    assert len(text.splitlines()) <= (150 if isinstance(service, kit.HttpService) else 270)
    assert "noqa" not in text or not isinstance(service, kit.HttpService)
    attributes = re.findall(r"^    (\w+): [\w |\[\],.]+ = kit\.", text, re.MULTILINE)
    assert attributes
    assert all(attribute == attribute.lower() for attribute in attributes)
