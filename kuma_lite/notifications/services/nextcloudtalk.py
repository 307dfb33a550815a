"""Nextcloud Talk: a message of a bot."""

from __future__ import annotations

import hmac
import secrets

from kuma_lite.notifications.services import kit

MAX_CHARS = 32_000  # of a message; a longer one is refused


class NextcloudTalkOptions(kit.ServiceOptions):
    """Which bot writes to which conversation."""

    host: str = kit.url(
        "Nextcloud host",
        "host",
        required=True,
        placeholder="https://cloud.example.org",
        help="With https://.",
    )
    conversation: str = kit.secret(
        "Conversation token",
        "conversationToken",
        required=True,
        help="The last part of the conversation's link.",
    )
    key: str = kit.secret(
        "Bot secret",
        "botSecret",
        required=True,
        help="As given to occ talk:bot:install; the bot must be enabled in the conversation. See "
        "https://nextcloud-talk.readthedocs.io/en/latest/bot-list/#uptime-kuma.",
    )
    silent_up: bool = kit.switch("Send UP silently", "sendSilentUp")
    silent_down: bool = kit.switch("Send DOWN silently", "sendSilentDown")


class NextcloudTalk(kit.HttpService[NextcloudTalkOptions]):
    """A message of a bot in a conversation of Nextcloud Talk."""

    name, label, groups = "nextcloudtalk", "Nextcloud Talk", ("chat",)
    documentation = "https://nextcloud-talk.readthedocs.io/en/latest/bots/"
    description = "Sends a message of a bot to a Nextcloud Talk conversation."

    def request(self, o: NextcloudTalkOptions, news: kit.News) -> kit.Call:
        """The text, signed together with a random word."""
        text, random = kit.limited(news.text, MAX_CHARS), secrets.token_hex(32)
        signed = hmac.digest(o.key.encode(), f"{random}{text}".encode("utf-8", "replace"), "sha256")
        silent_down = o.silent_down if "silent_down" in o.model_fields_set else None  # is left out, then
        path = f"ocs/v2.php/apps/spreed/api/v1/bot/{o.conversation.strip()}/message"
        return kit.Call(
            f"{o.host.strip().rstrip('/')}/{path}",
            json={"message": text, "silent": news.pick(o.silent_up, silent_down, False)},
            headers={
                "X-Nextcloud-Talk-Bot-Random": random,
                "X-Nextcloud-Talk-Bot-Signature": signed.hex(),
                "OCS-APIRequest": "true",
            },
        )

    def refusal(self, answer: kit.Answer) -> str:
        """Anything but a 201 comes from something else than Talk, a login page for example."""
        return "" if answer.status == 201 else f"Nextcloud Talk Error {answer.status}"
