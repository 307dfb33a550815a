"""Thresholds and grace periods: their defaults, partial changes, and what is refused."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from math import isfinite
from typing import Any, Final

AlertSettings = dict[str, dict[str, Any]]

# Defaults of the Servers API: percent for cpu, ram and disk, MB/s for net_in and net_out; minutes of grace.
DEFAULTS: Final[Mapping[str, Mapping[str, Any]]] = {
    "threshold": {"cpu": 90.0, "ram": 90.0, "disk": 85.0, "net_in": 10, "net_out": 10},
    "grace_period": {"cpu": 5, "ram": 5, "disk": 10, "net_in": 3, "net_out": 3, "downtime": 5},
    "general": {"downtime": True},
}
MAX_GRACE_MIN: Final = 1_440  # a day; who wants to know later does not want to be alerted
MAX_MBPS: Final = 100_000  # far beyond any network card
_PERCENT: Final = frozenset({"cpu", "ram", "disk"})


def merged(overrides: Mapping[str, Any]) -> AlertSettings:
    """The full structure: defaults with what was changed."""
    return {section: {**defaults, **overrides.get(section, {})} for section, defaults in DEFAULTS.items()}


def changed(overrides: Mapping[str, Any], change: Any) -> tuple[AlertSettings, list[str]]:
    """The overrides after a partial change, and what is wrong with it (then nothing of it counts)."""
    if not isinstance(change, Mapping):
        return deepcopy(dict(overrides)), ["alert_settings must be an object"]
    after: AlertSettings = deepcopy(dict(overrides))
    errors = []
    for section, values in change.items():
        if section not in DEFAULTS:
            errors.append(f"alert_settings.{_shown(section)} is unknown")
        elif not isinstance(values, Mapping):
            errors.append(f"alert_settings.{section} must be an object")
        else:
            for key, value in values.items():
                problem = _problem(section, key, value)
                if problem:
                    errors.append(f"alert_settings.{section}.{_shown(key)} {problem}")
                else:
                    after.setdefault(section, {})[key] = _whole(section, value)
    return after, errors


def _problem(section: str, key: Any, value: Any) -> str | None:
    if key not in DEFAULTS[section]:
        return "is unknown"
    if section == "general":
        return None if isinstance(value, bool) else "must be true or false"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "must be a number"
    if isinstance(value, float) and not isfinite(value):  # a whole number may be too large to be made one
        return "must be a number"
    if section == "threshold":
        limit = 100 if key in _PERCENT else MAX_MBPS
        return None if 0 <= value <= limit else f"must be between 0 and {limit}"
    if value != int(value):
        return "must be a whole number of minutes"
    least = 1 if key == "downtime" else 0
    return None if least <= value <= MAX_GRACE_MIN else f"must be between {least} and {MAX_GRACE_MIN} minutes"


def _whole(section: str, value: Any) -> Any:
    return int(value) if section == "grace_period" else value


def _shown(key: Any) -> str:
    """A client's key as part of a sentence."""
    return str(key)[:40]
