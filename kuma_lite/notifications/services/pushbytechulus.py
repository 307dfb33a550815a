"""Push by Techulus: a push message to phones and browsers."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

API = "https://push.techulus.com/api/v1/notify"
TITLE = "Uptime-Kuma"
SOUNDS = "default arcade correct fail harp reveal bubble doorbell flute money scifi clear elevator guitar pop"


class PushByTechulusOptions(kit.ServiceOptions):
    """Whose devices, and how loud."""

    key: str = kit.secret("API Key", "pushAPIKey", required=True)
    title: str = kit.text("Title", "pushTitle", form_default=TITLE)
    channel: str = kit.text(
        "Notification Channel",
        "pushChannel",
        form_default="uptime-kuma",
        help="Letters, digits and hyphens.",
    )
    sound: str = kit.select("Sound", "pushSound", "", SOUNDS, form_default="default")
    urgent: bool = kit.switch("Time Sensitive (iOS Only)", "pushTimeSensitive", True)


class PushByTechulus(kit.HttpService[PushByTechulusOptions]):
    """A push message through Push by Techulus."""

    name, label, groups = "PushByTechulus", "Push by Techulus", ("push",)
    documentation = "https://docs.push.techulus.com/api-documentation"
    description = "Sends a push message through Push by Techulus."

    def request(self, o: PushByTechulusOptions, news: kit.News) -> kit.Call:
        """Title and text."""
        return kit.Call(f"{API}/{kit.quoted(o.key.strip())}", json={
            "title": o.title or TITLE,
            "body": news.text,
            "timeSensitive": o.urgent,
            "channel": o.channel,
            "sound": o.sound,
        })  # fmt: skip

    def refusal(self, answer: kit.Answer) -> str:
        """`success` is there in refusals, too."""
        said = answer.at("message") or answer.text
        return f"Push by Techulus refused: {said}" if answer.at("success") is False else ""
