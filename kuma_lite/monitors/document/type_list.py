"""`monitorTypeList`: which types take conditions, and on what (Uptime Kuma 2.5, socket reference §6.4).

The original lists the types that are classes of their own there; clients read from it which condition
editors to offer, also for types that this program stores without checking them.
"""

from __future__ import annotations

from typing import Any, Final

from kuma_lite.checks import monitor_types
from kuma_lite.checks._conditions import NUMBER_CAPTIONS, TEXT_CAPTIONS
from kuma_lite.core.declarations import ConditionVariable

_LISTED: Final = """
    real-browser tailscale-ping websocket-upgrade dns postgres mqtt smtp group snmp grpc-keyword mongodb
    rabbitmq sip-options gamedig steam port manual globalping redis pm2 system-service sqlserver mysql
    oracledb ntp
"""
_TEXT: Final = tuple(TEXT_CAPTIONS.items())
_NUMBER: Final = tuple(NUMBER_CAPTIONS.items())
_RESULT: Final = (ConditionVariable("result", _TEXT),)
# Of types that are stored only; what is checked declares its own.
_STORED_ONLY: Final[dict[str, tuple[ConditionVariable, ...]]] = {
    "mqtt": (
        ConditionVariable("topic", _TEXT),
        ConditionVariable("message", _TEXT),
        ConditionVariable("json_value", _TEXT + _NUMBER),
    ),
    "sqlserver": _RESULT,
    "mysql": _RESULT,
    "oracledb": _RESULT,
}


def monitor_type_list() -> dict[str, Any]:
    """The payload: type → `{supportsConditions, conditionVariables: [{id, operators: [{id, caption}]}]}`."""
    return {name: _described(_variables(name)) for name in _LISTED.split()}


def _variables(name: str) -> tuple[ConditionVariable, ...]:
    kind = monitor_types().get(name)
    return kind.condition_variables if kind is not None else _STORED_ONLY.get(name, ())


def _described(variables: tuple[ConditionVariable, ...]) -> dict[str, Any]:
    return {
        "supportsConditions": bool(variables),
        "conditionVariables": [
            {
                "id": variable.id,
                "operators": [{"id": key, "caption": caption} for key, caption in variable.operators],
            }
            for variable in variables
        ],
    }
