"""Gotify: a push message of your own server."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

USUAL_PRIORITY = 8  # when none is set; Android shows it with sound


class GotifyOptions(kit.ServiceOptions):
    """Which application of which server."""

    token: str = kit.secret("Application Token", "gotifyapplicationToken", required=True)
    server: str = kit.url(
        "Server URL", "gotifyserverurl", required=True, placeholder="https://gotify.example.com"
    )
    priority: int | None = kit.number(
        "Priority",
        "gotifyPriority",
        minimum=0,
        maximum=10,
        required=True,
        lenient=True,
        form_default=USUAL_PRIORITY,
        help="From 1 to 10; 0 counts as 8.",
    )


class Gotify(kit.HttpService[GotifyOptions]):
    """A message of an application on a Gotify server."""

    name, label, groups = "gotify", "Gotify", ("chat", "push")
    documentation = "https://gotify.net/docs/pushmsg"
    description = "Sends a push message through your Gotify server."

    def request(self, o: GotifyOptions, news: kit.News) -> kit.Call:
        """The text under a fixed title."""
        return kit.Call(f"{o.server.strip().rstrip('/')}/message", query={"token": o.token.strip()}, json={
            "message": news.text,
            "priority": o.priority or USUAL_PRIORITY,
            "title": "Uptime-Kuma",
        })  # fmt: skip
