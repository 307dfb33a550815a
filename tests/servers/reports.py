"""Reports as agents send them."""

from __future__ import annotations

import json
from typing import Any

ATTRIBUTES = {
    "motherboard_id": "MB-1",
    "mac_address": "10:e2:d2:76:ed:d8",
    "hostname": "web-1",
    "cpu_cores": 4,
    "memory_total_bytes": 1_000_000,
    "disk_total_bytes": 2_000_000,
    "operating_system": "linux",
    "uptime": 100,
}
BUSY = 4 * 1024 * 0.95  # 95 % of four cores
CALM = 4 * 1024 * 0.10


def report(
    stamp: str | None,
    attributes: dict[str, Any] | None = None,
    document: dict[str, Any] | None = None,
    **metrics: Any,
) -> bytes:
    """The body of one report with one sample per metric."""
    return json.dumps(
        {
            "agent_version": "0.9.2",
            "attributes": {**ATTRIBUTES, **(attributes or {})},
            "metrics": [
                {"metric": name, "value": value, "timestamp": stamp} for name, value in metrics.items()
            ],
            **(document or {}),
        }
    ).encode()
