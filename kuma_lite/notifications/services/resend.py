"""Resend: an e-mail."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

API = "https://api.resend.com/emails"
SUBJECT = "Notification from Your Uptime Kuma"
NAME = "Uptime Kuma"


class ResendOptions(kit.ServiceOptions):
    """From whom to whom."""

    key: str = kit.secret(
        "Resend API Key", "resendApiKey", required=True, help="Made at https://resend.com/api-keys."
    )
    sender: str = kit.text(
        "From Email", "resendFromEmail", required=True, help="Of a domain that Resend has verified."
    )
    sender_name: str = kit.text("From Name", "resendFromName", placeholder=NAME)
    to: str = kit.text("To Email", "resendToEmail", required=True, help="One or more, with commas between.")
    subject: str = kit.text("Subject", "resendSubject", placeholder=SUBJECT, section="content")


class Resend(kit.HttpService[ResendOptions]):
    """An e-mail through Resend."""

    name, label, groups = "Resend", "Resend", ("email",)
    documentation = "https://resend.com/docs/api-reference/emails/send-email"
    description = "Sends an e-mail through Resend."

    def request(self, o: ResendOptions, news: kit.News) -> kit.Call:
        """A mail of plain text; several receivers are a list."""
        receivers = kit.comma_list(o.to)
        return kit.Call(API, headers=kit.bearer(o.key), json={
            "from": f"{o.sender_name.strip() or NAME} <{o.sender.strip()}>",
            "to": receivers if len(receivers) > 1 else o.to.strip(),
            "subject": o.subject.strip() or SUBJECT,
            "text": news.text,
        })  # fmt: skip

    def refusal(self, answer: kit.Answer) -> str:
        """A mail that was taken is a 200."""
        return "" if answer.status == 200 else f"Unexpected status code: {answer.status}"
