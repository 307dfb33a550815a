"""Brevo: an e-mail."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

API = "https://api.brevo.com/v3/smtp/email"
SUBJECT = "Notification from Your Uptime Kuma"
NAME = "Uptime Kuma"


class BrevoOptions(kit.ServiceOptions):
    """From whom to whom."""

    key: str = kit.secret(
        "Brevo API Key", "brevoApiKey", required=True, help="Made at https://app.brevo.com/settings/keys/api."
    )
    sender: str = kit.text(
        "From Email", "brevoFromEmail", required=True, help="A sender that Brevo has verified."
    )
    sender_name: str = kit.text("From Name", "brevoFromName", placeholder=NAME)
    to: str = kit.text("To Email", "brevoToEmail", required=True, help="One or more, with commas between.")
    cc: str = kit.text("CC Email", "brevoCcEmail")
    bcc: str = kit.text("BCC Email", "brevoBccEmail")
    subject: str = kit.text("Subject", "brevoSubject", placeholder=SUBJECT, section="content")


class Brevo(kit.HttpService[BrevoOptions]):
    """An e-mail through Brevo."""

    name, label, groups = "Brevo", "Brevo", ("email",)
    documentation = "https://developers.brevo.com/reference/sendtransacemail"
    description = "Sends an e-mail through Brevo."

    def request(self, o: BrevoOptions, news: kit.News) -> kit.Call:
        """The text as a paragraph of HTML."""
        text = kit.escaping.html(news.text).replace("\n", "<br>")
        headers = {"Accept": "application/json", "api-key": o.key.strip()}
        return kit.Call(API, headers=headers, json={
            "sender": {"email": o.sender.strip(), "name": o.sender_name.strip() or NAME},
            "to": people(o.to),
            "cc": people(o.cc) or None,
            "bcc": people(o.bcc) or None,
            "subject": o.subject.strip() or SUBJECT,
            "htmlContent": f"<html><head></head><body><p>{text}</p></body></html>",
        })  # fmt: skip

    def refusal(self, answer: kit.Answer) -> str:
        """A mail that was taken is a 201."""
        return "" if answer.status == 201 else f"Unexpected status code: {answer.status}"


def people(addresses: str) -> list[dict[str, str]]:
    """The addresses between commas as Brevo lists them."""
    return [{"email": address} for address in kit.comma_list(addresses)]
