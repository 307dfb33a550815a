from __future__ import annotations

import pytest

from kuma_lite.notifications.services import kit
from kuma_lite.notifications.services.freemobile import FreeMobile


@pytest.mark.parametrize(("status", "heals"), [(400, False), (402, True), (403, False), (500, True)])
def test_too_many_messages_heal(status: int, heals: bool) -> None:
    assert FreeMobile().heals(kit.Answer(status, "")) is heals
