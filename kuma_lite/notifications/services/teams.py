"""Microsoft Teams: an adaptive card of a workflow, https://adaptivecards.io/explorer/AdaptiveCard.html."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

ICON = "https://raw.githubusercontent.com/louislam/uptime-kuma/master/public/icon.png"


class TeamsOptions(kit.ServiceOptions):
    """Which channel, and whether tags are shown."""

    webhook: str = kit.secret("Webhook URL", "webhookUrl", required=True)
    with_tags: bool = kit.switch("Include tags", "teamsEnableTags")


class Teams(kit.HttpService[TeamsOptions]):
    """A card in a Teams channel."""

    name, label, groups = "teams", "Microsoft Teams", ("chat",)
    description = "Posts a card to a Teams channel through a workflow."

    def request(self, o: TeamsOptions, news: kit.News) -> kit.Call:
        """A head in the colour of the state, facts, tags, links."""
        head = news.pick(f"[{news.name}] is back online", f"[{news.name}] went down", "Notification")
        card = {
            "type": "AdaptiveCard",
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "version": "1.5",
            "body": [
                header(head, news.pick("good", "attention", "emphasis")),
                facts(news),
                badges(news) if o.with_tags and news.tags else None,
                links(news),
            ],
        }
        attachment = {
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": kit.Exactly(""),
            "content": card,
        }
        summary = f"{news.pick('✅ ', '🔴 ', '')}{head}"
        return kit.Call(o.webhook, json={"type": "message", "summary": summary, "attachments": [attachment]})


def header(head: str, style: str) -> dict[str, object]:
    """The coloured part with icon and title."""
    icon = {"type": "Image", "width": "32px", "style": "Person", "url": ICON, "altText": "Uptime Kuma Logo"}
    title = {"type": "TextBlock", "size": "Medium", "weight": "Bolder", "text": f"**{head}**"}
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
        {"type": "Column", "width": "stretch", "items": [title, small]},
    ]
    row = {"type": "ColumnSet", "style": style, "columns": columns}
    return {"type": "Container", "verticalContentAlignment": "Center", "items": [row]}


def facts(news: kit.News) -> dict[str, object]:
    """What is known, a line each."""
    known = {
        "Description": news.msg if news.is_beat else news.text,
        "Monitor": news.name,
        "URL": news.address and f"[{news.address}]({news.address})",
        "Time": f"{news.local_time} ({news.zone})" if news.is_beat else "",
    }
    lines = [{"title": title, "value": value} for title, value in known.items() if value]
    return {"type": "FactSet", "separator": False, "facts": lines}


def badges(news: kit.News) -> dict[str, object]:
    """The tags."""
    layout = {"type": "Layout.Flow", "columnSpacing": "Small", "rowSpacing": "Small"}
    shown = [{"type": "Badge", "text": str(tag), "size": "Medium", "style": "Accent"} for tag in news.tags]
    return {"type": "Container", "layouts": [layout | {"horizontalItemsAlignment": "Left"}], "items": shown}


def links(news: kit.News) -> dict[str, object]:
    """Buttons to our page and to the target."""
    known = {"Visit Uptime Kuma": news.link, "Visit Monitor URL": news.url}
    shown = [{"type": "Action.OpenUrl", "title": title, "url": url} for title, url in known.items() if url]
    return {"type": "ActionSet", "actions": shown}
