"""Gotify: a push message of one's own server, https://gotify.net/docs/pushmsg."""

from __future__ import annotations

from kuma_lite.notifications.services import kit


class GotifyOptions(kit.ServiceOptions):
    """Which server, and how loud."""

    token: str = kit.secret("Application Token", "gotifyapplicationToken", required=True)
    server: str = kit.url("Server URL", "gotifyserverurl", required=True)
    priority: int | None = kit.number("Priority", "gotifyPriority", minimum=0, maximum=10, form_default=8)


class Gotify(kit.HttpService[GotifyOptions]):
    """A message of a Gotify application."""

    name, label, groups = "gotify", "Gotify", ("chat", "push")
    description = "Sends a push message through your Gotify server."

    def request(self, o: GotifyOptions, news: kit.News) -> kit.Call:
        """The text, with a priority."""
        body = {"message": news.text, "priority": o.priority or 8, "title": "Uptime-Kuma"}
        return kit.Call(f"{o.server.rstrip('/')}/message", query={"token": o.token}, json=body)
