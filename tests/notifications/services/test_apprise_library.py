"""Apprise with the real library, in this process (`make clients` installs it)."""

from __future__ import annotations

import asyncio
import io
import sys
import threading
from collections.abc import Iterator

import pytest

from kuma_lite.core.declarations import DeliveryFailed, Message
from kuma_lite.notifications.delivery import Services
from kuma_lite.notifications.services import apprise
from tests.notifications.samples import DOWN, EXPIRY, TEST, UP
from tests.notifications.services.conftest import Send
from tests.notifications.services.misbehaving import Misbehaving
from tests.notifications.services.test_bad_peers import PATIENCE_S, against, logged, tls
from tests.notifications.sinks import Answer, HttpSink
from tests.requires import ROOT, needs_path
from tests.support.ports import closed_port

__all__ = ["logged", "tls"]  # fixtures

LIBRARY = ROOT / "build" / "clients" / "apprise"
pytestmark = [
    needs_path(LIBRARY / "apprise", "make clients"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # of what its 170 plugins import
]


@pytest.fixture(autouse=True, scope="module")
def library() -> Iterator[None]:
    """The library can be imported, and is forgotten afterwards."""
    before = set(sys.modules)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(LIBRARY))
        yield
    for name in set(sys.modules) - before:
        if name.partition(".")[0] in ("apprise", "markdown", "oauthlib", "requests_oauthlib"):
            del sys.modules[name]


def test_it_is_found() -> None:
    assert apprise.is_installed()
    assert apprise.AppriseService().missing() == ""


@pytest.mark.parametrize(
    ("message", "kind"), [(DOWN, "failure"), (UP, "success"), (EXPIRY, "warning"), (TEST, "info")]
)
async def test_text_title_and_severity_arrive(
    send: Send, sink: HttpSink, message: Message, kind: str
) -> None:
    url = f"json://127.0.0.1:{sink.port}/hook"
    assert await send(message, type="apprise", appriseURL=url, title="Kuma") == "Sent Successfully."
    (got,) = sink.got
    assert (got.method, got.path) == ("POST", "/hook")
    assert (got.json["title"], got.json["message"], got.json["type"]) == ("Kuma", message.text, kind)


async def test_a_text_arrives_as_it_is(send: Send, sink: HttpSink) -> None:
    text = 'a <b>&amp; "c"\n\\d % {e} *f* 👩\u200d👧'
    await send(Message(text), type="apprise", appriseURL=f"json://127.0.0.1:{sink.port}/")
    assert sink.got[0].json["message"] == text
    assert sink.got[0].json["title"] == ""


async def test_every_url_gets_it_in_its_own_shape(send: Send, sink: HttpSink) -> None:
    here = f"127.0.0.1:{sink.port}"
    urls = f"json://{here}/a\nxml://{here}/b, form://{here}/c"
    assert await send(DOWN, type="apprise", appriseURL=urls) == "Sent Successfully."
    got = {one.path: one for one in sink.got}
    assert sorted(got) == ["/a", "/b", "/c"]
    assert got["/a"].json["message"] == DOWN.text
    assert "<MessageType>failure</MessageType>" in got["/b"].body.decode()
    assert b"type=failure" in got["/c"].body


async def test_one_url_that_fails_fails_all_of_it(send: Send, sink: HttpSink) -> None:
    urls = f"json://127.0.0.1:{sink.port}/a\njson://127.0.0.1:{closed_port()}/Qu13t-owl"
    with pytest.raises(DeliveryFailed, match="JSON") as failed:
        await send(DOWN, type="apprise", appriseURL=urls)
    assert not failed.value.permanent
    assert "Qu13t-owl" not in failed.value.message
    assert [got.path for got in sink.got] == ["/a"]


async def test_a_refusal_is_told(send: Send, sink: HttpSink) -> None:
    sink.answer = Answer(500)
    with pytest.raises(DeliveryFailed, match="error=500") as failed:
        await send(DOWN, type="apprise", appriseURL=f"json://127.0.0.1:{sink.port}/")
    assert not failed.value.permanent


@pytest.mark.parametrize("url", ["pigeon://user:Qu13t-owl@loft/", "json://", "twilio://Qu13t-owl"])
async def test_an_address_that_cannot_be_used_stops_everything(send: Send, sink: HttpSink, url: str) -> None:
    with pytest.raises(DeliveryFailed) as failed:
        await send(DOWN, type="apprise", appriseURL=f"json://127.0.0.1:{sink.port}/\n{url}")
    assert failed.value.permanent
    assert failed.value.message
    assert "Qu13t-owl" not in failed.value.message
    assert sink.got == []


async def test_what_blocks_holds_up_nothing_else(send: Send, sink: HttpSink) -> None:
    sink.answer = Answer(delay=3600)
    threads, ticks = threading.active_count(), 0
    delivery = asyncio.create_task(
        send(DOWN, type="apprise", appriseURL=f"json://127.0.0.1:{sink.port}/", timeout=1.0)
    )
    while not delivery.done():
        ticks += 1
        await asyncio.sleep(0.01)
    with pytest.raises(DeliveryFailed, match=r"No answer within 1 seconds\."):
        await delivery
    assert ticks > 20
    hung = [thread for thread in threading.enumerate() if thread.name == apprise.PROGRAM]
    assert all(thread.daemon for thread in hung), "the server could not stop before it ends"
    assert threading.active_count() <= threads + 1


async def test_deliveries_at_the_same_time_are_told_apart(send: Send, sink: HttpSink) -> None:
    sink.on_request = lambda got: Answer(418 if got.path == "/a" else 503)
    urls = [f"json://127.0.0.1:{sink.port}/{name}" for name in "ab"]
    told = await asyncio.gather(
        *(send(DOWN, type="apprise", appriseURL=url) for url in urls), return_exceptions=True
    )
    assert ["418" in str(one) for one in told] == [True, False]
    assert ["503" in str(one) for one in told] == [False, True]


async def test_whatever_the_other_end_does(declared: Services, logged: io.StringIO, tls: object) -> None:
    bad = Misbehaving()
    ways = (bad.huge_refusal, bad.loop, bad.close, bad.garbage, bad.echo)
    ended = [await against(way, declared, "apprise") for way in ways]
    ended += [await against(way, declared, "apprise", timeout=PATIENCE_S) for way in (bad.hang, bad.drip)]
    ended.append(await against(bad.echo, declared, "apprise", tls=tls))  # type: ignore[arg-type]
    assert [one.text for one in ended if one.sent] == []
    assert "K3yOf9Quiet0wls" not in logged.getvalue()
