from __future__ import annotations

import pytest

from kuma_lite.core.declarations import DeliveryFailed
from kuma_lite.notifications.services import kit
from kuma_lite.notifications.services.threema import Threema, ThreemaOptions

NEWS = kit.News("ü" * 2_000, kit.Severity.TEST)


@pytest.mark.parametrize(("kind", "field"), [("identity", "to"), ("phone", "phone"), ("email", "email")])
def test_the_recipient_stands_in_the_field_of_its_type(kind: str, field: str) -> None:
    options = {"threemaRecipientType": kind, "threemaRecipient": "R", "threemaSecret": "S"}
    call = Threema().request(ThreemaOptions.read({**options, "threemaSenderIdentity": "*F"}), NEWS)
    assert call.form is not None
    text = call.form["text"]
    assert call.form == {"from": "*F", "secret": "S", "text": text, field: "R"}
    assert isinstance(text, str)
    assert len(text.encode()) <= 3_500
    assert text == "ü" * 1_748 + "…"


def test_an_unknown_type_of_recipient() -> None:
    with pytest.raises(DeliveryFailed, match="recipient type") as failed:
        Threema().request(ThreemaOptions.read({"threemaRecipientType": "pigeon"}), NEWS)
    assert failed.value.permanent
