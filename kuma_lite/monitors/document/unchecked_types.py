"""What Uptime Kuma 2.5 refuses about types that this program stores but does not check yet.

Once a type has a file in `checks/`, its rule moves there and leaves this one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from kuma_lite.core.errors import UserError
from kuma_lite.core.json_text import JsonTextError, parse_json
from kuma_lite.monitors.document.fields import DEFAULTS, Document

SERVICE_NAME: Final = re.compile(r"[A-Za-z0-9._@-]+")
SHARES_OF_INTERVAL: Final = (0.8, 0.5)  # a screenshot must be taken within them


def check_stored_only(document: Document) -> Document:
    """Refuse what the original refuses (UserError); returns keys to change."""
    rule = _RULES.get(document.get("type") or "")
    return rule(document) if rule else {}


def _mongodb(document: Document) -> Document:
    query = document.get("databaseQuery")
    if query:
        try:
            parse_json(query)
        except JsonTextError as error:
            raise UserError(f"Invalid JSON in database query: {error}") from None
    return {}


def _service_name(document: Document) -> str:
    return (document.get("system_service_name") or "").strip()


def _system_service(document: Document) -> Document:
    name = _service_name(document)
    if not name:
        raise UserError("Service Name is required.")
    if not SERVICE_NAME.fullmatch(name):
        raise UserError("Invalid service name. Please use the internal Service Name (no spaces).")
    return {"system_service_name": name}


def _pm2(document: Document) -> Document:
    name = _service_name(document)
    if not name:
        raise UserError("PM2 process name is required.")
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in name):
        raise UserError("Invalid PM2 process name.")
    return {"system_service_name": name}


def _real_browser(document: Document) -> Document:
    delay: Any = document.get("screenshot_delay", 0)
    if delay < 0:
        raise UserError("Screenshot delay must be a non-negative number")
    interval = float(document.get("interval") or DEFAULTS["interval"])
    for share in SHARES_OF_INTERVAL:
        limit = share * interval * 1000
        if delay >= limit:
            raise UserError(f"Screenshot delay must be less than {round(limit)}ms ({share} × interval)")
    return {}


_RULES: Final[dict[str, Callable[[Document], Document]]] = {
    "mongodb": _mongodb,
    "system-service": _system_service,
    "pm2": _pm2,
    "real-browser": _real_browser,
}
