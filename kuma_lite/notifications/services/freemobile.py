"""Free Mobile: an SMS to your own phone."""

from __future__ import annotations

from kuma_lite.notifications.services import kit

API = "https://smsapi.free-mobile.fr/sendmsg"
TOO_MANY = 402  # too many SMS within a short time


class FreeMobileOptions(kit.ServiceOptions):
    """Whose phone."""

    user: str = kit.text("Free Mobile User Identifier", "freemobileUser", required=True)
    api_key: str = kit.secret(
        "Free Mobile API Key",
        "freemobilePass",
        required=True,
        help="Shown in your account once the option for notifications by SMS is on.",
    )


class FreeMobile(kit.HttpService[FreeMobileOptions]):
    """An SMS of Free Mobile to its customer."""

    name, label, groups = "FreeMobile", "FreeMobile (mobile.free.fr)", ("regional",)
    documentation = "https://mobile.free.fr/account/mes-options/notifications-sms"
    description = "Sends an SMS to your own phone at Free Mobile, in France."

    def request(self, o: FreeMobileOptions, news: kit.News) -> kit.Call:
        """The text in the query; the SMS have no red circle."""
        text = news.text.replace("🔴", "⛔️")
        return kit.Call(API, query={"msg": text}, json={"user": o.user, "pass": o.api_key})

    def heals(self, answer: kit.Answer) -> bool:
        """Whether the same request may succeed later."""
        return answer.status == TOO_MANY or super().heals(answer)
