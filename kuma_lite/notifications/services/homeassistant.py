"""Home Assistant: one of its notify actions."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

ICON = "https://github.com/louislam/uptime-kuma/blob/master/public/icon.png?raw=true"
EVERYBODY = "notify"  # the action that reaches all devices
ON_SCREEN = "persistent_notification"  # knows a title and a message alone


class HomeAssistantOptions(kit.ServiceOptions):
    """Which home, and whom it tells."""

    server: str = kit.url(
        "Home Assistant URL",
        "homeAssistantUrl",
        required=True,
        placeholder="https://homeassistant.local:8123",
    )
    token: str = kit.secret(
        "Long-Lived Access Token",
        "longLivedAccessToken",
        required=True,
        help="Made in Home Assistant under your profile, Security.",
    )
    action: str = kit.text(
        "Notification Action",
        "notificationService",
        placeholder="mobile_app_phone",
        help="Its name without notify. in front; without one all devices are told.",
    )


class HomeAssistant(kit.HttpService[HomeAssistantOptions]):
    """A notification by Home Assistant."""

    name, label, groups = "HomeAssistant", "Home Assistant", ("chat", "home")
    documentation = "https://www.home-assistant.io/integrations/notify/"
    description = "Calls a notify action of your Home Assistant."

    def request(self, o: HomeAssistantOptions, news: kit.News) -> kit.Call:
        """Title, text, and what automations may ask for."""
        action = o.action.strip() or EVERYBODY
        status = news.pick(1, 0)
        data = {"name": news.name, "status": status, "channel": "Uptime Kuma", "icon_url": ICON}
        address = f"{o.server.strip().rstrip('/')}/api/services/notify/{action}"
        return kit.Call(address, headers=kit.bearer(o.token), json={
            "title": "Uptime Kuma",
            "message": news.text,
            "data": None if action == ON_SCREEN else data,
        })  # fmt: skip
