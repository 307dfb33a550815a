"""Ooredoo Maldives: an SMS through its bulk SMS interface."""

from __future__ import annotations

import re
from base64 import b64encode

from kuma_lite.notifications.services import kit

API = "https://o-papi1-lb01.ooredoo.mv/bulk_sms/v2"
MAX_NUMBERS = 20  # receivers of a request
COUNTRY_CODE = "960"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

_BETWEEN = re.compile(r"[\s,;]+")
_NATIONAL = re.compile(r"\d{7}")
_PARTED = re.compile(rf"\b{COUNTRY_CODE}\s+(?={_NATIONAL.pattern}\b)")  # a blank after the country code


class OoredooOptions(kit.ServiceOptions):
    """Whose account sends to which numbers."""

    username: str = kit.text("Username", "ooredooUsername", required=True)
    key: str = kit.secret("Access Key", "ooredooAccessKey", required=True)
    token: str = kit.secret("Bearer Token", "ooredooBearerToken", required=True)
    phones: str = kit.text(
        "Recipient Number",
        "ooredooToNumber",
        required=True,
        placeholder="7712345",
        help="Several are separated by commas; the country code may be left out.",
    )
    server: str = kit.url("API URL", "ooredooServerUrl", placeholder=API, section="advanced")


class Ooredoo(kit.HttpService[OoredooOptions]):
    """An SMS of Ooredoo in the Maldives."""

    name, label, groups = "Ooredoo", "Ooredoo (Maldives)", ("regional",)
    documentation = "https://www.ooredoo.mv/"
    description = "Sends an SMS through Ooredoo, for the Maldives."

    def request(self, o: OoredooOptions, news: kit.News) -> list[kit.Call]:
        """One request for every 20 numbers."""
        numbers = numbers_of(o.phones)
        if not numbers:
            raise kit.DeliveryFailed("No valid recipient phone number was provided.", permanent=True)
        form = {
            "username": o.username,
            "access_key": b64encode(o.key.encode(errors="replace")).decode(),
            "message": news.text,
        }
        batches = [numbers[start : start + MAX_NUMBERS] for start in range(0, len(numbers), MAX_NUMBERS)]
        return [
            kit.Call(
                o.server.strip() or API,
                headers={**FORM, **kit.bearer(o.token)},
                form={**form, "batch": " ".join(batch)},
            )
            for batch in batches
        ]

    def refusal(self, answer: kit.Answer) -> str:
        """A code other than 0 is an error."""
        code = answer.at("response_code")
        reason = answer.at("response_message") or f"response_code={'unknown' if code is None else code}"
        return "" if str(code) == "0" else f"Ooredoo rejected the message: {reason}"


def numbers_of(text: str) -> list[str]:
    """The numbers with the country code and without +."""
    found = _BETWEEN.split(_PARTED.sub(COUNTRY_CODE, text.replace("+", "")))
    return [
        f"{COUNTRY_CODE}{number}" if _NATIONAL.fullmatch(number) else number for number in found if number
    ]
