"""TurboSMTP: an e-mail."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

SERVERS = {"us": "https://api.turbo-smtp.com", "eu": "https://api.eu.turbo-smtp.com"}
REGIONS = {"us": "US (Default)", "eu": "EU"}
SUBJECT = "Notification from Your Uptime Kuma"


class TurboSMTPOptions(kit.ServiceOptions):
    """From whom to whom."""

    key: str = kit.secret("Consumer Key", "turbosmtpConsumerKey", required=True)
    consumer_secret: str = kit.secret("Consumer Secret", "turbosmtpConsumerSecret", required=True)
    region: str = kit.select("Region", "turbosmtpRegion", "us", REGIONS, required=True)
    sender: str = kit.text("From Email", "turbosmtpFromEmail", required=True)
    to: str = kit.text(
        "To Email", "turbosmtpToEmail", required=True, help="One or more, with commas between."
    )
    cc: str = kit.text("CC", "turbosmtpCcEmail")
    bcc: str = kit.text("BCC", "turbosmtpBccEmail")
    subject: str = kit.text("Subject", "turbosmtpSubject", placeholder=SUBJECT, section="content")


class TurboSMTP(kit.HttpService[TurboSMTPOptions]):
    """An e-mail through TurboSMTP."""

    name, label, groups = "TurboSMTP", "TurboSMTP", ("email",)
    documentation = "https://serversmtp.com/turbo-api/"
    description = "Sends an e-mail through TurboSMTP."

    def request(self, o: TurboSMTPOptions, news: kit.News) -> kit.Call:
        """A mail of plain text; receivers are one text with commas."""
        address = f"{SERVERS.get(o.region, SERVERS['us'])}/api/v2/mail/send"
        headers = {"consumerKey": o.key.strip(), "consumerSecret": o.consumer_secret.strip()}
        return kit.Call(address, headers=headers, json={
            "from": o.sender.strip(),
            "to": o.to,
            "cc": ",".join(kit.comma_list(o.cc)),
            "bcc": ",".join(kit.comma_list(o.bcc)),
            "subject": o.subject.strip() or SUBJECT,
            "content": news.text,
        })  # fmt: skip
