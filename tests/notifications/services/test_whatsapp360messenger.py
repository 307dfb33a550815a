from __future__ import annotations

from typing import Any

import pytest

from kuma_lite.core.declarations import Message
from kuma_lite.notifications.delivery import Context
from kuma_lite.notifications.services import kit
from kuma_lite.notifications.services.whatsapp360messenger import (
    Whatsapp360messenger,
    Whatsapp360messengerOptions,
)

NEWS = kit.News.of(Message("Testing"), Context(None, ""))


def receivers(stored: dict[str, Any]) -> list[str]:
    calls = Whatsapp360messenger().request(Whatsapp360messengerOptions.read(stored), NEWS)
    bodies = [call.json for call in calls if isinstance(call.json, dict)]
    return [body.get("phonenumber") or body.get("groupId") for body in bodies]


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        (
            {
                "Whatsapp360messengerRecipient": "1, 2;3",
                "Whatsapp360messengerGroupIds": [{"id": "a@g.us", "label": "A"}, "b@g.us", {}, None],
            },
            ["1", "2", "3", "a@g.us", "b@g.us"],
        ),
        ({"Whatsapp360messengerGroupIds": [], "Whatsapp360messengerGroupId": "a;b"}, ["a", "b"]),
        ({"Whatsapp360messengerGroupIds": ["a"], "Whatsapp360messengerGroupId": "b"}, ["a"]),
    ],
)
def test_people_and_groups_get_it(stored: dict[str, Any], expected: list[str]) -> None:
    assert receivers(stored) == expected


def test_somebody_must_get_it() -> None:
    with pytest.raises(kit.DeliveryFailed, match="no phone number and no group"):
        receivers({"Whatsapp360messengerRecipient": " ; "})
