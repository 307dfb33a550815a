"""Bitrix24: a notification of the system."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

GREEN = "#67b518"
RED = "#b73419"


class Bitrix24Options(kit.ServiceOptions):
    """Whose notifications."""

    webhook: str = kit.secret(
        "Bitrix24 Webhook URL",
        "bitrix24WebhookURL",
        required=True,
        placeholder="https://example.bitrix24.com/rest/1/.../",
        help="An inbound webhook that may use Chat and Notifications (im). See "
        "https://helpdesk.bitrix24.com/open/12357038/.",
    )
    user: str = kit.text(
        "User ID", "bitrix24UserID", required=True, help="The number in the address of the user's profile."
    )


class Bitrix24(kit.HttpService[Bitrix24Options]):
    """A notification for a user of Bitrix24."""

    name, label, groups = "Bitrix24", "Bitrix24", ("chat",)
    documentation = "https://apidocs.bitrix24.com/api-reference/chats/notifications/im-notify-system-add.html"
    description = "Sends a notification to a user of Bitrix24."

    def request(self, o: Bitrix24Options, news: kit.News) -> kit.Call:
        """The text in a coloured attachment."""
        address = f"{o.webhook.strip().rstrip('/')}/im.notify.system.add.json"
        return kit.Call(address, "GET", query={
            "user_id": o.user.strip(),
            "message": "[B]Uptime Kuma[/B]",
            "ATTACH[COLOR]": news.pick(GREEN, RED, GREEN),
            "ATTACH[BLOCKS][0][MESSAGE]": news.text,
        })  # fmt: skip

    def refusal(self, answer: kit.Answer) -> str:
        """`error` is a code, `error_description` a sentence."""
        error = answer.at("error")
        return f"Bitrix24 refused: {answer.at('error_description') or error}" if error else ""
