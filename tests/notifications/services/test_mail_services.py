"""The addresses of services that send e-mail by HTTP."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from kuma_lite.notifications.delivery import Context
from kuma_lite.notifications.services import kit
from kuma_lite.notifications.services.brevo import Brevo, BrevoOptions
from kuma_lite.notifications.services.resend import Resend, ResendOptions
from kuma_lite.notifications.services.support.lists import comma_list
from tests.notifications.samples import TEST

NEWS = kit.News.of(TEST, Context(SimpleNamespace(), ""))


@pytest.mark.parametrize(
    ("typed", "parts"),
    [("", []), (" , ,", []), ("a@x", ["a@x"]), (" a@x ,b@x,", ["a@x", "b@x"])],
)
def test_a_list_with_commas(typed: str, parts: list[str]) -> None:
    assert comma_list(typed) == parts


def test_several_receivers() -> None:
    brevo = Brevo().request(BrevoOptions.read({"brevoToEmail": "a@x, b@x", "brevoCcEmail": " "}), NEWS)
    sent: Any = kit.call.given(brevo.json)
    assert sent["to"] == [{"email": "a@x"}, {"email": "b@x"}]
    assert "cc" not in sent
    resend: Any = Resend().request(ResendOptions.read({"resendToEmail": "a@x, b@x"}), NEWS).json
    assert resend["to"] == ["a@x", "b@x"]
