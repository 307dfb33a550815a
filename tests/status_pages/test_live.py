"""What open pages are told, and that nothing is said of what is not on them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from kuma_lite.status_pages.serving import live as module
from kuma_lite.status_pages.serving.live import Live


class Visitor:
    """A browser that listens."""

    def __init__(self, live: Live, page_id: int = 1, method: str = "GET") -> None:
        self.sent: list[Any] = []
        self.gone = asyncio.Event()
        self.task = asyncio.create_task(live.serve(page_id, {"method": method}, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        self.sent.append(message)

    @property
    def text(self) -> str:
        return b"".join(each.get("body", b"") for each in self.sent).decode()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SETTLE_S", 0.01)


async def settled() -> None:
    await asyncio.sleep(0.05)


async def test_those_who_look_at_a_page_that_looks_different_are_told() -> None:
    looks = {1: "up", 2: "up"}
    live = Live(lambda page_id: looks[page_id])
    first, second = Visitor(live, 1), Visitor(live, 2)
    await settled()
    live.look()  # something that is on neither
    await settled()
    assert "change" not in first.text + second.text
    looks[1] = "down"
    live.look()
    live.look()
    await settled()
    assert first.text.count("event: change\n") == 1
    assert "change" not in second.text
    live.tell()
    await settled()
    assert first.text.count("event: change\n") == 2
    assert second.text.count("event: change\n") == 1
    await live.close()
    await asyncio.gather(first.task, second.task)
    assert first.sent[-1].get("more_body") is not True


async def test_who_goes_is_forgotten() -> None:
    live = Live(lambda _page_id: None)
    visitor = Visitor(live)
    await settled()
    assert len(live) == 1
    visitor.gone.set()
    await visitor.task
    assert len(live) == 0
    live.look()
    live.tell()


async def test_a_stream_has_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LIFE_S", 0.05)
    monkeypatch.setattr(module, "BEAT_S", 0.02)
    live = Live(lambda _page_id: None)
    visitor = Visitor(live)
    await asyncio.wait_for(visitor.task, 5)
    assert visitor.text.startswith("retry: ")
    assert "\n:\n\n" in visitor.text


async def test_whoever_finds_no_room_is_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 1)
    live = Live(lambda _page_id: None)
    first = Visitor(live)
    await settled()
    second, head = Visitor(live), Visitor(live, method="HEAD")
    await asyncio.gather(second.task, head.task)
    assert (second.sent[0]["status"], head.sent[0]["status"]) == (204, 204)
    await live.close()
    await first.task
    late = Visitor(live)
    await late.task
    assert late.sent[0]["status"] == 204
