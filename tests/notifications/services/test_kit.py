"""What services are made of: requests as they are written, several of them, refusals."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from kuma_lite.core.declarations import DeliveryFailed, Message
from kuma_lite.core.json_text import compact_json
from kuma_lite.net.http import HttpClient
from kuma_lite.notifications.delivery import Context
from kuma_lite.notifications.services import kit
from tests.notifications.samples import DOWN, EXPIRY, MONITOR, TEST, UP, UP_BEAT
from tests.notifications.sinks import Answer, HttpSink

CONTEXT = Context(SimpleNamespace(http=HttpClient()), "https://kuma.example")


class Nothing(kit.ServiceOptions):
    pass


class Plain(kit.HttpService[Nothing]):
    """Sends what it was made with."""

    name, label = "plain", "Plain"

    def __init__(self, *calls: kit.Call) -> None:
        self.calls = calls

    def request(self, options: Nothing, news: kit.News) -> kit.Call | Sequence[kit.Call] | kit.Calls:
        return self.calls[0] if len(self.calls) == 1 else self.calls

    def refusal(self, answer: kit.Answer) -> str:
        return str(answer.at("error") or "")

    def heals(self, answer: kit.Answer) -> bool:
        return answer.at("error") == "slow down" or super().heals(answer)


async def send(service: kit.HttpService[Nothing], message: Message = DOWN) -> str:
    return await service.send(Nothing(), message, CONTEXT)


# --- requests ----------------------------------------------------------------------------------------------


async def test_what_is_not_given_is_left_out(sink: HttpSink) -> None:
    body = {"a": None, "b": "", "c": 0, "d": False, "e": [], "f": {"g": None, "h": [None, "", {"i": ""}]}}
    await send(Plain(kit.Call(sink.url, json=body, headers={"X-None": "", "X-One": "1"})))
    assert sink.got[0].body == b'{"c":0,"d":false,"e":[],"f":{"h":["",{}]}}'
    assert "x-none" not in sink.got[0].headers
    assert sink.got[0].headers["x-one"] == "1"


async def test_what_is_sent_exactly_keeps_null_and_empty_text(sink: HttpSink) -> None:
    kept = {"a": kit.Exactly(None), "b": kit.Exactly(""), "c": kit.Exactly({"d": None}), "e": None}
    await send(Plain(kit.Call(sink.url, json=kept)))
    assert sink.got[0].body == b'{"a":null,"b":"","c":{"d":null}}'


async def test_a_form(sink: HttpSink) -> None:
    await send(Plain(kit.Call(sink.url, form={"a": "ä b&c", "n": 1, "y": True, "no": None, "empty": ""})))
    assert sink.got[0].body == b"a=%C3%A4+b%26c&n=1&y=true"
    assert sink.got[0].headers["content-type"] == "application/x-www-form-urlencoded"


async def test_a_query_is_added_to_that_of_the_address(sink: HttpSink) -> None:
    await send(Plain(kit.Call(f"{sink.url}/x?a=1#top", "GET", query={"b": "c d", "no": ""})))
    assert (sink.got[0].method, sink.got[0].target, sink.got[0].body) == ("GET", "/x?a=1&b=c+d", b"")


async def test_parts_and_bodies_as_they_are(sink: HttpSink) -> None:
    await send(Plain(kit.Call(sink.url, parts={"a": "ä", "b": ""})))
    await send(Plain(kit.Call(sink.url, method="put", body="ä", headers={"content-type": "text/x"})))
    assert b'Content-Disposition: form-data; name="a"\r\n\r\n\xc3\xa4\r\n--' in sink.got[0].body
    assert b'name="b"' not in sink.got[0].body
    assert (sink.got[1].method, sink.got[1].body) == ("PUT", "ä".encode())
    assert sink.got[1].headers["content-type"] == "text/x"


def test_headers_of_credentials() -> None:
    assert kit.bearer(" t ") == {"Authorization": "Bearer t"}
    assert kit.basic("ü", "p") == {"Authorization": "Basic w7w6cA=="}
    assert kit.basic("\ud800", "p") == {"Authorization": "Basic Pzpw"}  # half of a pair stops nobody


@pytest.mark.parametrize(
    ("url", "with_text"),
    [
        ("https://h/p", "https://h/p?text=a+%26%7E*%C3%A4"),
        ("https://h/p?phone=%2B49&key=k#top", "https://h/p?phone=%2B49&key=k&text=a+%26%7E*%C3%A4#top"),
        ("https://h/p?a=1&text=[message]&a=2&b=", "https://h/p?a=1&text=a+%26%7E*%C3%A4&a=2&b="),
        ("https://[h/p", "https://[h/p"),
    ],
)
def test_a_parameter_of_a_url_is_set(url: str, with_text: str) -> None:
    assert kit.with_parameter(url, "text", "a &~*ä") == with_text


# --- redirects ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303])
async def test_a_message_that_a_redirect_drops_was_not_sent(sink: HttpSink, status: int) -> None:
    sink.script = [Answer(status, headers={"Location": f"{sink.url}/login"})]
    with pytest.raises(DeliveryFailed, match=f"status code {status}") as failed:
        await send(Plain(kit.Call(f"{sink.url}/hook", json={"a": 1})))
    assert failed.value.permanent
    assert [got.path for got in sink.got] == ["/hook"]


async def test_a_service_may_redirect_when_it_is_done(sink: HttpSink) -> None:
    class Redirecting(Plain):
        redirects_when_done = True

    sink.script = [Answer(302, headers={"Location": f"{sink.url}/done"})]
    assert await send(Redirecting(kit.Call(f"{sink.url}/hook", json={"a": 1}))) == kit.SENT
    assert [(got.method, got.path) for got in sink.got] == [("POST", "/hook"), ("GET", "/done")]


async def test_a_redirect_that_keeps_the_message_is_followed(sink: HttpSink) -> None:
    sink.script = [Answer(307, headers={"Location": "/there"}), Answer(308, headers={"Location": "/here"})]
    login = sink.url.replace("//", "//user:pass@")
    await send(Plain(kit.Call(f"{login}/hook", json={"a": 1})))
    assert [(got.method, got.path, got.json) for got in sink.got] == [
        ("POST", "/hook", {"a": 1}),
        ("POST", "/there", {"a": 1}),
        ("POST", "/here", {"a": 1}),
    ]
    assert {got.headers["authorization"] for got in sink.got} == {"Basic dXNlcjpwYXNz"}


async def test_redirects_end(sink: HttpSink) -> None:
    sink.answer = Answer(307, headers={"Location": "/again"})
    with pytest.raises(DeliveryFailed, match="Maximum number of redirects exceeded"):
        await send(Plain(kit.Call(sink.url, json={})))
    assert len(sink.got) == 22


# --- refusals ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "permanent", "pause"),
    [
        (b'{"error": "unknown room"}', True, None),
        (b'{"error": "slow down", "retry_after": 3}', False, 3),
    ],
)
async def test_a_refusal_in_a_200(sink: HttpSink, body: bytes, permanent: bool, pause: float | None) -> None:
    sink.answer = Answer(200, body)
    with pytest.raises(DeliveryFailed, match=r"unknown room|slow down") as failed:
        await send(Plain(kit.Call(sink.url, json={})))
    assert (failed.value.permanent, failed.value.retry_after) == (permanent, pause)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (("a", 0, "b"), 1),
        (("a", -1, "b"), 1),
        (("a", 1), None),
        (("a", "b"), None),
        ((0,), None),
        (("x", "y"), None),
        ((), {"a": [{"b": 1}]}),
    ],
)
def test_what_is_found_in_an_answer(path: tuple[str | int, ...], found: Any) -> None:
    assert kit.Answer(200, '{"a": [{"b": 1}]}').at(*path) == found
    assert kit.Answer(200, "no json").at(*path) is None


# --- several requests --------------------------------------------------------------------------------------


class LoggingIn(kit.HttpService[Nothing]):
    name, label = "logging-in", "Logging in"

    def __init__(self, url: str) -> None:
        self.url = url

    def request(self, options: Nothing, news: kit.News) -> kit.Calls:
        try:
            login = yield kit.Call(f"{self.url}/login")
            token = str(login.at("token"))
        except DeliveryFailed:
            token = "guest"
        yield kit.Call(f"{self.url}/send", json={"text": news.text}, headers=kit.bearer(token))


@pytest.mark.parametrize(("answer", "token"), [(Answer(200, b'{"token": "t"}'), "t"), (Answer(500), "guest")])
async def test_one_request_after_the_other(sink: HttpSink, answer: Answer, token: str) -> None:
    sink.script = [answer]
    assert await send(LoggingIn(sink.url)) == kit.SENT
    assert [got.path for got in sink.got] == ["/login", "/send"]
    assert sink.got[1].headers["authorization"] == f"Bearer {token}"


async def test_the_last_request_s_failure_is_that_of_the_message(sink: HttpSink) -> None:
    sink.script = [Answer(200, b'{"token": "t"}'), Answer(403)]
    with pytest.raises(DeliveryFailed, match="status code 403"):
        await send(LoggingIn(sink.url))


async def test_every_receiver_is_tried(sink: HttpSink) -> None:
    calls = [kit.Call(f"{sink.url}/{number}", json={}) for number in range(3)]
    sink.script = [Answer(200, b'{"error": "no such number"}')]
    said = await send(Plain(*calls))
    assert said == "Sent Successfully. But not to everybody: no such number"
    assert [got.path for got in sink.got] == ["/0", "/1", "/2"]


async def test_all_get_it_again_when_one_may_take_it_later(sink: HttpSink) -> None:
    sink.script = [Answer(403), Answer(200), Answer(503)]
    with pytest.raises(DeliveryFailed, match="503") as failed:
        await send(Plain(*[kit.Call(sink.url, json={})] * 3))
    assert not failed.value.permanent


async def test_nobody_takes_it(sink: HttpSink) -> None:
    sink.answer = Answer(403)
    with pytest.raises(DeliveryFailed) as failed:
        await send(Plain(*[kit.Call(sink.url, json={})] * 2))
    assert failed.value.permanent


# --- news --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "severity", "picked"),
    [
        (DOWN, kit.Severity.DOWN, "down"),
        (UP, kit.Severity.UP, "up"),
        (TEST, kit.Severity.TEST, "other"),
        (EXPIRY, kit.Severity.WARNING, "other"),
    ],
)
def test_severity(message: Message, severity: kit.Severity, picked: str) -> None:
    news = kit.News.of(message, CONTEXT)
    assert news.severity is severity
    assert news.pick("up", "down", "other") == picked
    assert (news.up, news.down) == (picked == "up", picked == "down")
    assert news.pick("up", "down") == (picked if picked != "other" else None)


def test_what_is_known_of_a_beat() -> None:
    news = kit.News.of(Message("text", {**MONITOR, "pathName": "Group / service"}, UP_BEAT), CONTEXT)
    assert (news.id, news.name, news.path, news.type) == (7, "service", "Group / service", "http")
    assert (news.address, news.url) == ("http://127.0.0.1:1/flip/n", "http://127.0.0.1:1/flip/n")
    assert (news.msg, news.ping, news.zone) == ("200 - OK", "4", "Europe/Berlin")
    assert (news.time, news.local_time) == ("2026-11-22 02:46:13.100", "2026-11-22 03:46:13")
    assert (news.at, news.down_since) == (1_795_315_573, 1_795_311_723)
    assert (news.base_url, news.link) == ("https://kuma.example", "https://kuma.example/dashboard/7")
    port = {**MONITOR, "type": "port", "hostname": "h", "port": 22}
    assert (news.host, kit.News.of(Message("", port, UP_BEAT), CONTEXT).host) == ("", "h:22")
    assert [str(tag) for tag in news.tags] == ["t: v", "bare"]


@pytest.mark.parametrize(
    ("message", "state", "headline"),
    [
        (UP, "✅ Up", "Uptime Kuma Monitor ✅ Up"),
        (DOWN, "🔴 Down", "Uptime Kuma Monitor 🔴 Down"),
        (EXPIRY, "", "Uptime Kuma Alert"),
    ],
)
def test_words_for_what_happened(message: Message, state: str, headline: str) -> None:
    news = kit.News.of(message, CONTEXT)
    assert (news.state, news.headline) == (state, headline)


def test_a_warning_knows_our_page() -> None:
    news = kit.News.of(EXPIRY, CONTEXT)
    assert (news.base_url, news.link) == ("https://kuma.example", "")


def test_nothing_is_none_where_nothing_is_known() -> None:
    for message in (TEST, Message("m", {"id": None}, {"status": 1, "ping": None, "time": "then"})):
        news = kit.News.of(message, Context(None, ""))
        assert (news.name, news.path, news.url, news.ping, news.link, news.tags) == ("", "", "", "", "", ())
        assert (news.id, news.at, news.down_since) == (0, 0, None)


def test_a_form_of_another_type_says_nothing_to_this_one() -> None:
    class Titled(kit.ServiceOptions):
        title: str = kit.text("Title", "myTitle")

    assert Titled.read({"title": "of another type"}).title == ""
    assert Titled.read({"myTitle": 5}).title == "5"


def test_a_list_of_texts() -> None:
    class Calling(kit.ServiceOptions):
        phones: tuple[str, ...] = kit.texts("Phones", "phones")

    assert Calling.read({"phones": ["1", 2]}).phones == ("1", "2")
    assert Calling.read({"phones": None}).phones == ()
    phones = {"name": "phones", "label": "Phones", "kind": "list", "section": "general", "default": ()}
    assert Calling.describe()[0] == phones


@pytest.mark.parametrize(
    "value",
    [
        {
            "text": 'é 🔴 "q" \\ \x01 \x7f / \u2028',
            "n": [1, -0.5, 48.0, True, None, {}],
            "deep": {"a": ["b"]},
        },
        {1: "a number", None: "nothing", False: "a switch"},
        "only a text",
        2**70,
    ],
)
def test_a_body_is_written_as_all_json_is(value: object) -> None:
    content, kind = kit.Call("http://x/", json=kit.Exactly(value)).content()
    assert (content.decode(), kind) == (compact_json(value), "application/json")


@pytest.mark.parametrize(
    ("value", "text"),
    [({"a": "x\ud83d"}, '{"a":"x?"}'), ([1e-7, 1e21], "[1e-7,1e21]"), (float("nan"), "null")],
)
def test_a_body_with_what_no_receiver_could_read(value: object, text: str) -> None:
    assert kit.Call("http://x/", json=kit.Exactly(value)).content()[0].decode() == text
