"""Flows: requests that hand values on."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kuma_lite.checks._flow_steps import StepError, read_steps
from kuma_lite.checks.flow import FlowMonitor
from kuma_lite.core.declarations import CannotCheck, CheckResult
from kuma_lite.core.errors import UserError
from kuma_lite.net.network import Network
from tests.checks.peers import Answer, Asked, Web, web_server
from tests.checks.support import Context, failure, run
from tests.support.ports import closed_port

FLOW = FlowMonitor()


def document(web: Web, *steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"url": web.url("/"), "body": json.dumps(steps), **more}


def log_in(asked: Asked) -> Answer:
    right = json.loads(asked.body) == {"user": "me", "password": "open sesame"}
    if not right:
        return Answer("403 Forbidden")
    headers = {"Set-Cookie": "s=cookie-1; Path=/"}
    return Answer(body=b'{"token": "t-1", "stock": {"apples": 3}}', headers=headers)


def items(asked: Asked) -> Answer:
    known = asked.header("authorization") == "Bearer t-1" and asked.header("cookie") == "s=cookie-1"
    return Answer(body=b"apples, pears") if known else Answer("401 Unauthorized")


LOG_IN = {
    "name": "log in",
    "url": "/login",
    "body": {"user": "me", "password": "open sesame"},
    "save": {"token": "token", "apples": "stock.apples"},
}
ITEMS = {
    "url": "items?of={{ token }}",
    "headers": {"Authorization": "Bearer {{token}}"},
    "contains": "apples",
}


async def test_values_and_cookies_are_handed_on(network: Network) -> None:
    async with web_server({"/login": log_in, "/items": items}) as web:
        result = await run(FLOW, document(web, LOG_IN, ITEMS), Context(network))
    assert isinstance(result, CheckResult)
    assert result.message == "2 steps passed, the last with 200 - OK"
    assert result.numbers == {"value": 3}
    assert isinstance(result.ping, int)
    assert [asked.method for asked in web.asked] == ["POST", "GET"]
    assert web.asked[0].header("content-type") == "application/json"
    assert web.asked[1].target == "/items?of=t-1"


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        (
            [{**LOG_IN, "body": {"user": "me", "password": "wrong"}}, ITEMS],
            "Step 1 (log in): Request failed with status code 403",
        ),
        ([LOG_IN, {**ITEMS, "headers": {}}], "Step 2: Request failed with status code 401"),
        (
            [LOG_IN, {**ITEMS, "contains": "plums {{token}}"}],
            "Step 2: The answer does not contain the expected text",
        ),
        ([{**LOG_IN, "save": {"key": "nothing"}}], "Step 1 (log in): The answer has no value for key"),
        ([{**LOG_IN, "save": {"key": "stock"}}], "Step 1 (log in): The answer has no value for key"),
        ([LOG_IN, {**ITEMS, "save": {"key": "a"}}], "Step 2: The answer is no JSON"),
        ([{**LOG_IN, "status": "201"}], "Step 1 (log in): Request failed with status code 200"),
    ],
)
async def test_the_first_step_that_fails_is_the_failure(
    network: Network, steps: list[dict[str, Any]], message: str
) -> None:
    async with web_server({"/login": log_in, "/items": items}) as web:
        failed = await failure(FLOW, document(web, *steps), Context(network))
    assert failed.message == message
    assert "sesame" not in failed.message


async def test_a_text_is_sent_as_a_form(network: Network) -> None:
    async with web_server({"/form": Answer()}) as web:
        steps = [{"url": "/form", "method": "put", "body": "a=b"}]
        await run(FLOW, document(web, *steps), Context(network))
    assert (web.asked[0].method, web.asked[0].body) == ("PUT", b"a=b")
    assert web.asked[0].header("content-type") == "application/x-www-form-urlencoded"


async def test_trouble_of_the_network_names_the_step(network: Network) -> None:
    port = closed_port()
    steps = json.dumps([{"name": "first", "url": "/"}])
    failed = await failure(FLOW, {"url": f"http://127.0.0.1:{port}", "body": steps}, Context(network))
    assert failed.message == f"Step 1 (first): connect ECONNREFUSED 127.0.0.1:{port}"


async def test_all_steps_share_the_time(network: Network) -> None:
    async with web_server({"/": Answer(delay=0.3)}) as web:
        failed = await failure(FLOW, document(web, *[{"url": "/"}] * 5), Context(network, timeout=0.5))
    assert failed.message.startswith("Step 2: ")
    assert failed.local


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "Steps must be valid JSON: "),
        ("[]", "Steps must be a list of 1 to 20 objects."),
        (json.dumps([{}] * 21), "Steps must be a list of 1 to 20 objects."),
        ("[1]", "Step 1 must be an object."),
        ('[{"adress": "x"}]', "Step 1 has no part named 'adress'"),
        ('[{"method": "FETCH"}]', "Step 1: the method must be one of GET"),
        ('[{"headers": ["a"]}]', "Step 1: headers must be an object of texts."),
        ('[{"save": {"a": 1}}]', "Step 1: save must be an object of texts."),
        ('[{"save": {"a b": "c"}}]', "Step 1: names of saved values are letters"),
        ('[{"name": "n", "url": "/{{token}}"}]', "Step 1 (n): no earlier step saves token."),
        ('[{"body": {"a": ["{{b}}", "{{c}}"]}}]', "Step 1: no earlier step saves b, c."),
    ],
)
async def test_steps_that_cannot_be_meant(network: Network, text: str, sentence: str) -> None:
    with pytest.raises(StepError, match="Step") as wrong:
        read_steps(text)
    assert str(wrong.value).startswith(sentence)
    stored = {"url": "http://127.0.0.1", "body": text}
    with pytest.raises(UserError):
        FLOW.validate(FLOW.options.read(stored), stored)
    with pytest.raises(CannotCheck):
        await run(FLOW, stored, Context(network))
