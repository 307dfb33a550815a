"""Pushover: a push message to phones."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

API = "https://api.pushover.net/1/messages.json"
MAX_CHARS = 1_024  # of a message; a longer one is refused
SOUNDS = (
    "pushover bike bugle cashregister classical cosmic falling gamelan incoming intermission magic "
    "mechanical pianobar siren spacealarm tugboat alien climb persistent echo updown vibrate none"
)


class PushoverOptions(kit.ServiceOptions):
    """Who gets it, and how loud."""

    user: str = kit.secret("User Key", "pushoveruserkey", required=True)
    token: str = kit.secret("Application Token", "pushoverapptoken", required=True)
    device: str = kit.text("Device", "pushoverdevice")
    title: str = kit.text("Message Title", "pushovertitle")
    priority: str = kit.select("Priority", "pushoverpriority", "", "-2 -1 0 1 2")
    sound: str = kit.select("Notification Sound - Down", "pushoversounds", "", SOUNDS)
    sound_up: str = kit.select("Notification Sound - Up", "pushoversounds_up", "", SOUNDS)
    ttl: int | None = kit.number("Message TTL (Seconds)", "pushoverttl", minimum=0)


class Pushover(kit.HttpService[PushoverOptions]):
    """A push message to the devices of a Pushover user or group."""

    name, label, groups = "pushover", "Pushover", ("push",)
    documentation = "https://pushover.net/api"
    description = "Sends a push message through Pushover."

    def request(self, o: PushoverOptions, news: kit.News) -> kit.Call:
        """The text as HTML, with a link to the monitor."""
        time = f"\n<b>Time ({news.zone})</b>: {news.local_time}" if news.is_beat else ""
        text = kit.limited(news.text, MAX_CHARS - len(time), escape=kit.escaping.html)
        return kit.Call(API, json={
            "message": text + time,
            "user": o.user,
            "token": o.token,
            "sound": (news.up and o.sound_up) or o.sound,
            "priority": o.priority,
            "title": o.title,
            "retry": "30",
            "expire": "3600",
            "html": 1,
            "url": news.link,
            "url_title": news.link and "Link to Monitor",
            "device": o.device,
            "ttl": o.ttl,
        })  # fmt: skip
