"""ServerChan: a push message to WeChat or its own app."""

from __future__ import annotations

import re

from kuma_lite.notifications.services import kit

KEY_OF_VERSION_3 = re.compile(r"sctp(\d+)t", re.IGNORECASE)  # holds the number of the account


class ServerChanOptions(kit.ServiceOptions):
    """Whose account."""

    key: str = kit.secret("SendKey", "serverChanSendKey", required=True)


class ServerChan(kit.HttpService[ServerChanOptions]):
    """A push message through ServerChan."""

    name, label, groups = "ServerChan", "ServerChan (Server酱)", ("regional",)
    documentation = "https://sct.ftqq.com/sendkey"
    description = "Sends a push message through ServerChan."

    def request(self, o: ServerChanOptions, news: kit.News) -> kit.Call:
        """Title and text."""
        key = o.key.strip()
        found = KEY_OF_VERSION_3.match(key)
        server = f"https://{found[1]}.push.ft07.com/send" if found else "https://sctapi.ftqq.com"
        what = news.pick("Monitor Up", "Monitor Down", "Message")
        body = {"title": f"UptimeKuma {what} {news.name}".strip(), "desp": news.text}
        return kit.Call(f"{server}/{key}.send", json=body)

    def refusal(self, answer: kit.Answer) -> str:
        """Refusals may come with status 200 and a code other than 0."""
        return f"ServerChan refused: {answer.at('message') or answer.text}" if answer.at("code") else ""
