"""Gorush: a push message through a server of one's own."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

MAX_BYTES = 2_500  # of the text; Apple and Google refuse messages of more than 4,096 bytes, escapes included
NUMBERS = {"ios": 1, "android": 2, "huawei": 3}
PLATFORMS = {"ios": "iOS", "android": "Android", "huawei": "Huawei"}


class GorushOptions(kit.ServiceOptions):
    """Which device, through which server."""

    device: str = kit.secret("Device Token", "gorushDeviceToken", required=True)
    server: str = kit.url("Server URL", "gorushServerURL", required=True, placeholder="http://localhost:8088")
    platform: str = kit.select("Platform", "gorushPlatform", "", PLATFORMS, required=True)
    title: str = kit.text("Title", "gorushTitle")
    priority: str = kit.select(
        "Priority", "gorushPriority", "", {"normal": "Normal", "high": "High"}, section="advanced"
    )
    retry: int | None = kit.number(
        "Retry", "gorushRetry", minimum=0, section="advanced", help="How often the server tries again."
    )
    topic: str = kit.text(
        "Topic", "gorushTopic", section="advanced", help="On iOS the bundle identifier of the app."
    )


class Gorush(kit.HttpService[GorushOptions]):
    """A push message through a Gorush server."""

    name, label, groups = "gorush", "Gorush", ("chat", "push")
    documentation = "https://github.com/appleboy/gorush#request-body"
    description = "Sends a push message through your Gorush server."

    def request(self, o: GorushOptions, news: kit.News) -> kit.Call:
        """One notification to one device."""
        notification = {
            "tokens": [o.device.strip()],
            "platform": NUMBERS.get(o.platform),
            "message": kit.limited(news.text, MAX_BYTES, kit.Unit.BYTES),
            "title": o.title,
            "priority": o.priority,
            "retry": o.retry or 0,
            "topic": o.topic,
        }
        url = f"{o.server.strip().rstrip('/')}/api/push"
        return kit.Call(url, json={"notifications": [notification]})

    def refusal(self, answer: kit.Answer) -> str:
        """A server in sync mode tells what Apple, Google or Huawei has refused."""
        said = answer.at("logs", 0, "error") or answer.text
        return f"Gorush refused: {said}" if answer.at("logs", 0, "type") == "failed-push" else ""
