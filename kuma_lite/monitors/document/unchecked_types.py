"""What the wire has to know of types of Uptime Kuma 2.5 that this program stores but does not check yet.

Once a type has a file in `checks/`, what stands here moves there: a test refuses a type that is in both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from kuma_lite.checks._conditions import NUMBER_CAPTIONS, TEXT_CAPTIONS, text_variable
from kuma_lite.core.declarations import ConditionVariable
from kuma_lite.core.errors import UserError
from kuma_lite.core.json_text import JsonTextError, parse_json
from kuma_lite.core.targets import Target
from kuma_lite.monitors.document.fields import DEFAULTS, Document

SERVICE_NAME: Final = re.compile(r"[A-Za-z0-9._@-]+")
SHARES_OF_INTERVAL: Final = (0.8, 0.5)  # a screenshot must be taken within them


class UncheckedType(NamedTuple):
    """What would stand in the type's own file."""

    validate: Callable[[Document], Document] | None = None  # refuses (UserError); returns keys to change
    address: str = ""  # the field in which its host or URL stands
    condition_variables: tuple[ConditionVariable, ...] = ()
    in_type_list: bool = True


def validate_unchecked(document: Document) -> Document:
    """Refuse what the original refuses (UserError); returns keys to change."""
    kind = UNCHECKED.get(document.get("type") or "")
    return kind.validate(document) if kind is not None and kind.validate is not None else {}


def target_of_unchecked(document: Mapping[str, Any]) -> Target | None:
    """What a monitor of such a type points at; None for one without a host, or without a known type."""
    name = document.get("type")
    kind = UNCHECKED.get(name) if isinstance(name, str) else None
    if kind is None or not kind.address:
        return None
    value = document.get(kind.address)
    address = value if isinstance(value, str) else ""
    return Target(host=address) if kind.address == "hostname" else Target(url=address)


def _mongodb(document: Document) -> Document:
    query = document.get("databaseQuery")
    if query:
        try:
            parse_json(query)
        except JsonTextError as error:
            raise UserError("Invalid JSON in database query: {reason}", reason=error) from None
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
            raise UserError(
                "Screenshot delay must be less than {limit}ms ({share} × interval)",
                limit=round(limit),
                share=share,
            )
    return {}


_RESULT: Final = (text_variable("result"),)
_MQTT: Final = (
    text_variable("topic"),
    text_variable("message"),
    ConditionVariable("json_value", (*TEXT_CAPTIONS.items(), *NUMBER_CAPTIONS.items())),
)

UNCHECKED: Final = {
    "grpc-keyword": UncheckedType(address="grpcUrl"),
    "mongodb": UncheckedType(validate=_mongodb),
    "mqtt": UncheckedType(address="hostname", condition_variables=_MQTT),
    "mysql": UncheckedType(condition_variables=_RESULT),
    "oracledb": UncheckedType(condition_variables=_RESULT),
    "pm2": UncheckedType(validate=_pm2),
    "postgres": UncheckedType(),
    "radius": UncheckedType(address="hostname", in_type_list=False),
    "real-browser": UncheckedType(validate=_real_browser, address="url"),
    "sip-options": UncheckedType(address="hostname"),
    "smtp": UncheckedType(address="hostname"),
    "snmp": UncheckedType(address="hostname"),
    "sqlserver": UncheckedType(condition_variables=_RESULT),
    "system-service": UncheckedType(validate=_system_service),
    "tailscale-ping": UncheckedType(address="hostname"),
}
