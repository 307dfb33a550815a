"""What people see of their words before they save them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from kuma_lite.core.access import Actor
from kuma_lite.core.errors import UserError
from kuma_lite.notifications.preview import DOWN_MS, MOST_CHARS, SHOP, Setting, previews, samples
from kuma_lite.notifications.service import Notifications
from kuma_lite.notifications.services.support.variables import OLD_NAMES, VARIABLES
from kuma_lite.notifications.templates import variables
from tests.support.actors import OWNER

NOW = 1_795_311_723_926  # 2026-11-22 01:42:03.926 UTC
SETTING = Setting(SHOP, "https://kuma.example", "Europe/Berlin", NOW)


def shown(notifications: Notifications, **form: Any) -> dict[str, Any]:
    service = notifications.services.get(form["type"])
    assert service is not None
    return previews(service, form, SETTING)


def test_a_template_for_down_up_and_test(notifications: Notifications) -> None:
    words = "{{ event }} {{ name }} {{ reason }} {{ downFor }}"
    found = shown(notifications, type="gotify", messageStyle="template", messageTemplate=words, name="Phone")
    assert found == {
        "messageTemplate": {
            "down": "down Shop Request failed with status code 503 ",
            "up": "up Shop 200 - OK 4 min 10 s",
            "test": "test Monitor Name not available  ",
            "error": None,
        }
    }
    assert samples("Phone", SETTING)["test"].text == "Phone Testing"


def test_the_style_shows_itself(notifications: Notifications) -> None:
    (found,) = shown(notifications, type="gotify", messageStyle="detailed", messageTemplate="{{").values()
    assert found["up"].split("\n") == [
        "[Shop] [✅ Up] 200 - OK",
        "Up since 2026-11-22 02:42:03 (Europe/Berlin)",
        "Was down for 4 min 10 s, since 2026-11-22 02:37:53 (Europe/Berlin)",
        "Address: https://shop.example/",
        "Group: Web",
        "Tags: team: web",
        "Monitor: https://kuma.example/dashboard/1",
    ]
    assert "This is a test" in found["test"]
    assert DOWN_MS == 250_000


def test_each_template_of_a_service_and_only_what_is_shown(notifications: Notifications) -> None:
    mail = shown(notifications, type="smtp", customSubject="{{ name }}", customBody="{{ status }}")
    assert {key: value["down"] for key, value in mail.items()} == {
        "customSubject": "Shop",
        "customBody": "🔴 Down",
    }
    hidden = {"telegramUseTemplate": False, "telegramTemplate": "{{ name }}"}
    assert shown(notifications, type="telegram", **hidden) == {}
    assert shown(notifications, type="smtp", customSubject=" ", customBody=None) == {}


def test_what_is_wrong_says_where(notifications: Notifications) -> None:
    form = {"type": "smtp", "customSubject": "ok", "customBody": "a\n b{% if name %}"}
    found = shown(notifications, **form)
    assert found["customSubject"]["error"] is None
    assert found["customBody"] == {
        "down": None,
        "up": None,
        "test": None,
        "error": {
            "msg": "The template cannot be used: 'if' is not closed (line 2, column 3).",
            "line": 2,
            "column": 3,
        },
    }


def test_what_is_wrong_of_one_kind_alone(notifications: Notifications) -> None:
    words = "{% unless monitorJSON %}{{ 'now' | date: '%H', 'X/Y' }}{% endunless %}"
    (found,) = shown(notifications, type="gotify", messageStyle="template", messageTemplate=words).values()
    assert (found["down"], found["up"], found["test"]) == ("", "", None)
    assert found["error"]["line"] == 1


def test_it_is_bounded(notifications: Notifications) -> None:
    words = "{% for i in (1..4000) %}{{ msg }}{% endfor %}"
    (found,) = shown(notifications, type="gotify", messageStyle="template", messageTemplate=words).values()
    assert found["down"] is None or len(found["down"]) == MOST_CHARS
    assert found["test"] is None or len(found["test"]) <= MOST_CHARS


def test_every_variable_is_declared_and_every_declared_one_is_there() -> None:
    for message in samples("n", SETTING).values():
        assert set(variables(message)) == set(VARIABLES) | set(OLD_NAMES)


async def test_a_monitor_of_the_actors_is_asked_for(notifications: Notifications) -> None:
    asked: list[tuple[Actor, object]] = []

    def monitor_of(actor: Actor, monitor_id: object) -> Mapping[str, Any]:
        asked.append((actor, monitor_id))
        return {**SHOP, "id": 9, "name": "Till"}

    notifications.previews.monitor_of = monitor_of
    form = {"type": "gotify", "messageStyle": "template", "messageTemplate": "{{ name }}"}
    found = await notifications.previews.of(OWNER, form, 9)
    assert found["messageTemplate"]["down"] == "Till"
    assert asked == [(OWNER, 9)]
    assert (await notifications.previews.of(OWNER, form, None))["messageTemplate"]["down"] == "Shop"


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ("x", "The notification must be an object."),
        (None, "The notification must be an object."),
        ({"type": "nothing"}, "Notification type is not supported"),
    ],
)
async def test_what_is_no_form(notifications: Notifications, form: object, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        await notifications.previews.of(OWNER, form, None)
