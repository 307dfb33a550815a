"""Microsoft Teams: a card through a workflow's webhook, https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook."""

from __future__ import annotations

import re

from kuma_lite.notifications.services import kit

ICON = "https://raw.githubusercontent.com/louislam/uptime-kuma/master/public/icon.png"
SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
MAX_BYTES = 16_000  # of the text; Teams refuses messages of more than 28 KB
REFUSED = "Webhook message delivery failed"  # how the text of a connector's refusal begins
PASSING = re.compile(r"HTTP error (429|5\d\d)")


class TeamsOptions(kit.ServiceOptions):
    """Which webhook, and how much the card shows."""

    webhook: str = kit.secret("Webhook URL", "webhookUrl", required=True)
    with_tags: bool = kit.switch("Include tags", "teamsEnableTags", section="content")


class Teams(kit.HttpService[TeamsOptions]):
    """An adaptive card in a Teams channel."""

    name, label, groups = "teams", "Microsoft Teams", ("chat",)
    pace = kit.Pace(4, 1)  # of a connector
    description = "Posts a card to a Microsoft Teams channel through a workflow's webhook."

    def request(self, o: TeamsOptions, news: kit.News) -> kit.Call:
        """One message with one card."""
        what = news.pick(f"[{news.name}] is back online", f"[{news.name}] went down", "Notification")
        card = {
            "type": "AdaptiveCard",
            "$schema": SCHEMA,
            "version": "1.5",
            "body": [
                heading(f"**{what}**", news.pick("good", "attention", "emphasis")),
                {"type": "FactSet", "separator": False, "facts": facts(news)},
                badges(news) if o.with_tags and news.tags else None,
                {"type": "ActionSet", "actions": actions(news)},
            ],
        }
        attachment = {
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": kit.Exactly(""),
            "content": card,
        }
        summary = f"{news.pick('✅ ', '🔴 ', '')}{what}"
        return kit.Call(o.webhook, json={"type": "message", "summary": summary, "attachments": [attachment]})

    def refusal(self, answer: kit.Answer) -> str:
        """Connectors, older than workflows, say what went wrong behind them in a 200."""
        return f"Teams refused: {answer.text}" if answer.text.startswith(REFUSED) else ""

    def heals(self, answer: kit.Answer) -> bool:
        """What was too much, or failed at Microsoft, may be taken later."""
        return bool(PASSING.search(answer.text)) or super().heals(answer)


def heading(title: str, style: str) -> dict[str, object]:
    """The icon, and beside it what happened."""
    icon = {"type": "Image", "width": "32px", "style": "Person", "url": ICON, "altText": "Uptime Kuma Logo"}
    large = {"type": "TextBlock", "size": "Medium", "weight": "Bolder", "text": title}
    small = {
        "type": "TextBlock",
        "size": "Small",
        "weight": "Default",
        "text": "Uptime Kuma Alert",
        "isSubtle": True,
        "spacing": "None",
    }
    columns = [
        {"type": "Column", "width": "auto", "verticalContentAlignment": "Center", "items": [icon]},
        {"type": "Column", "width": "stretch", "items": [large, small]},
    ]
    row = {"type": "ColumnSet", "style": style, "columns": columns}
    return {"type": "Container", "verticalContentAlignment": "Center", "items": [row]}


def facts(news: kit.News) -> list[dict[str, str]]:
    """What is known, line by line."""
    known = {
        "Description": kit.limited(news.msg or news.text, MAX_BYTES, kit.Unit.BYTES),
        "Monitor": news.name,
        "URL": news.address and f"[{news.address}]({news.address})",
        "Time": news.local_time and f"{news.local_time} ({news.zone})",
    }
    return [{"title": title, "value": value} for title, value in known.items() if value]


def badges(news: kit.News) -> dict[str, object]:
    """The tags of the monitor."""
    flow = {
        "type": "Layout.Flow",
        "columnSpacing": "Small",
        "rowSpacing": "Small",
        "horizontalItemsAlignment": "Left",
    }
    tags = [{"type": "Badge", "text": str(tag), "size": "Medium", "style": "Accent"} for tag in news.tags]
    return {"type": "Container", "layouts": [flow], "items": tags}


def actions(news: kit.News) -> list[dict[str, str]]:
    """Buttons to our page and to what is watched."""
    links = {"Visit Uptime Kuma": news.link, "Visit Monitor URL": news.address}
    return [{"type": "Action.OpenUrl", "title": title, "url": url} for title, url in links.items() if url]
