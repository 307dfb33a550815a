"""Monitor types: one file each. Files that begin with an underscore are shared by several of them."""

from __future__ import annotations

import sys
from functools import lru_cache
from typing import Any, cast

from kuma_lite.core.declarations import AnyMonitorType, Kind, MonitorDeclaration
from kuma_lite.core.registry import Registry


@lru_cache(maxsize=1)
def monitor_types() -> Registry[AnyMonitorType]:
    """Every monitor type this program can check, by its name on the wire."""
    base = cast("type[AnyMonitorType]", MonitorDeclaration)
    return Registry(sys.modules[__name__], base)


def describe_types() -> dict[str, Any]:
    """The `types` part of `GET /api/v1/monitor-types`: what a form needs to offer and draw each type."""
    return {
        "types": [
            {
                "name": kind.name,
                "label": kind.label,
                "description": kind.description,
                "group": kind.group,
                "pushed": kind.pushed,
                "untestable": kind.untestable,
                "formDefaults": dict(kind.form_defaults),
                "notations": [notation.describe() for notation in kind.notations],
                "fields": [*_fields(kind), *_limits(kind)],
            }
            for kind in monitor_types()
        ]
    }


def _limits(kind: AnyMonitorType) -> list[dict[str, Any]]:
    """The field of the limits on what a type measures; nothing for one that measures nothing."""
    if not kind.numbers:
        return []
    choices = [
        {"value": each.id, "label": f"{each.label} ({each.unit})" if each.unit else each.label}
        for each in kind.numbers
    ]
    help_text = (
        "A check that answers and breaks one of them is a warning (pending), or counts as failed (down)."
    )
    return [
        {
            "name": "limits",
            "label": "Limits",
            "kind": Kind.LIMITS.value,
            "section": "limits",
            "default": [],
            "help": help_text,
            "choices": choices,
        }
    ]


def _fields(kind: AnyMonitorType) -> list[dict[str, Any]]:
    """The fields of its form; conditions with what they can be about."""
    variables = [
        {"id": variable.id, "operators": [{"id": key, "caption": said} for key, said in variable.operators]}
        for variable in kind.condition_variables
    ]
    return [
        {**field, "variables": variables} if field["kind"] == Kind.CONDITIONS else field
        for field in kind.options.describe()
    ]
