"""VK: a message of a community."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

API = "https://api.vk.ru/method/messages.send"
VERSION = "5.199"
FORM = "application/x-www-form-urlencoded;charset=utf-8"
MAX_CHARS = 4_096  # of a message; a longer one is refused
LARGEST_ID = 2**31 - 1
PASSING = frozenset({1, 6, 9, 10})  # unknown fault, too many at a time, flood, fault of the server


class VkOptions(kit.ServiceOptions):
    """Which community writes to whom."""

    token: str = kit.secret(
        "Access Token",
        "vkAccessToken",
        required=True,
        help="Of a community, with the right to send messages.",
    )
    version: str = kit.text("API Version", "vkApiVersion", VERSION, required=True)
    peer: str = kit.text(
        "Peer ID",
        "vkPeerId",
        required=True,
        help="The ID of a person; of a chat 2000000000 plus its number.",
    )
    without_snippets: bool = kit.switch("Disable link snippets", "vkDontParseLinks")


class Vk(kit.HttpService[VkOptions]):
    """A message of a VK community."""

    name, label, groups = "VK", "VK", ("regional",)
    documentation = "https://dev.vk.com/en/method/messages.send"
    description = "Sends a message of your VK community to a person or a chat."

    def request(self, o: VkOptions, news: kit.News) -> kit.Call:
        """Call `messages.send`."""
        return kit.Call(API, headers={"Content-Type": FORM}, form={
            "access_token": o.token.strip(),
            "v": o.version.strip() or VERSION,
            "peer_id": o.peer.strip(),
            "message": kit.limited(news.text, MAX_CHARS),
            "dont_parse_links": int(o.without_snippets),
            "random_id": int(kit.chance() * LARGEST_ID),
        })  # fmt: skip

    def refusal(self, answer: kit.Answer) -> str:
        """Refusals come with status 200 and an `error`."""
        if answer.at("error"):
            said = answer.at("error", "error_msg") or answer.text
            return f"VK API returned error {answer.at('error', 'error_code')}: {said}"
        return "" if answer.at("response") is not None else f"VK did not take it: {answer.text}"

    def heals(self, answer: kit.Answer) -> bool:
        """Some errors are of the moment."""
        return answer.at("error", "error_code") in PASSING or super().heals(answer)
