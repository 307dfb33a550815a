"""`monitorTypeList`: which types take conditions, and on what (Uptime Kuma 2.5, socket reference §6.4).

The original lists the types that are classes of their own there; clients read from it which condition
editors to offer.
"""

from __future__ import annotations

from typing import Any

from kuma_lite.checks import monitor_types
from kuma_lite.core.declarations import ConditionVariable


def monitor_type_list() -> dict[str, Any]:
    """The payload: type → `{supportsConditions, conditionVariables: [{id, operators: [{id, caption}]}]}`."""
    return {kind.name: _described(kind.condition_variables) for kind in monitor_types() if kind.in_type_list}


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
