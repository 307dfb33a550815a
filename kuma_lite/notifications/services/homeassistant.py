"""Home Assistant: a notify action, https://www.home-assistant.io/integrations/notify/."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

ICON = "https://github.com/louislam/uptime-kuma/blob/master/public/icon.png?raw=true"
WITHOUT_DATA = "persistent_notification"  # refuses what it does not know


class HomeAssistantOptions(kit.ServiceOptions):
    """Which house, and which devices in it."""

    server: str = kit.url("Home Assistant URL", "homeAssistantUrl", required=True)
    token: str = kit.secret("Long-Lived Access Token", "longLivedAccessToken", required=True)
    action: str = kit.text(
        "Notification Action", "notificationService", placeholder="default: notify all devices"
    )


class HomeAssistant(kit.HttpService[HomeAssistantOptions]):
    """A notification of a Home Assistant."""

    name, label, groups = "HomeAssistant", "Home Assistant", ("chat", "home")
    description = "Calls a notify action of your Home Assistant."

    def request(self, o: HomeAssistantOptions, news: kit.News) -> kit.Call:
        """The text, and what automations may ask for."""
        action = o.action or "notify"
        status = news.pick(1, 0)
        data = {"name": news.name, "status": status, "channel": "Uptime Kuma", "icon_url": ICON}
        address = f"{o.server.strip().rstrip('/')}/api/services/notify/{action}"
        return kit.Call(address, headers=kit.bearer(o.token), json={
            "title": "Uptime Kuma",
            "message": news.text,
            "data": None if action == WITHOUT_DATA else data,
        })  # fmt: skip
