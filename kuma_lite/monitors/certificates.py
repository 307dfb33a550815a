"""What was last learned about each monitor's TLS certificate."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Final

from kuma_lite.core.declarations import Certificate, CertificateFigures
from kuma_lite.monitors.engine.roster import Monitor
from kuma_lite.monitors.store import MonitorStore

# Servers behind one name may take turns, each with a certificate of its own (a document of some 10 kB): in so
# many seconds each is written down once, and no more than so many of them.
WRITTEN_AGAIN_S: Final = 3600.0
WRITTEN_AT_MOST: Final = 8

log = logging.getLogger(__name__)


class Certificates:
    """Certificates by monitor, in memory as the checks report them and on disk when they change."""

    def __init__(
        self,
        store: MonitorStore,
        now: Callable[[], float],
        spawn: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        self._store = store
        self._now = now
        self._spawn = spawn
        self._live: dict[int, Certificate] = {}
        self._stored: dict[int, dict[str, Any]] = {}
        self._written: dict[int, list[tuple[float, Certificate]]] = {}  # when, what
        self._loaded = False

    async def warm(self) -> None:
        """Read what earlier runs have stored (once, when first asked for)."""
        if not self._loaded:
            self._loaded = True
            for monitor_id, info in (await self._store.load_tls()).items():
                self._stored.setdefault(monitor_id, json.loads(info))

    def keep(self, monitor: Monitor, certificate: Certificate) -> None:
        """A check has seen a certificate; it is written down if it is another one than before."""
        if self._live.get(monitor.id) == certificate:
            return
        self._live[monitor.id] = certificate
        now, written = self._now(), self._written.setdefault(monitor.id, [])
        written[:] = [(when, other) for when, other in written if now - when < WRITTEN_AGAIN_S]
        if len(written) < WRITTEN_AT_MOST and all(other != certificate for _, other in written):
            written.append((now, certificate))
            self._spawn(self._store_it(monitor.id, certificate))

    async def _store_it(self, monitor_id: int, certificate: Certificate) -> None:
        wire = certificate.as_wire(self._now())
        self._stored[monitor_id] = wire
        await self._store.put_tls(monitor_id, json.dumps(wire))

    def wire(self, monitor_id: int, now: float) -> dict[str, Any] | None:
        """The `certInfo` document, days counted from `now`; None if no certificate is known."""
        live = self._live.get(monitor_id)
        return live.as_wire(now) if live is not None else self._stored.get(monitor_id)

    def known(self, monitor_id: int) -> object:
        """What `figures` are of: another object when another certificate was seen."""
        return self._live.get(monitor_id) or self._stored.get(monitor_id)

    def figures(self, monitor_id: int, now: float) -> CertificateFigures | None:
        """Validity and days of `wire`; None if no certificate is known, or its days are not."""
        live = self._live.get(monitor_id)
        if live is not None:
            return live.figures(now)
        stored = self._stored.get(monitor_id)
        leaf = stored.get("certInfo") if stored else None
        days = leaf.get("daysRemaining") if isinstance(leaf, Mapping) else None
        if stored is None or not isinstance(days, int):
            return None
        return CertificateFigures(bool(stored.get("valid")), days, math.inf)

    def forget(self, monitor_id: int) -> None:
        """The monitor is gone."""
        self._live.pop(monitor_id, None)
        self._stored.pop(monitor_id, None)
        self._written.pop(monitor_id, None)
