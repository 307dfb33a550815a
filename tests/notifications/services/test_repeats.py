"""Services leave to the kit what the kit does."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from kuma_lite.notifications.services import kit
from tests.notifications.services.conftest import SERVICES
from tests.notifications.services.repeats import RULES, repeated

# Service, beginning of the rule: why it is no repetition.
ALLOWED = {
    ("AliyunSMS", "asks for the time"): "The signature wants the moment in a format of its own.",
    ("AliyunSMS", "encodes a URL"): "So does it for the sorted fields, as RFC 3986 has it.",
    ("FlashDuty", "looks whether"): "Its key may be the whole address.",
    ("OneChat", "says the state"): "Its mark of an UP is another one.",
    ("rocket.chat", "links to a monitor"): "Channels of older versions store where the page is.",
    ("slack", "links to a monitor"): "Channels of older versions store where the page is.",
    ("signal", "reads a list"): "Blanks within a number are left out, too.",
}
# What each rule finds.
EXAMPLES = [
    ("x = text[:MAX_CHARS]", "cuts a text"),
    ("x = text[:160]", "cuts a text"),
    ("x = text.replace('<', '&lt;')", "escapes"),
    ("import html", "escapes"),
    ("import json", "writes or reads JSON"),
    ("from json import dumps", "writes or reads JSON"),
    ("url = urlencode(fields)", "encodes a URL"),
    ("url = parse.quote(text)", "encodes a URL"),
    ("x = o.url.startswith('https://')", "looks whether"),
    ("x = re.match('https?://', o.url)", "looks whether"),
    ("h = {'Authorization': f'Bearer {o.token}'}", "writes a header"),
    ("h = {'User-Agent': 'x'}", "says who it is"),
    ("x = message.heartbeat", "reads the wire"),
    ("x = f'{base}/dashboard/{id}'", "links to a monitor"),
    ("x = '🔴 Down'", "says the state"),
    ("return_value = 'Sent Successfully.'", "says that it was sent"),
    ("raise Failed(f'{label} is required.')", "says what is lacking"),
    ("heals = answer.status >= 500", "judges a status"),
    ("heals = answer.status in (408, 429)", "judges a status"),
    ("from datetime import datetime", "asks for the time"),
    ("to = [x.strip() for x in o.to.split(',')]", "reads a list"),
    ("import http.client", "makes a request"),
    ("from kuma_lite.net.http import HttpClient", "makes a request"),
]
HARMLESS = """
import re
first = text[:1]
batch = numbers[start : start + MAX_NUMBERS]
digits = text.replace("+", "").replace(" ", "")
taken = answer.status == 201 and answer.at("ok")
token = kit.secret("Bearer Token", "token", required=True)
here = news.link
lines = text.split()
"""


@pytest.mark.parametrize(
    "name", [name for name, service in SERVICES.items() if isinstance(service, kit.HttpService)]
)
def test_a_service_repeats_nothing(name: str) -> None:
    source = Path(inspect.getfile(type(SERVICES[name]))).read_text()
    allowed = tuple(rule for service, rule in ALLOWED if service == name)
    found = [f"line {line} {rule}" for rule, line in repeated(source) if not rule.startswith(allowed)]
    assert found == []


@pytest.mark.parametrize(("name", "rule"), ALLOWED)
def test_what_is_allowed_is_done(name: str, rule: str) -> None:
    source = Path(inspect.getfile(type(SERVICES[name]))).read_text()
    assert any(found.startswith(rule) for found, _ in repeated(source))


@pytest.mark.parametrize(("source", "rule"), EXAMPLES)
def test_each_rule_finds_its_own(source: str, rule: str) -> None:
    assert [name for name, _ in repeated(source) if name.startswith(rule)]


def test_every_rule_has_an_example() -> None:
    assert [name for name in RULES if not name.startswith(tuple(rule for _, rule in EXAMPLES))] == []


def test_what_only_looks_like_it_is_let_through() -> None:
    assert list(repeated(HARMLESS)) == []
