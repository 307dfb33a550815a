"""What a browser says, message by message."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.checks import _cdp
from kuma_lite.checks._cdp import BrowserGone, CdpRefused, Connection, PipeProtocol
from kuma_lite.checks._page import Seen
from kuma_lite.checks._page_load import Loading
from kuma_lite.checks.real_browser import judge
from kuma_lite.core.declarations import CheckFailed, CheckResult

FRAME, LOADER = "F", "L"


async def test_commands_and_answers() -> None:
    sent: list[str] = []
    connection = Connection(sent.append)
    first, second = connection.post("A.b", {"c": 1}), connection.post("D.e", session="S")
    assert [json.loads(text) for text in sent] == [
        {"id": 1, "method": "A.b", "params": {"c": 1}},
        {"id": 2, "method": "D.e", "params": {}, "sessionId": "S"},
    ]
    connection.feed('{"id":2,"error":{"message":"No such thing"}}')
    connection.feed('{"id":1,"result":{"x":2}}')
    connection.feed('{"id":1,"result":{}}')  # twice, and one that nobody has asked for
    connection.feed('{"id":"x","result":{}}')
    assert await first == {"x": 2}
    with pytest.raises(CdpRefused, match="No such thing"):
        await second
    with pytest.raises(BrowserGone, match=r"it did not answer F\.g within 0\.01 s"):
        await connection.call("F.g", timeout=0.01)


async def test_events_go_to_their_session() -> None:
    connection = Connection(lambda _: None)
    heard: list[Any] = []
    connection.listen("S", lambda method, params: heard.append((method, params)))
    connection.feed('{"method":"A.b","params":{"c":1},"sessionId":"S"}')
    connection.feed('{"method":"A.b","params":5,"sessionId":"S"}')
    connection.feed('{"method":"A.b","params":{},"sessionId":"T"}')
    connection.feed('{"method":"A.b"}')
    assert heard == [("A.b", {"c": 1}), ("A.b", {})]
    connection.lose("it ended")
    assert heard[2:] == [("", {})]


async def test_whoever_waits_hears_that_nobody_answers() -> None:
    connection = Connection(lambda _: None)
    waiting = connection.post("A.b")
    connection.feed(b"no JSON")
    connection.lose("later")
    for call in (waiting, connection.post("C.d")):
        with pytest.raises(BrowserGone, match="does not speak"):
            await call


@given(st.lists(st.binary(max_size=20).filter(lambda part: b"\0" not in part), max_size=5), st.integers(1, 7))
def test_messages_in_a_pipe(messages: list[bytes], size: int) -> None:
    protocol, heard = PipeProtocol(), []

    class Heard(Connection):
        def feed(self, text: str | bytes) -> None:
            heard.append(text)

    protocol.connection = Heard(lambda _: None)
    data = b"".join(message + b"\0" for message in messages)
    for start in range(0, len(data), size):
        protocol.data_received(data[start : start + size])
    assert heard == [message for message in messages if message]


def test_a_message_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_cdp, "MAX_MESSAGE_BYTES", 100)
    protocol = PipeProtocol()
    protocol.connection = Connection(lambda _: None)
    for _ in range(11):
        protocol.data_received(b"0123456789")
    assert protocol.connection.gone == "its message was too long"


def request(number: str, loader: str = LOADER, kind: str = "Image") -> tuple[str, dict[str, Any]]:
    return "Network.requestWillBeSent", {"requestId": number, "loaderId": loader, "type": kind}


def test_a_page_is_quiet_when_it_is_loaded_and_waits_for_nothing() -> None:
    loading = Loading(FRAME)
    loading.take(*request(LOADER, kind="Document"))
    answered = {"status": 203, "timing": {"requestTime": 5.0}}
    loading.take(
        "Network.responseReceived",
        {"requestId": LOADER, "type": "Document", "frameId": FRAME, "response": answered},
    )
    loading.take("Page.frameNavigated", {"frame": {"id": FRAME, "loaderId": LOADER}})
    loading.take("Network.loadingFinished", {"requestId": LOADER, "timestamp": 5.0125})
    loading.take(*request("stream", kind="EventSource"))
    assert not loading.is_quiet
    loading.take("Page.loadEventFired", {})
    assert loading.is_quiet
    loading.take(*request("picture"))
    assert not loading.is_quiet
    loading.take("Network.loadingFailed", {"requestId": "picture"})
    assert loading.is_quiet
    assert loading.answer(LOADER, 99) == (203, 12.5)
    assert loading.answer("other", 99) == (0, 99)


def test_another_document_begins_anew() -> None:
    loading = Loading(FRAME)
    loading.take(*request("old"))
    loading.take("Page.loadEventFired", {})
    loading.take(*request("M", loader="M", kind="Document"))
    loading.take("Page.frameNavigated", {"frame": {"id": "child", "parentId": FRAME, "loaderId": "C"}})
    loading.take("Page.frameNavigated", {"frame": {"id": FRAME, "loaderId": "M"}})
    assert not loading.is_quiet
    loading.take("Page.loadEventFired", {})
    assert not loading.is_quiet  # its own document is not there yet
    loading.take("Network.loadingFinished", {"requestId": "M", "timestamp": 1})
    assert loading.is_quiet


def test_dialogues_and_crashes() -> None:
    loading = Loading(FRAME)
    assert loading.take("Page.javascriptDialogOpening", {})
    assert not loading.take("Inspector.targetCrashed", {})
    assert loading.crashed and loading.changed.is_set()


METHODS = [
    "Network.requestWillBeSent",
    "Network.responseReceived",
    "Network.loadingFinished",
    "Page.frameNavigated",
    "Page.loadEventFired",
    "X.y",
    "",
]
VALUES = st.none() | st.text(max_size=3) | st.integers() | st.dictionaries(st.text(max_size=2), st.none())
KEYS = ["requestId", "loaderId", "type", "frameId", "response", "timestamp", "frame"]


@given(
    st.lists(st.tuples(st.sampled_from(METHODS), st.dictionaries(st.sampled_from(KEYS), VALUES)), max_size=8)
)
def test_any_event_is_read(events: list[tuple[str, dict[str, Any]]]) -> None:
    loading = Loading(FRAME)
    for method, params in events:
        loading.take(method, params)
    status, ping = loading.answer("", 1.0)
    assert isinstance(status, int) and ping >= 0


@pytest.mark.parametrize(("status", "up"), [(200, True), (399, True), (400, False), (199, False), (0, False)])
def test_statuses(status: int, up: bool) -> None:
    if up:
        assert judge(Seen(status, 1.5, None)) == CheckResult(str(status), ping=1.5)
        return
    with pytest.raises(CheckFailed) as failed:
        judge(Seen(status, 1.5, None))
    assert failed.value.message == str(status)


async def test_the_bell_wakes_whoever_waits() -> None:
    loading = Loading(FRAME)
    waiting = asyncio.create_task(loading.changed.wait())
    loading.take("", {})
    async with asyncio.timeout(5):
        assert await waiting
