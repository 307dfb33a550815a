"""Words and escapes that services share: the address of a target, the text of a failure. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from kuma_lite.core.json_text import compact_json

EMPTY_TEXT: Final = "N/A"  # stands for an empty beat message inside the heartbeat object
PUSH_ADDRESS: Final = "Heartbeat"  # the address of a monitor that is not asked but reports by itself
# What templates show where there is no monitor.
NO_NAME: Final = "Monitor Name not available"
NO_ADDRESS: Final = "testing.hostname"

_MARKDOWN_SPECIAL: Final = re.compile(r"([_*\[\]()~`>#+\-=|{}.!\\])")


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
    url = str(monitor.get("url") or "")
    return "" if url in ("http://", "https://") else url


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


def escape_markdown(text: str) -> str:
    """Text that Telegram's MarkdownV2 shows as it is."""
    return _MARKDOWN_SPECIAL.sub(r"\\\1", text)


def escape_json(text: str) -> str:
    """Text that can stand between the quotes of a JSON string."""
    return compact_json(text)[1:-1]


def map_texts(value: Any, change: Callable[[str], str]) -> Any:
    """A copy of a JSON value in which every text, but no key, has been changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: map_texts(item, change) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [map_texts(item, change) for item in value]
    return value


def cut(text: str, limit: int) -> str:
    """At most `limit` characters; what was cut off is marked by an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1] + "…"
