"""LunaSea: a push message of its notification relay, https://docs.lunasea.app/lunasea/notifications."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

API = "https://notify.lunasea.app/v1/custom"


class LunaSeaOptions(kit.ServiceOptions):
    """Which device, or all of a user."""

    target: str = kit.select(
        "Target", "lunaseaTarget", "device", {"device": "Device", "user": "User"}, required=True
    )
    device: str = kit.text("Device ID", "lunaseaDevice", shown_when=kit.when("lunaseaTarget", "device"))
    user: str = kit.text("User ID", "lunaseaUserID", shown_when=kit.when("lunaseaTarget", "user"))


class LunaSea(kit.HttpService[LunaSeaOptions]):
    """A push message to the LunaSea app."""

    name, label, groups = "lunasea", "LunaSea", ("push",)
    description = "Sends a push message to the LunaSea app."

    def request(self, o: LunaSeaOptions, news: kit.News) -> kit.Call:
        """The name as title, state, reason and time below it."""
        target = f"user/{o.user}" if o.target == "user" else f"device/{o.device}"
        title = f"UptimeKuma Alert: {news.name}" if news.is_beat else "Uptime Kuma Alert"
        body = f"[{news.status}] {news.msg}\n{news.when}" if news.is_beat else news.text
        return kit.Call(f"{API}/{target}", json={"title": title, "body": body})
