from __future__ import annotations

from typing import Any

import pytest

from kuma_lite.core.declarations import DeliveryFailed
from kuma_lite.notifications.services import kit
from kuma_lite.notifications.services.smseagle import SmsEagle, SmsEagleOptions


def request(**options: Any) -> kit.Call:
    stored = {"smseagleUrl": "https://eagle/", "smseagleToken": "T", **options}
    return SmsEagle().request(SmsEagleOptions.read(stored), kit.News("text", kit.Severity.TEST))


def test_all_kinds_of_recipients_of_the_second_interface() -> None:
    call = request(
        smseagleApiType="smseagle-apiv2",
        smseagleRecipientTo="+491, +492,",
        smseagleRecipientGroup="1,2",
        smseagleRecipientContact="3",
        smseagleEncoding=True,
        smseaglePriority="9",
    )
    assert call.address == "https://eagle/api/v2/messages/sms"
    assert kit.Answer(200, (call.content()[0] or b"").decode()).json == {
        "text": "text",
        "encoding": "unicode",
        "priority": 9,
        "to": ["+491", "+492"],
        "groups": [1, 2],
        "contacts": [3],
    }


def test_a_recipient_that_is_no_id_is_not_passed_over() -> None:
    with pytest.raises(DeliveryFailed, match="IDs of groups and contacts are numbers") as failed:
        request(smseagleApiType="smseagle-apiv2", smseagleRecipientContact="1,Jane")
    assert failed.value.permanent


@pytest.mark.parametrize(
    ("recipient_type", "address"),
    [
        ("smseagle-group", "https://eagle/http_api/send_togroup?access_token=T&groupname=r"),
        ("smseagle-contact", "https://eagle/http_api/send_tocontact?access_token=T&contactname=r"),
    ],
)
def test_groups_and_contacts_of_the_first_interface_get_an_sms(recipient_type: str, address: str) -> None:
    options = {"smseagleRecipientType": recipient_type, "smseagleRecipient": "r"}
    call = request(**options, smseagleMsgType="smseagle-ring")
    assert call.address == f"{address}&unicode=0&highpriority=0&message=text"


def test_a_voice_of_the_first_interface() -> None:
    options = {"smseagleRecipient": "+491", "smseagleTtsModel": "5", "smseagleDuration": ""}
    call = request(**options, smseagleMsgType="smseagle-tts-advanced")
    assert call.address == (
        "https://eagle/http_api/tts_adv_call?access_token=T&to=%2B491&duration=10&message=text&voice_id=5"
    )


@pytest.mark.parametrize(
    ("answer", "refused"),
    [
        ("OK; ID=297", ""),
        ('[{"status": "error"}, {"status": "queued"}]', ""),
        ('[{"status": "error"}]', 'SMSEagle did not take the message: [{"status": "error"}]'),
        ("[]", "SMSEagle did not take the message: []"),
        ("", "SMSEagle did not take the message: an empty answer"),
    ],
)
def test_one_recipient_is_enough(answer: str, refused: str) -> None:
    assert SmsEagle().refusal(kit.Answer(200, answer)) == refused
