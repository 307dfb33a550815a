from __future__ import annotations

from kuma_lite.notifications.services import kit
from kuma_lite.notifications.services.callmebot import CallMeBot, CallMeBotOptions


def test_the_placeholder_of_the_given_address_is_replaced() -> None:
    endpoint = "https://api.callmebot.com/whatsapp.php?phone=+49170&text=[message]&apikey=1"
    options = CallMeBotOptions.read({"callMeBotEndpoint": endpoint})
    call = CallMeBot().request(options, kit.News("a & b", kit.Severity.TEST))
    assert (call.method, call.address) == (
        "GET",
        "https://api.callmebot.com/whatsapp.php?phone=+49170&text=a+%26+b&apikey=1",
    )
