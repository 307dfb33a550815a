"""Stand-ins for what pages show."""

from __future__ import annotations

from dataclasses import dataclass

from kuma_lite.core.declarations import Status


@dataclass(frozen=True)
class Beat:
    status: Status
    time: int = 1_795_311_406_253
    ping: float | None = None
