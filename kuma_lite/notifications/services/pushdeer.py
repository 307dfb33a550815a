"""PushDeer: a push message to phones."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

SERVER = "https://api2.pushdeer.com"


class PushDeerOptions(kit.ServiceOptions):
    """Whose devices."""

    server: str = kit.url(
        "PushDeer Server URL", "pushdeerServer", placeholder=SERVER, help="Only for a server of your own."
    )
    key: str = kit.secret("PushDeer Key", "pushdeerKey", required=True, placeholder="PDUxxxx")


class PushDeer(kit.HttpService[PushDeerOptions]):
    """A push message through PushDeer."""

    name, label, groups = "PushDeer", "PushDeer", ("regional",)
    documentation = "https://www.pushdeer.com/dev.html"
    description = "Sends a push message through PushDeer."

    def request(self, o: PushDeerOptions, news: kit.News) -> kit.Call:
        """Title and text as Markdown, where one line feed starts no new line."""
        title = f"## Uptime Kuma: {news.name} {news.pick('up', 'down')}"
        return kit.Call(f"{(o.server.strip() or SERVER).rstrip('/')}/message/push", json={
            "pushkey": o.key.strip(),
            "text": title if news.is_beat else "## Uptime Kuma Message",
            "desp": news.text.replace("\n", "\n\n"),
            "type": "markdown",
        })  # fmt: skip

    def refusal(self, answer: kit.Answer) -> str:
        """The server tells, device by device and as JSON in texts, what came of it."""
        if said := answer.at("error"):
            return f"PushDeer refused: {said}"
        results = answer.at("content", "result")
        if not results:
            return "PushDeer has found no device for this key."
        first = kit.Answer(answer.status, str(results[0]) if isinstance(results, list) else "")
        return "" if first.at("success") == "ok" else f"PushDeer refused: {answer.text}"
