"""GoAlert: an alert, opened and closed; the Generic API of its integration keys."""

from __future__ import annotations

from kuma_lite.notifications.services import kit


class GoAlertOptions(kit.ServiceOptions):
    """Which service."""

    server: str = kit.url(
        "Base URL", "goAlertBaseURL", required=True, placeholder="https://goalert.example.com"
    )
    token: str = kit.secret(
        "Token", "goAlertToken", required=True, help="Of an integration key of the type Generic API."
    )


class GoAlert(kit.HttpService[GoAlertOptions]):
    """An alert in GoAlert, one per monitor."""

    name, label, groups = "GoAlert", "GoAlert", ("incident",)
    documentation = "https://goalert.me/docs"
    description = "Opens an alert in GoAlert, and closes it when the monitor is up again."

    def request(self, o: GoAlertOptions, news: kit.News) -> kit.Call:
        """A form; without `dedup`, GoAlert would look for an alert with the text of the recovery to close."""
        address = f"{o.server.strip().rstrip('/')}/api/v2/generic/incoming"
        return kit.Call(address, query={"token": o.token.strip()}, parts={
            "summary": news.text,
            "action": "close" if news.up else None,
            "dedup": f"uptime-kuma-{news.id}" if news.is_beat else None,
        })  # fmt: skip
