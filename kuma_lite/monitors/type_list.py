"""`monitorTypeList`: which types take conditions, and on what (Uptime Kuma 2.5, socket reference §6.4).

The original lists the types that are classes of their own there; clients read from it which condition
editors to offer, also for types that this program stores without checking them.
"""

from __future__ import annotations

from typing import Any, Final

_TEXT_OPERATORS: Final = [
    ("equals", "equals"),
    ("not_equals", "not equals"),
    ("contains", "contains"),
    ("not_contains", "not contains"),
    ("starts_with", "starts with"),
    ("not_starts_with", "not starts with"),
    ("ends_with", "ends with"),
    ("not_ends_with", "not ends with"),
]
_NUMBER_OPERATORS: Final = [
    ("num_equals", "equals"),
    ("num_not_equals", "not equals"),
    ("lt", "less than"),
    ("gt", "greater than"),
    ("lte", "less than or equal to"),
    ("gte", "greater than or equal to"),
]
_LISTED: Final = """
    real-browser tailscale-ping websocket-upgrade dns postgres mqtt smtp group snmp grpc-keyword mongodb
    rabbitmq sip-options gamedig steam port manual globalping redis pm2 system-service sqlserver mysql
    oracledb ntp
"""
_VARIABLES: Final[dict[str, tuple[tuple[str, list[tuple[str, str]]], ...]]] = {
    "dns": (("record", _TEXT_OPERATORS),),
    "mqtt": (
        ("topic", _TEXT_OPERATORS),
        ("message", _TEXT_OPERATORS),
        ("json_value", _TEXT_OPERATORS + _NUMBER_OPERATORS),
    ),
    "sqlserver": (("result", _TEXT_OPERATORS),),
    "mysql": (("result", _TEXT_OPERATORS),),
    "oracledb": (("result", _TEXT_OPERATORS),),
}


def monitor_type_list() -> dict[str, Any]:
    """The payload: type → `{supportsConditions, conditionVariables: [{id, operators: [{id, caption}]}]}`."""
    return {
        name: {
            "supportsConditions": name in _VARIABLES,
            "conditionVariables": [
                {
                    "id": variable,
                    "operators": [{"id": key, "caption": caption} for key, caption in operators],
                }
                for variable, operators in _VARIABLES.get(name, ())
            ],
        }
        for name in _LISTED.split()
    }
