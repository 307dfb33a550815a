"""360messenger: a WhatsApp message to people and groups."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from kuma_lite.notifications.services import kit

API = "https://api.360messenger.com/v2"
GROUPS, OLD_GROUPS = "Whatsapp360messengerGroupIds", "Whatsapp360messengerGroupId"


class Whatsapp360messengerOptions(kit.ServiceOptions):
    """Who gets it."""

    token: str = kit.secret("360messenger API Key", "Whatsapp360messengerAuthToken", required=True)
    recipients: str = kit.text(
        "Recipient phone numbers",
        "Whatsapp360messengerRecipient",
        placeholder="447488888888, 447499999999",
        help="With country codes, without +. May be empty when there are groups.",
    )
    group_ids: tuple[str, ...] = kit.texts("WhatsApp groups", GROUPS, help="The IDs of the groups.")
    use_template: bool = kit.switch(
        "Custom message template", "Whatsapp360messengerUseTemplate", section="content"
    )
    template: str = kit.template(
        "Message template",
        "Whatsapp360messengerTemplate",
        required=True,
        placeholder="{{ status }} {{ name }}: {{ msg }}",
        help="A Liquid template.",
        shown_when=kit.when("Whatsapp360messengerUseTemplate", True),
    )

    @classmethod
    def prepare(cls, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """Groups are stored as IDs, as objects with one, or as one text under the older key."""
        stored = document.get(GROUPS) or document.get(OLD_GROUPS)
        groups = stored if isinstance(stored, list) else listed(str(stored or ""))
        ids = [group.get("id") if isinstance(group, Mapping) else group for group in groups]
        found = [str(group).strip() for group in ids if group is not None]
        return super().prepare({**document, GROUPS: [group for group in found if group]})


class Whatsapp360messenger(kit.HttpService[Whatsapp360messengerOptions]):
    """A WhatsApp message through 360messenger."""

    name, label, groups = "Whatsapp360messenger", "WhatsApp (360messenger)", ("chat",)
    documentation = "https://360messenger.com"
    description = "Sends a WhatsApp message through 360messenger."

    def request(self, o: Whatsapp360messengerOptions, news: kit.News) -> list[kit.Call]:
        """The text, or the user's own, to every person and group."""
        text = (o.use_template and news.templated(o.template)) or news.text
        headers = {"Accept": "application/json", **kit.bearer(o.token)}
        people = [("sendMessage", {"phonenumber": number, "text": text}) for number in listed(o.recipients)]
        groups = [("sendGroup", {"groupId": group, "text": text}) for group in o.group_ids]
        if not people and not groups:
            raise kit.DeliveryFailed("There is no phone number and no group.", permanent=True)
        return [kit.Call(f"{API}/{what}", headers=headers, json=body) for what, body in people + groups]

    def refusal(self, answer: kit.Answer) -> str:
        """`success` is there in refusals, too."""
        return f"360messenger refused: {answer.text}" if answer.at("success") is False else ""


def listed(text: str) -> list[str]:
    """What stands between commas and semicolons."""
    return [found.strip() for found in re.split("[,;]", text) if found.strip()]
