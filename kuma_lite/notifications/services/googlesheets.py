"""Google Sheets: a row, added by an Apps Script."""

from __future__ import annotations

from kuma_lite.core.clock import to_ms, wire_time
from kuma_lite.notifications.services import kit

UNKNOWN = "N/A"
LOGIN_PAGE = "accounts.google.com"


class GoogleSheetsOptions(kit.ServiceOptions):
    """Which script."""

    webhook: str = kit.secret(
        "Google Apps Script Webhook URL",
        "googleSheetsWebhookUrl",
        required=True,
        placeholder="https://script.google.com/macros/s/YOUR_SCRIPT_ID/exec",
        help="A web app that anyone may open, whose doPost(e) appends the values of "
        "JSON.parse(e.postData.contents) to a sheet: timestamp, status, monitorName, monitorUrl, message, "
        "responseTime and statusCode.",
    )


class GoogleSheets(kit.HttpService[GoogleSheetsOptions]):
    """A row in a Google sheet."""

    name, label, groups = "GoogleSheets", "Google Sheets", ("other",)
    documentation = "https://developers.google.com/apps-script/guides/web"
    description = "Adds a row to a Google sheet through an Apps Script of yours."
    redirects_when_done = True  # to where the script's answer can be read

    def request(self, o: GoogleSheetsOptions, news: kit.News) -> kit.Call:
        """The values of a row; what is not known has a word, so that no column is empty."""
        ping = news.heartbeat.get("ping") if news.heartbeat else None
        return kit.Call(o.webhook.strip(), json={
            "timestamp": wire_time(to_ms(news.now)).replace(" ", "T") + "Z",
            "status": news.pick("UP", "DOWN", UNKNOWN),
            "monitorName": news.name or UNKNOWN,
            "monitorUrl": news.address or UNKNOWN,
            "message": news.text,
            "responseTime": ping or UNKNOWN,
            "statusCode": UNKNOWN,  # sheets have a column for it; heartbeats have none
        })  # fmt: skip

    def refusal(self, answer: kit.Answer) -> str:
        """Whoever may not open the script is shown the login page, with a 200."""
        login = answer.json is None and LOGIN_PAGE in answer.text
        return "Google asks for a login: deploy the script as a web app that anyone may open" if login else ""
