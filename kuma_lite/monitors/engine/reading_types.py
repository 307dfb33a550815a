"""What the types of monitors make of their documents."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

from kuma_lite.core.declarations import AnyMonitorType
from kuma_lite.core.errors import UserError
from kuma_lite.core.redaction import remember_secrets, secrets_of
from kuma_lite.core.registry import Registry
from kuma_lite.monitors.document.fields import Document
from kuma_lite.monitors.engine.limits import read_limits
from kuma_lite.monitors.engine.roster import PLAIN, Monitor, Reading, policy_of

# Fields that policies and limits are made of; a document holds what differs from the defaults.
_SAYS_MORE: Final = frozenset({"maxretries", "resendInterval", "upsideDown", "limits"})


class TypeReading:
    """Reads a monitor when somebody first asks what its type makes of it (see `Monitor.reading`)."""

    def __init__(self, types: Registry[AnyMonitorType]) -> None:
        self._types = types
        self._read_kept = self._kept  # one for all: a bound method has 64 bytes

    async def load(self, examples: Mapping[str, Document]) -> None:
        """Load types, each with a document of one of its monitors, in a thread."""
        await asyncio.to_thread(lambda: [self._read(name, example) for name, example in examples.items()])

    def interpret(self, monitor: Monitor, *, kept: bool = False) -> None:
        """Fill in what follows from the document; its type is asked when somebody wants to know."""
        if _SAYS_MORE.isdisjoint(monitor.document):  # of thousands of monitors, most
            monitor.policy, monitor.limits = PLAIN, ()
        else:
            monitor.policy = policy_of(
                int(monitor.get("maxretries") or 0),
                int(monitor.get("resendInterval") or 0),
                bool(monitor.get("upsideDown")),
            )
            monitor.limits = read_limits(monitor.get("limits"))
        monitor.reading = self._read_kept if kept else self._draft

    def _draft(self, monitor: Monitor) -> Reading:
        """Of one that is not kept."""
        return self._read(monitor.type, monitor.document)

    def _read(self, name: str, document: Document) -> Reading:
        kind = self._types.get(name)
        if kind is None:
            return Reading()
        try:
            return Reading(kind, kind.options.read(document).forget_given())
        except UserError as error:
            return Reading(kind, problem=error.message)

    def _kept(self, monitor: Monitor) -> Reading:
        """Of one that is kept: logs and texts must not show its secrets from now on."""
        reading = self._draft(monitor)
        if reading.kind is not None:
            remember_secrets(("monitor", monitor.id), secrets_of(reading.kind, monitor.document))
        return reading
