"""A style is applied once, and arrives with every service."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote_plus

import pytest

from kuma_lite.core.declarations import DeliveryFailed, Message
from kuma_lite.core.records import replace
from kuma_lite.notifications.delivery import Context, Services, deliver
from kuma_lite.notifications.fields import template_keys
from kuma_lite.notifications.services.support.styles import STYLE_KEY, TEMPLATE_KEY
from kuma_lite.notifications.styles import styled, worded
from tests.notifications.replay.frozen import frozen
from tests.notifications.replay.http import RecordedHttp
from tests.notifications.replay.recordings import Call, calls, files, load
from tests.notifications.samples import DOWN, DOWN_BEAT, EXPIRY, TEST, UP
from tests.notifications.services.conftest import Send
from tests.notifications.services.test_smtp import read, server, text_of
from tests.notifications.services.test_templates_that_fail import BROKEN, FORMS, NOTE, form, said
from tests.notifications.sinks import Answer, HttpSink, SmtpSink

RECORDINGS = Path(__file__).parent.parent / "recordings"
MARK = "Look-now"
OTHERWISE = ("smtp", "apprise", "nostr")  # are not told by HTTP
# What has no room for a text of ours: parameters of a template that an operator has approved, ends of alarms.
WITHOUT_TEXT = {
    "AliyunSMS": {"down", "up", "test"},
    "smsir": {"down", "up", "test"},  # 20 characters
    "JiraServiceManagement": {"up"},
    "Opsgenie": {"up"},
    "PagerDuty": {"up"},
    "Splunk": {"up"},
}


def kind_of(message: Message) -> str:
    if message.heartbeat is None:
        return "test" if message.text.endswith("Testing") else "warning"
    return "up" if message.heartbeat.get("status") == 1 else "down"


def recorded(service: str) -> Iterator[Call]:
    """One call of each kind, of the first variant that was taken."""
    found: dict[str, Call] = {}
    path = next(path for path in files(RECORDINGS) if load(path)["type"] == service)
    for call in calls(path):
        if call.sent and call.requests and all("url" in request for request in call.requests):
            found.setdefault(kind_of(call.message), call)
    yield from (call for kind, call in found.items() if kind != "warning")


async def sent(declared: Services, call: Call, style: dict[str, str]) -> list[tuple[str, Any]]:
    """Address and body of every request."""
    http = RecordedHttp(call.requests, call.error)
    context = Context(SimpleNamespace(http=http), "https://kuma.example")
    with frozen(load(RECORDINGS / "inputs.json")["frozen"]):
        await deliver(declared, {**call.config, **style}, call.message, context)
    return [(str(hop.url), (hop.body or b"").decode("utf-8", "replace")) for hop, _ in http.got]


TOLD_BY_HTTP = sorted({load(path)["type"] for path in files(RECORDINGS)} - set(OTHERWISE))


@pytest.mark.parametrize("name", TOLD_BY_HTTP)
async def test_the_text_arrives_with_every_service(declared: Services, name: str) -> None:
    service = declared.get(name)
    assert service is not None
    own = TEMPLATE_KEY not in service.options.words()
    style = {STYLE_KEY: "detailed"} if own else {STYLE_KEY: "template", TEMPLATE_KEY: MARK}
    style |= dict.fromkeys(template_keys(service) - {TEMPLATE_KEY}, "")
    missing = set()
    for call in recorded(name):
        told = " ".join(unquote_plus(part) for part in sum(await sent(declared, call, style), ()))
        mark = {"down": "own since", "up": "p since", "test": "his is a test"} if own else {}
        if mark.get(kind_of(call.message), MARK) not in told:
            missing.add(kind_of(call.message))
    assert missing <= WITHOUT_TEXT.get(name, set())


def leaves(value: Any, path: str = "") -> dict[str, Any]:
    if isinstance(value, dict | list):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        return {key: leaf for name, item in pairs for key, leaf in leaves(item, f"{path}/{name}").items()}
    return {path: value}


def parts(body: str) -> dict[str, Any]:
    """Of JSON, by path; of anything else its lines."""
    return leaves(json.loads(body) if body.startswith("{") else body.split("\r\n"))


async def test_what_incidents_are_known_by_stays(declared: Services) -> None:
    """Address and body are the same but for the words: what was opened is closed."""
    tried = 0
    for name in TOLD_BY_HTTP:
        service = declared.get(name)
        if service is None or "incident" not in service.groups:
            continue
        for call in recorded(name):
            tried += 1
            usual = await sent(declared, call, {})
            other = await sent(declared, call, {STYLE_KEY: "detailed"})
            assert [address for address, _ in usual] == [address for address, _ in other]
            said = ((call.message.heartbeat or {}).get("msg"), call.message.text, "Service http is")
            for (_, before), (_, after) in zip(usual, other, strict=True):
                was, told = parts(before), parts(after)
                words = {
                    key for key, value in was.items() if any(text and text in str(value) for text in said)
                }
                assert {**was, **dict.fromkeys(words)} == {**told, **dict.fromkeys(words)}
    assert tried > 20


async def test_the_default_is_the_text_of_uptime_kuma(sink: HttpSink, send: Send) -> None:
    for style in ("", "as it was", 5, None):
        await send(DOWN, **GOTIFY, gotifyserverurl=sink.url, messageStyle=style, messageTemplate="x")
        assert sink.got[-1].json["message"] == DOWN.text


GOTIFY: dict[str, Any] = {"type": "gotify", "gotifyapplicationToken": "tttttttt"}


async def test_a_template_of_the_channel(sink: HttpSink, send: Send) -> None:
    words = "{{ event }}|{{ name }}|{{ reason }}|{{ since }}|{{ downFor }}|{{ tags }}|{{ link }}"
    for message in (DOWN, UP, TEST):
        style = {"messageStyle": "template", "messageTemplate": words}
        await send(message, **GOTIFY, gotifyserverurl=sink.url, **style)
    since = "2026-11-22 02:42:03 (Europe/Berlin)"
    link = "https://kuma.example/dashboard/7"
    assert [got.json["message"] for got in sink.got] == [
        f"down|service|Request failed with status code 503|{since}||t: v, bare|{link}",
        f"up|service|200 - OK|{since}|1 h 4 min|t: v, bare|{link}",
        "test|Monitor Name not available|||||https://kuma.example",
    ]


async def test_one_that_fails_leaves_the_usual_text_and_a_note(sink: HttpSink, send: Send) -> None:
    style = {"messageStyle": "template", "messageTemplate": BROKEN, "gotifyserverurl": sink.url}
    await send(DOWN, **GOTIFY, **style)
    assert sink.got[-1].json["message"] == f"{DOWN.text}\n({NOTE})"
    with pytest.raises(DeliveryFailed, match="line 1, column 1"):
        await send(TEST, trial=True, **GOTIFY, **style)
    assert len(sink.got) == 1


async def test_one_whose_text_is_refused_as_well(sink: HttpSink, send: Send) -> None:
    sink.script = [Answer(400, b'{"errorDescription":"bad words"}'), Answer(200, b"{}")]
    style = {"messageStyle": "template", "messageTemplate": "worse words", "gotifyserverurl": sink.url}
    await send(DOWN, **GOTIFY, **style)
    assert sink.got[0].json["message"] == "worse words"
    assert sink.got[1].json["message"].startswith(f"{DOWN.text}\n(The text of the template was refused: ")


async def test_blanks_are_no_text(sink: HttpSink, send: Send) -> None:
    style = {"messageStyle": "template", "messageTemplate": "{% if nothing %}x{% endif %} \n"}
    await send(DOWN, **GOTIFY, gotifyserverurl=sink.url, **style)
    assert sink.got[-1].json["message"] == DOWN.text


@pytest.mark.parametrize("kind", [kind for kind in FORMS if kind != "webhook"])
async def test_a_template_of_the_service_goes_first(sink: HttpSink, send: Send, kind: str) -> None:
    own = form(kind, sink, "own {{ msg }} / {{ heartbeatJSON.msg }}")
    await send(DOWN, **{**own, "telegramTemplateParseMode": "plain"}, messageStyle="detailed")
    told = unquote_plus(said(sink.got[-1]))
    assert "own " in told and "Request failed with status code 503" in told
    assert "Down since" not in told and "Tags" not in told


async def test_a_broken_one_of_the_service_leaves_the_chosen_style(sink: HttpSink, send: Send) -> None:
    await send(DOWN, **form("telegram", sink, BROKEN), messageStyle="detailed")
    told = sink.got[-1].json["text"]
    assert told.startswith(DOWN.text) and "Down since" in told and told.endswith(f"({NOTE})")


async def test_it_can_take_the_details_along(sink: HttpSink, send: Send) -> None:
    own = {**form("telegram", sink, "{{ details }}"), "telegramTemplateParseMode": "plain"}
    await send(DOWN, **own)
    assert "Down since 2026-11-22 02:42:03 (Europe/Berlin)" in sink.got[-1].json["text"]


async def test_a_service_with_templates_has_no_other(declared: Services, sink: HttpSink, send: Send) -> None:
    for name in FORMS:
        service = declared.get(name)
        assert service is not None
        words = service.options.words()
        assert TEMPLATE_KEY not in words
        assert [choice.value for choice in words[STYLE_KEY][1].choices] == ["", "detailed"]
    plain = {**form("telegram", sink, ""), "telegramUseTemplate": False}
    await send(DOWN, **plain, messageStyle="template", messageTemplate="x")
    assert sink.got[-1].json["text"] == DOWN.text


async def test_a_mail_keeps_its_subject(send: Send) -> None:
    async with SmtpSink() as mails:
        await send(UP, **server(mails, messageStyle="detailed"))
        await send(replace(TEST, facts={"at": 0}), **server(mails, messageStyle="detailed"))
        await send(UP, **server(mails, messageStyle="detailed", customSubject="{{ name }}: {{ msg }}"))
    first, second, third = map(read, mails.mails)
    assert (first["Subject"], second["Subject"]) == (UP.text, TEST.text)
    assert "Was down for 1 h 4 min" in text_of(mails.mails[0])
    assert "Time (" not in text_of(mails.mails[0])
    assert "Sent: 1970-01-01 00:00:00 (UTC)" in text_of(mails.mails[1])
    assert third["Subject"] == f"service: {UP.text}"
    assert "Was down for 1 h 4 min" in text_of(mails.mails[2])


async def test_a_test_is_still_one(sink: HttpSink, send: Send) -> None:
    await send(TEST, type="slack", slackwebhookURL=sink.url, messageStyle="detailed")
    assert "This is a test" in sink.got[-1].json["text"]


async def test_it_is_cut_where_the_service_cuts(sink: HttpSink, send: Send) -> None:
    own = {**form("telegram", sink, ""), "telegramUseTemplate": False}
    long = replace(DOWN, text="x" * 5_000, heartbeat={**DOWN_BEAT, "msg": "x" * 5_000})
    await send(long, **own, messageStyle="detailed")
    assert len(sink.got[-1].json["text"]) == 4096


def test_words_are_told_in_both_places_and_what_was_is_kept(declared: Services) -> None:
    found = worded(DOWN, " a\nb ")
    assert found.text == "a\nb" == (found.heartbeat or {})["msg"]
    assert found.usual is DOWN
    assert found.monitor is DOWN.monitor
    assert worded(EXPIRY, "a").heartbeat is None
    assert worded(DOWN, " \n") is DOWN
    service = declared.get("gotify")
    assert service is not None
    context = Context(SimpleNamespace(), "")
    assert styled(service, {STYLE_KEY: "template", TEMPLATE_KEY: {"a": 1}}, DOWN, context) is DOWN
    assert context.rendered == 0
