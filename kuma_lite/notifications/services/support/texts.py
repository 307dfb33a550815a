"""Words that services share: the address of a target, the text of a failure. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kuma_lite.core.json_text import compact_json

EMPTY_TEXT: Final = "N/A"  # stands for an empty beat message inside the heartbeat object
PUSH_ADDRESS: Final = "Heartbeat"  # the address of a monitor that is not asked but reports by itself
# What templates show where there is no monitor.
NO_NAME: Final = "Monitor Name not available"
NO_ADDRESS: Final = "testing.hostname"
BAD_HEADERS: Final = "Additional Headers is not a valid JSON"  # as Uptime Kuma 2.5 says it

# What a form holds where nobody has entered a URL.
_NO_URL: Final = frozenset({"", "http://", "https://"})


def address(monitor: Mapping[str, Any] | None) -> str:
    """What a message calls the target; "" when there is nothing worth calling it."""
    if monitor is None:
        return ""
    kind, host, port = monitor.get("type"), monitor.get("hostname") or "", monitor.get("port")
    if kind == "push":
        return PUSH_ADDRESS
    if kind in ("ping", "dns") or (kind == "globalping" and monitor.get("subtype") in ("ping", "dns")):
        return str(host)
    if kind in ("port", "gamedig", "steam"):
        return f"{host}:{port}" if port else str(host)
    if kind == "globalping" and monitor.get("subtype") != "http":
        return ""
    return web_address(monitor)


def web_address(monitor: Mapping[str, Any]) -> str:
    """The URL of a target; "" when it has none."""
    url = str(monitor.get("url") or "")
    return "" if url in _NO_URL else url


def host(monitor: Mapping[str, Any]) -> str:
    """The host of a target, with the port where one is watched (type `port`); "" when it has none."""
    name, port = str(monitor.get("hostname") or ""), monitor.get("port")
    return f"{name}:{port}" if name and port and monitor.get("type") == "port" else name


def failure_text(
    message: str,
    *,
    code: str = "",
    status: int | None = None,
    reason: str = "",
    body: Any = None,
    cause: str = "",
) -> str:
    """What the 'Test' button shows of a failed request: the known parts, in a fixed order."""
    text = message
    if code:
        text += f" (code={code})"
    if status is not None:
        text += f" (HTTP {status} {reason})" if reason else f" (HTTP {status})"
    if body not in (None, ""):
        text += " " + (body if isinstance(body, str) else compact_json(body))
    if cause:
        text += f" - cause: {cause}"
    return text
