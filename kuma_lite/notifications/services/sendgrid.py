"""SendGrid: an e-mail."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

API = "https://api.sendgrid.com/v3/mail/send"
SUBJECT = "Notification from Your Uptime Kuma"


class SendGridOptions(kit.ServiceOptions):
    """From whom to whom."""

    key: str = kit.secret("SendGrid API Key", "sendgridApiKey", required=True)
    sender: str = kit.text(
        "From Email", "sendgridFromEmail", required=True, help="A sender that SendGrid has verified."
    )
    to: str = kit.text("To Email", "sendgridToEmail", required=True, help="One or more, with commas between.")
    cc: str = kit.text("CC", "sendgridCcEmail")
    bcc: str = kit.text("BCC", "sendgridBccEmail")
    subject: str = kit.text("Subject", "sendgridSubject", placeholder=SUBJECT, section="content")


class SendGrid(kit.HttpService[SendGridOptions]):
    """An e-mail through SendGrid."""

    name, label, groups = "SendGrid", "SendGrid", ("email",)
    documentation = "https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send"
    description = "Sends an e-mail through SendGrid."

    def request(self, o: SendGridOptions, news: kit.News) -> kit.Call:
        """A mail of plain text."""
        receivers = {"to": people(o.to), "cc": people(o.cc) or None, "bcc": people(o.bcc) or None}
        return kit.Call(API, headers=kit.bearer(o.key), json={
            "personalizations": [receivers],
            "from": {"email": o.sender.strip()},
            "subject": o.subject.strip() or SUBJECT,
            "content": [{"type": "text/plain", "value": news.text}],
        })  # fmt: skip


def people(addresses: str) -> list[dict[str, str]]:
    """The addresses between commas as SendGrid lists them."""
    return [{"email": address} for address in kit.comma_list(addresses)]
