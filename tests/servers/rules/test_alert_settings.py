from __future__ import annotations

import math
from typing import Any

import pytest

from kuma_lite.servers.rules.alert_settings import DEFAULTS, changed, merged


def test_defaults_are_those_of_the_contract() -> None:
    assert merged({}) == {
        "threshold": {"cpu": 90.0, "ram": 90.0, "disk": 85.0, "net_in": 10, "net_out": 10},
        "grace_period": {"cpu": 5, "ram": 5, "disk": 10, "net_in": 3, "net_out": 3, "downtime": 5},
        "general": {"downtime": True},
    }


def test_only_what_was_changed_is_kept() -> None:
    first, errors = changed({}, {"threshold": {"cpu": 80.0}})
    assert (first, errors) == ({"threshold": {"cpu": 80.0}}, [])
    second, errors = changed(
        first, {"grace_period": {"cpu": 10, "downtime": 5.0}, "general": {"downtime": False}}
    )
    assert errors == []
    assert second["threshold"] == {"cpu": 80.0}
    full = merged(second)
    assert full["threshold"] == {**DEFAULTS["threshold"], "cpu": 80.0}
    assert full["grace_period"]["downtime"] == 5 and isinstance(full["grace_period"]["downtime"], int)
    assert full["general"] == {"downtime": False}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ([], "alert_settings must be an object"),
        (None, "alert_settings must be an object"),
        ({"other": {}}, "alert_settings.other is unknown"),
        ({"threshold": 5}, "alert_settings.threshold must be an object"),
        ({"threshold": {"gpu": 5}}, "alert_settings.threshold.gpu is unknown"),
        ({"threshold": {"cpu": "80"}}, "alert_settings.threshold.cpu must be a number"),
        ({"threshold": {"cpu": True}}, "alert_settings.threshold.cpu must be a number"),
        ({"threshold": {"cpu": math.nan}}, "alert_settings.threshold.cpu must be a number"),
        ({"threshold": {"cpu": 101}}, "alert_settings.threshold.cpu must be between 0 and 100"),
        ({"threshold": {"net_in": -1}}, "alert_settings.threshold.net_in must be between 0 and 100000"),
        ({"grace_period": {"cpu": 1.5}}, "alert_settings.grace_period.cpu must be a whole number of minutes"),
        (
            {"grace_period": {"cpu": 9999}},
            "alert_settings.grace_period.cpu must be between 0 and 1440 minutes",
        ),
        (
            {"grace_period": {"downtime": 0}},
            "alert_settings.grace_period.downtime must be between 1 and 1440 minutes",
        ),
        ({"general": {"downtime": 1}}, "alert_settings.general.downtime must be true or false"),
    ],
)
def test_what_is_refused(change: Any, sentence: str) -> None:
    _, errors = changed({}, change)
    assert errors == [sentence]


@pytest.mark.parametrize("section", ["threshold", "grace_period"])
@pytest.mark.parametrize("value", [10**400, -(10**400)])
def test_a_whole_number_without_end_is_out_of_range(section: str, value: int) -> None:
    _, errors = changed({}, {section: {"cpu": value}})
    assert len(errors) == 1 and errors[0].startswith(f"alert_settings.{section}.cpu must be between 0 and ")


def test_the_overrides_before_stay_untouched() -> None:
    before: dict[str, dict[str, Any]] = {"threshold": {"cpu": 50.0}}
    changed(before, {"threshold": {"cpu": 60.0}})
    assert before == {"threshold": {"cpu": 50.0}}
