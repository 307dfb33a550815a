"""Bark: a push message to iPhones."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

ICON = "https://github.com/louislam/uptime-kuma/raw/master/public/icon.png"
GROUP = "UptimeKuma"
SOUND = "telegraph"
MAX_BYTES = 2_500  # of the text; Apple refuses messages of more than 4,096 bytes, escapes included
SOUNDS = (
    "alarm anticipate bell birdsong bloom calypso chime choo descent electronic fanfare glass gotosleep "
    "healthnotification horn ladder mailsent minuet multiwayinvitation newmail newsflash noir "
    "paymentsuccess shake sherwoodforest silence spell suspense telegraph tiptoes typewriters update"
)


class BarkOptions(kit.ServiceOptions):
    """Which device, and how it sounds."""

    version: str = kit.select("Bark API Version", "apiVersion", "v1", "v1 v2", required=True)
    endpoint: str = kit.secret(
        "Bark Endpoint",
        "barkEndpoint",
        required=True,
        placeholder="https://api.day.app/your-key",
        help="The address with the key of your device at its end, as the app shows it.",
    )
    group: str = kit.text("Bark Group", "barkGroup", GROUP, required=True)
    sound: str = kit.select("Bark Sound", "barkSound", SOUND, SOUNDS, required=True)


class Bark(kit.HttpService[BarkOptions]):
    """A push message to an iPhone with the Bark app."""

    name, label, groups = "Bark", "Bark", ("push",)
    documentation = "https://bark.day.app/#/en-us/tutorial"
    description = "Sends a push message to the Bark app on an iPhone."

    def request(self, o: BarkOptions, news: kit.News) -> kit.Call:
        """Version 1 has title and text in the path, version 2 in the body."""
        endpoint = o.endpoint.strip().rstrip("/")
        what = news.pick("Monitor Up", "Monitor Down", "Message")
        title = f"UptimeKuma {what}"
        text = kit.limited(news.text, MAX_BYTES, kit.Unit.BYTES)
        if o.version == "v2":
            group, sound = o.group or GROUP, o.sound or SOUND
            body = {"title": title, "body": text, "icon": ICON, "sound": sound, "group": group}
            return kit.Call(endpoint, json=body)
        query = {"icon": ICON, "group": kit.Exactly(o.group), "sound": kit.Exactly(o.sound)}
        path = f"{kit.quoted(title)}/{kit.quoted(text)}"
        return kit.Call(f"{endpoint}/{path}", "GET", query=query)

    def refusal(self, answer: kit.Answer) -> str:
        """Older servers say what is wrong in a 200."""
        refused = answer.at("code") not in (None, 200)
        return f"Bark refused: {answer.at('message') or answer.text}" if refused else ""
