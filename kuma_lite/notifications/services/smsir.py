"""SMS.ir: an SMS from a template."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

API = "https://api.sms.ir/v1/send/verify"
PARAMETER = "uptkumaalert"  # that the template must have
MAX_UNITS = 20  # of a parameter
MAX_CUT_UNITS = 16  # of one that is cut
TAKEN = 1
NATIONAL_CHARS = 11  # of a number that begins with 09


class SmsIrOptions(kit.ServiceOptions):
    """Whose account sends to which numbers."""

    api_key: str = kit.secret("API Key", "smsirApiKey", required=True)
    phones: str = kit.text(
        "Recipient Numbers",
        "smsirNumber",
        required=True,
        placeholder="9123456789,09987654321",
        help="Several are separated by commas.",
    )
    template: int | None = kit.number(
        "Template ID",
        "smsirTemplate",
        required=True,
        placeholder="12345",
        help=f"The template must have a parameter {PARAMETER}, which gets the beginning of the text. "
        "See https://app.sms.ir/fast-send/template.",
    )


class SmsIr(kit.HttpService[SmsIrOptions]):
    """An SMS through SMS.ir."""

    name, label, groups = "smsir", "SMS.IR", ("regional",)
    documentation = "https://sms.ir/rest-api/"
    description = "Sends an SMS from a template of yours at SMS.ir, for Iran."

    def request(self, o: SmsIrOptions, news: kit.News) -> list[kit.Call]:
        """One for each number."""
        numbers = kit.comma_list(o.phones)
        if not numbers:
            raise kit.DeliveryFailed("No phone number is entered.", permanent=True)
        headers = {"Accept": "application/json", "X-API-Key": o.api_key}
        parameters = [{"name": PARAMETER, "value": beginning(news.text)}]
        return [
            kit.Call(API, headers=headers, json={
                "mobile": international(number),
                "templateId": o.template,
                "parameters": parameters,
            })
            for number in numbers
        ]  # fmt: skip

    def refusal(self, answer: kit.Answer) -> str:
        """A status other than 1 is an error."""
        status, reason = answer.at("status"), answer.at("message") or answer.text
        return "" if status in (None, TAKEN) else f"SMS.ir did not take the message: {reason}"


def international(number: str) -> str:
    """The number without the 0 of a national one."""
    return number[1:] if number.startswith("09") and len(number) == NATIONAL_CHARS else number


def beginning(text: str) -> str:
    """A longer text loses its blanks first, then its end."""
    packed = "".join(text.split())
    for whole in (text, packed):
        if whole == kit.limited(whole, MAX_UNITS, kit.Unit.UTF16, end=""):
            return whole
    return kit.limited(packed, MAX_CUT_UNITS, kit.Unit.UTF16, end="") + "..."
