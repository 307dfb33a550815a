"""Jira Service Management: an alert, opened and closed."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

API = "https://api.atlassian.com/jsm/ops/api"
JSON = {"Accept": "application/json", "Content-Type": "application/json"}
USUAL_PRIORITY = 3
# Longer texts are refused.
MAX_MESSAGE = 130  # characters of the title
MAX_DESCRIPTION = 15_000  # characters of the text


class JiraServiceManagementOptions(kit.ServiceOptions):
    """Which site, as whom, and how bad."""

    cloud: str = kit.text(
        "Cloud ID",
        "jsmCloudId",
        required=True,
        help="Shown at https://<your site>.atlassian.net/_edge/tenant_info. See "
        "https://support.atlassian.com/jira/kb/retrieve-my-atlassian-sites-cloud-id/.",
    )
    email: str = kit.text("Email", "jsmEmail", required=True, help="Of the account that the token is for.")
    token: str = kit.secret("API Token", "jsmApiToken", required=True)
    priority: int | None = kit.number(
        "Priority",
        "jsmPriority",
        minimum=1,
        maximum=5,
        help="From 1, the highest, to 5. Without one it is 3.",
    )


class JiraServiceManagement(kit.HttpService[JiraServiceManagementOptions]):
    """An alert, one per monitor, by its number: names may be changed or used twice."""

    name, label, groups = "JiraServiceManagement", "Jira Service Management", ("incident",)
    documentation = "https://developer.atlassian.com/cloud/jira/service-desk-ops/rest/v2/api-group-alerts/"
    description = "Opens an alert in Jira Service Management, and closes it when the monitor is up again."

    def request(self, o: JiraServiceManagementOptions, news: kit.News) -> kit.Calls:
        """Create the alert; or look for its id, as an alias closes none, and close it."""
        alerts = f"{API}/{kit.quoted(o.cloud.strip())}/v1/alerts"
        headers = {**JSON, **kit.basic(o.email.strip(), o.token.strip())}
        alias = f"uptime-kuma-{news.id or 'notification-test'}"
        source = {"source": "Uptime Kuma"}
        if news.up:
            found = yield kit.Call(f"{alerts}/alias", "GET", query={"alias": alias}, headers=headers)
            if not found.at("id"):
                raise kit.DeliveryFailed(
                    "Jira does not tell which alert to close: {answer}", answer=found.text
                )
            address = f"{alerts}/{kit.quoted(str(found.at('id')))}/close"
            yield kit.Call(address, headers=headers, json=source)
            return
        title = f"Uptime Kuma Alert: {news.name}" if news.is_beat else news.text
        yield kit.Call(alerts, headers=headers, json={
            "message": kit.limited(title, MAX_MESSAGE),
            "alias": alias,
            "description": kit.limited(news.text, MAX_DESCRIPTION) if news.is_beat else None,
            "priority": f"P{o.priority or USUAL_PRIORITY}" if news.is_beat else "P5",
            "tags": ["Uptime Kuma"],
            **source,
        })  # fmt: skip
