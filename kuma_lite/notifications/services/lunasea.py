"""LunaSea: a push message to the app for media servers."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

API = "https://notify.lunasea.app/v1/custom"
MAX_BYTES = 2_500  # of the text; push services refuse messages of more than 4,096 bytes, escapes included


class LunaSeaOptions(kit.ServiceOptions):
    """Which device, or whose devices."""

    target: str = kit.select("Target", "lunaseaTarget", "device", {"device": "Device", "user": "User"})
    device: str = kit.text(
        "Device ID", "lunaseaDevice", required=True, shown_when=kit.when("lunaseaTarget", "device")
    )
    user: str = kit.text(
        "User ID", "lunaseaUserID", required=True, shown_when=kit.when("lunaseaTarget", "user")
    )


class LunaSea(kit.HttpService[LunaSeaOptions]):
    """A push message to the LunaSea app."""

    name, label, groups = "lunasea", "LunaSea", ("push",)
    documentation = "https://docs.lunasea.app/lunasea/notifications/custom-notifications"
    description = "Sends a push message to the LunaSea app."

    def request(self, o: LunaSeaOptions, news: kit.News) -> kit.Call:
        """The state, the reason and the time."""
        receiver = f"user/{o.user.strip()}" if o.target == "user" else f"device/{o.device.strip()}"
        msg = kit.limited(news.msg or news.text, MAX_BYTES, kit.Unit.BYTES)
        return kit.Call(f"{API}/{receiver}", json={
            "title": f"UptimeKuma Alert: {news.name}" if news.is_beat else "Uptime Kuma Alert",
            "body": f"[{news.state}] {msg}\nTime ({news.zone}): {news.local_time}" if news.is_beat else msg,
        })  # fmt: skip
