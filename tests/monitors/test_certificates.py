"""What is remembered of certificates, and how often it is written down."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Coroutine
from typing import Any, cast

from kuma_lite.core.declarations import CertificateFigures
from kuma_lite.monitors.certificates import WRITTEN_AGAIN_S, WRITTEN_AT_MOST, Certificates
from kuma_lite.monitors.engine.roster import Monitor
from kuma_lite.monitors.store import MonitorStore


class Seen:
    """A certificate that is known by its name."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Seen) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)

    def as_wire(self, now: float) -> dict[str, Any]:
        return {"name": self.name, "now": now}

    def days_left(self, now: float) -> int | None:
        return None

    def figures(self, now: float) -> CertificateFigures | None:
        return CertificateFigures(True, 5, now + 1)

    def as_plain(self) -> dict[str, Any]:
        return {}


class Store:
    def __init__(self, **stored: str) -> None:
        self.written: list[str] = []
        self.stored = {int(name.removeprefix("of")): text for name, text in stored.items()}

    async def load_tls(self) -> dict[int, str]:
        return self.stored

    async def put_tls(self, monitor_id: int, info: str) -> None:
        self.written.append(info.split('"')[3])


async def test_certificates_that_take_turns_are_written_seldom() -> None:
    store, now = Store(), [0.0]
    running: list[asyncio.Task[None]] = []

    def spawn(work: Coroutine[Any, Any, None]) -> None:
        running.append(asyncio.ensure_future(work))

    certificates = Certificates(cast(MonitorStore, store), lambda: now[0], spawn)
    monitor = Monitor(1, 1, True, {}, ())
    for beat in range(60):
        now[0] = beat * 20.0
        certificates.keep(monitor, Seen("ab"[beat % 2]))
        assert certificates.wire(1, now[0]) == {"name": "ab"[beat % 2], "now": now[0]}
    await asyncio.gather(*running)
    assert store.written == ["a", "b"]
    certificates.keep(monitor, Seen("renewed"))
    now[0] += WRITTEN_AGAIN_S
    certificates.keep(monitor, Seen("a"))
    await asyncio.gather(*running)
    assert store.written == ["a", "b", "renewed", "a"]
    for number in range(100):
        certificates.keep(monitor, Seen(f"one of many {number}"))
    await asyncio.gather(*running)
    assert len(store.written) == 2 + WRITTEN_AT_MOST + 1
    certificates.forget(1)
    assert certificates.wire(1, now[0]) is None
    certificates.keep(monitor, Seen("a"))
    await asyncio.gather(*running)
    assert store.written[-1] == "a" and len(store.written) == 2 + WRITTEN_AT_MOST + 2


async def test_figures_of_what_is_stored_until_a_check_has_seen_another() -> None:
    store = Store(
        of1='{"valid": 1, "certInfo": {"daysRemaining": 12}}',
        of2='{"valid": false, "certInfo": null}',
        of3='{"valid": false}',
    )
    certificates = Certificates(cast(MonitorStore, store), lambda: 0.0, lambda work: work.close())
    await certificates.warm()
    assert certificates.figures(1, 0.0) == CertificateFigures(True, 12, math.inf)
    assert [certificates.figures(number, 0.0) for number in (2, 3, 4)] == [None, None, None]
    before = certificates.known(1)
    assert certificates.known(1) is before
    certificates.keep(Monitor(1, 1, True, {}, ()), Seen("a"))
    assert certificates.known(1) == Seen("a")
    assert certificates.figures(1, 7.0) == CertificateFigures(True, 5, 8.0)
