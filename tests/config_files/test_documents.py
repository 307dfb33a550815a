"""By what documents name the fields of things."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kuma_lite.checks import monitor_types
from kuma_lite.core.options import Options
from kuma_lite.core.resource_documents import fields_of
from kuma_lite.monitors.document.common_options import MonitorOptions
from kuma_lite.notifications.options import NotificationOptions
from tests.test_service_docs import declared


def of_monitors() -> Iterator[tuple[str, type[Options], type[Options]]]:
    return ((kind.name, MonitorOptions, kind.options) for kind in monitor_types())


def of_notifications() -> Iterator[tuple[str, type[Options], type[Options]]]:
    return ((kind.name, NotificationOptions, kind.options) for kind in declared())


@pytest.mark.parametrize(("_", "common", "own"), [*of_monitors(), *of_notifications()])
def test_no_two_fields_have_one_name(_: str, common: type[Options], own: type[Options]) -> None:
    """The name of an option of one kind is neither that of another, nor that of an option of all kinds."""
    fields = fields_of((common, own)).values()
    names = [field.name for field in fields]
    assert sorted(names) == sorted(set(names))
    shared = {field.key for field in fields_of((common,)).values()}
    assert [field.name for field in fields if field.key not in shared and field.name in shared] == []
