from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.core.declarations import DeliveryFailed, Message
from kuma_lite.notifications.delivery import Context
from kuma_lite.notifications.services.kit import News
from tests.notifications.samples import DOWN, DOWN_BEAT, MONITOR, TEST, UP
from tests.notifications.services.conftest import Send
from tests.notifications.sinks import Answer, HttpSink


def hook(sink: HttpSink, **options: Any) -> dict[str, Any]:
    return {"type": "webhook", "name": "hook", "webhookURL": f"{sink.url}/hook/h", **options}


async def test_json(sink: HttpSink, send: Send) -> None:
    assert await send(DOWN, **hook(sink, webhookContentType="json")) == "Sent Successfully."
    got = sink.got[0]
    assert (got.method, got.target) == ("POST", "/hook/h")
    assert got.json == {"heartbeat": DOWN_BEAT, "monitor": MONITOR, "msg": DOWN.text}
    assert got.headers["content-type"] == "application/json"
    assert got.headers["user-agent"] == "Uptime-Kuma/2.5.3"
    assert got.headers["accept"] == "application/json, text/plain, */*"
    assert "🔴".encode() in got.body


async def test_a_test_message_has_nulls(sink: HttpSink, send: Send) -> None:
    await send(TEST, **hook(sink))
    assert sink.got[0].body == b'{"heartbeat":null,"monitor":null,"msg":"My Alert Testing"}'


@pytest.mark.parametrize("kind", [None, "", "something else"])
async def test_an_unknown_shape_is_json(sink: HttpSink, send: Send, kind: str | None) -> None:
    await send(TEST, **hook(sink, webhookContentType=kind))
    assert sink.got[0].headers["content-type"] == "application/json"


async def test_form_data(sink: HttpSink, send: Send) -> None:
    await send(UP, **hook(sink, webhookContentType="form-data"))
    got = sink.got[0]
    boundary = re.fullmatch(r"multipart/form-data; boundary=(\S+)", got.headers["content-type"])
    assert boundary
    before, part, after = got.body.split(b"--" + boundary[1].encode())
    head, _, value = part.partition(b"\r\n\r\n")
    assert head == b'\r\nContent-Disposition: form-data; name="data"'
    assert json.loads(value.removesuffix(b"\r\n"))["msg"] == UP.text
    assert (before, after) == (b"", b"--\r\n")


async def test_custom_body(sink: HttpSink, send: Send) -> None:
    await send(DOWN, **hook(sink, webhookContentType="custom", webhookCustomBody="{{ name }}|{{ status }}"))
    got = sink.got[0]
    assert got.body.decode() == "service|🔴 Down"
    assert got.headers["content-type"] == "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ('{"text": {{ msg | json }}}', "application/json"),
        ('{"text": "{{ heartbeatJSON.msg }}"}', "application/json"),
        ("\n [ {{ msg | json }}, 1 ] ", "application/json"),
        ("{{ monitorJSON }}", "application/json"),
        ("{{ monitorJSON.tags | json }}", "application/json"),
        ("{{ msg | json }}", "application/json"),
        ("{}", "application/json"),
        ("msg={{ msg | url_encode }}&x=1", "application/x-www-form-urlencoded"),
        ("{{ msg }}", "application/x-www-form-urlencoded"),
        ("{{ heartbeatJSON.status }}", "application/x-www-form-urlencoded"),
        ("{a: 1}", "application/x-www-form-urlencoded"),
        ("<x>{{ name }}</x>", "application/x-www-form-urlencoded"),
    ],
)
async def test_a_custom_body_is_called_what_it_is(
    sink: HttpSink, send: Send, body: str, content_type: str
) -> None:
    await send(DOWN, **hook(sink, webhookContentType="custom", webhookCustomBody=body))
    assert sink.got[0].headers["content-type"] == content_type


@pytest.mark.parametrize("name", ["Content-Type", "content-type", "CONTENT-TYPE"])
async def test_a_header_of_the_users_says_it_better(sink: HttpSink, send: Send, name: str) -> None:
    words = {
        "webhookCustomBody": "{}",
        "webhookAdditionalHeaders": json.dumps({name: "application/x.own+json"}),
    }
    await send(DOWN, **hook(sink, webhookContentType="custom", **words))
    assert sink.got[0].headers["content-type"] == "application/x.own+json"


async def test_get_puts_everything_into_the_query(sink: HttpSink, send: Send) -> None:
    url = f"{sink.url}/push?token=a%20b#part"
    await send(DOWN, **hook(sink, httpMethod="get", webhookContentType="custom", webhookURL=url))
    got = sink.got[0]
    assert (got.method, got.path, got.body) == ("GET", "/push", b"")
    assert got.query["token"] == "a b"
    assert got.query["msg"] == DOWN.text
    assert json.loads(got.query["heartbeat"]) == DOWN_BEAT
    assert json.loads(got.query["monitor"]) == MONITOR
    assert "content-type" not in got.headers


async def test_get_of_a_test_has_no_objects(sink: HttpSink, send: Send) -> None:
    await send(TEST, **hook(sink, httpMethod="get"))
    assert sink.got[0].query == {"msg": "My Alert Testing"}


async def test_additional_headers_win(sink: HttpSink, send: Send) -> None:
    headers = (
        '{"X-One": 1, "content-type": "text/x", "User-Agent": "me", "X-No": null, "X-Two": "a\\r\\nX-Bad: 1"}'
    )
    await send(TEST, **hook(sink, webhookAdditionalHeaders=headers))
    got = sink.got[0].headers
    assert (got["x-one"], got["content-type"], got["user-agent"]) == ("1", "text/x", "me")
    assert got["x-two"] == "a X-Bad: 1"
    assert "x-no" not in got
    assert "x-bad" not in got


async def test_headers_stored_as_an_object(sink: HttpSink, send: Send) -> None:
    await send(TEST, **hook(sink, webhookAdditionalHeaders={"X-One": "1"}))
    assert sink.got[0].headers["x-one"] == "1"


@pytest.mark.parametrize("headers", ["{nope", "[1]", '"x"'])
async def test_bad_headers(sink: HttpSink, send: Send, headers: str) -> None:
    with pytest.raises(DeliveryFailed, match="Additional Headers is not a valid JSON") as failed:
        await send(TEST, **hook(sink, webhookAdditionalHeaders=headers))
    assert failed.value.permanent
    assert sink.got == []


@pytest.mark.parametrize(
    ("status", "text", "permanent"),
    [
        (500, "500 (code=ERR_BAD_RESPONSE) (HTTP 500 Internal Server Error) h says hello", False),
        (404, "404 (code=ERR_BAD_REQUEST) (HTTP 404 Not Found) h says hello", False),
        (429, "429 (code=ERR_BAD_REQUEST) (HTTP 429 Too Many Requests) h says hello", False),
        (401, "401 (code=ERR_BAD_REQUEST) (HTTP 401 Whatever) h says hello", True),
        (304, "304 (HTTP 304 Whatever)", True),
    ],
)
async def test_refusals(sink: HttpSink, send: Send, status: int, text: str, permanent: bool) -> None:
    sink.answer = Answer(status, b"" if status == 304 else b"h says hello")
    with pytest.raises(DeliveryFailed) as failed:
        await send(TEST, **hook(sink))
    assert failed.value.message == f"Request failed with status code {text}"
    assert failed.value.permanent is permanent


@pytest.mark.parametrize(
    "answer", [Answer(429, headers={"Retry-After": "42"}), Answer(503, b'{"retry_after": 42}')]
)
async def test_the_service_may_ask_for_a_pause(sink: HttpSink, send: Send, answer: Answer) -> None:
    sink.answer = answer
    with pytest.raises(DeliveryFailed) as failed:
        await send(TEST, **hook(sink))
    assert failed.value.retry_after == 42


async def test_a_json_answer_is_shown_compactly(sink: HttpSink, send: Send) -> None:
    sink.answer = Answer(404, b'{ "message": "Unknown Webhook",\n "code": 10015 }')
    with pytest.raises(DeliveryFailed) as failed:
        await send(TEST, **hook(sink))
    assert failed.value.message.endswith('(HTTP 404 Not Found) {"message":"Unknown Webhook","code":10015}')


async def test_nobody_listens(send: Send) -> None:
    with pytest.raises(DeliveryFailed) as failed:
        await send(TEST, type="webhook", webhookURL="http://127.0.0.1:1/")
    assert failed.value.message == (
        "connect ECONNREFUSED 127.0.0.1:1 (code=ECONNREFUSED) - cause: connect ECONNREFUSED 127.0.0.1:1"
    )
    assert not failed.value.permanent


@pytest.mark.parametrize("url", ["", "nonsense", "file:///etc/passwd", "http://[::1", "ftp://x/"])
@pytest.mark.parametrize("method", ["get", "post"])
async def test_an_address_that_is_none_is_final(send: Send, url: str, method: str) -> None:
    with pytest.raises(DeliveryFailed) as failed:
        await send(TEST, type="webhook", webhookURL=url, httpMethod=method)
    assert failed.value.permanent


async def test_a_redirect_is_followed(sink: HttpSink, send: Send) -> None:
    sink.script = [Answer(307, headers={"Location": f"{sink.url}/there"})]
    await send(TEST, **hook(sink))
    assert [(got.method, got.path) for got in sink.got] == [("POST", "/hook/h"), ("POST", "/there")]
    assert sink.got[1].json["msg"] == TEST.text


async def test_secrets_do_not_come_back_in_errors(sink: HttpSink, send: Send) -> None:
    sink.answer = Answer(400, b"bad token: abcdef1234")
    with pytest.raises(DeliveryFailed) as failed:
        await send(TEST, **hook(sink, webhookAdditionalHeaders='{"Authorization": "abcdef1234"}'))
    assert failed.value.message.endswith("bad token: ***")


async def test_lone_surrogates_do_not_stop_a_message(sink: HttpSink, send: Send) -> None:
    for options in ({}, {"webhookContentType": "form-data"}, {"httpMethod": "get"}):
        await send(Message("a\ud800b"), **hook(sink, **options))
    assert sink.got[0].json["msg"] == "a?b"
    assert sink.got[2].query["msg"] == "a?b"


# --- JSON in a custom body ---------------------------------------------------------------------------------

NASTY = Message('line\nquote " back\\slash', {"name": 'na"me', "type": "http"}, {"status": 0, "msg": "a\tb"})
CONTEXT = Context(None, "")


def json_safe(template: str, message: Message) -> str:
    return News.of(message, CONTEXT).templated_json(template)


def test_values_are_escaped_only_where_json_would_break() -> None:
    template = '{"text": "{{ msg }}", "name": "{{ name }}", "beat": "{{ heartbeatJSON.msg }}"}'
    assert json.loads(json_safe(template, NASTY)) == {
        "text": NASTY.text,
        "name": 'na"me',
        "beat": "a\tb",
    }


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ('{"text": {{ msg | json }}}', '{"text": "line\\nquote \\" back\\\\slash"}'),
        ("text={{ name }}", 'text=na"me'),
        ("no template", "no template"),
        ('{"broken": {{ name }}', '{"broken": na"me'),
    ],
)
def test_other_bodies_are_sent_as_they_are(template: str, text: str) -> None:
    assert json_safe(template, NASTY) == text


@given(st.text())
def test_any_text_survives_a_json_body(text: str) -> None:
    found = json.loads(json_safe('{"a": "{{ msg }}"}', Message(text)))
    # What is JSON already is sent as it always was, even where its backslashes mean something else.
    assert found == {"a": text} or "\\" in text
