"""Bark: a push message to iPhones, https://bark.day.app/#/en-us/."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

ICON = "https://github.com/louislam/uptime-kuma/raw/master/public/icon.png"
SOUNDS = (
    "alarm anticipate bell birdsong bloom calypso chime choo descent electronic fanfare glass gotosleep "
    "healthnotification horn ladder mailsent minuet multiwayinvitation newmail newsflash noir paymentsuccess "
    "shake sherwoodforest silence spell suspense telegraph tiptoes typewriters update"
)


class BarkOptions(kit.ServiceOptions):
    """Which device, and how it sounds."""

    version: str = kit.select("Bark API Version", "apiVersion", "v1", "v1 v2", required=True)
    endpoint: str = kit.secret("Bark Endpoint", "barkEndpoint", required=True)
    group: str = kit.text("Bark Group", "barkGroup", required=True, form_default="UptimeKuma")
    sound: str = kit.select("Bark Sound", "barkSound", "telegraph", SOUNDS, required=True)


class Bark(kit.HttpService[BarkOptions]):
    """A push message of the Bark app."""

    name, label, groups = "Bark", "Bark", ("push",)
    description = "Sends a push message to the Bark app on an iPhone."

    def request(self, o: BarkOptions, news: kit.News) -> kit.Call:
        """Version 1 has the texts in the path, version 2 in the body."""
        title = news.pick("UptimeKuma Monitor Up", "UptimeKuma Monitor Down", "UptimeKuma Message")
        look = {"icon": ICON, "group": o.group or "UptimeKuma", "sound": o.sound or "telegraph"}
        endpoint = o.endpoint.removesuffix("/")
        if o.version == "v2":
            return kit.Call(endpoint, json={"title": title, "body": news.text, **look})
        path = f"{kit.quoted(title)}/{kit.quoted(news.text)}"
        return kit.Call(f"{endpoint}/{path}", "GET", query=look)
