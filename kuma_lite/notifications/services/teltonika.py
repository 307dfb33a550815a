"""Teltonika: an SMS of a router's modem."""

from __future__ import annotations

from urllib.parse import urljoin

from kuma_lite.notifications.services import kit

MAX_UNITS = 159  # of one SMS of the modem
HEADERS = {"Accept": "application/json", "cache-control": "no-cache"}


class TeltonikaOptions(kit.ServiceOptions):
    """Which router sends to which phone."""

    router: str = kit.url("Your Teltonika device URL", "teltonikaUrl", required=True)
    unchecked: bool = kit.switch("Ignore certificate validation", "teltonikaUnsafeTls", section="tls")
    username: str = kit.text("API username", "teltonikaUsername", required=True)
    password: str = kit.secret("API password", "teltonikaPassword", required=True)
    modem: str = kit.text("Modem Id", "teltonikaModem", required=True, placeholder="1-1")
    phone: str = kit.text("Phone number", "teltonikaPhoneNumber", required=True, placeholder="+37000000001")


class Teltonika(kit.HttpService[TeltonikaOptions]):
    """An SMS through a Teltonika router (RutOS 7.14 or newer)."""

    name, label, groups = "Teltonika", "Teltonika SMS Gateway", ("sms",)
    documentation = "https://developers.teltonika-networks.com/"
    description = "Sends an SMS through the modem of a Teltonika router."

    def request(self, o: TeltonikaOptions, news: kit.News) -> kit.Calls:
        """Log in, for tokens live five minutes, then send."""
        login = yield self._call(o, "login", {"username": o.username, "password": o.password}, {})
        text = kit.limited(news.text, MAX_UNITS, kit.Unit.UTF16, end="")
        sms = {"data": {"modem": o.modem, "number": o.phone, "message": text}}
        yield self._call(o, "messages/actions/send", sms, kit.bearer(str(login.at("data", "token"))))

    def _call(self, o: TeltonikaOptions, path: str, body: object, token: dict[str, str]) -> kit.Call:
        address = urljoin(o.router, f"/api/{path}")
        return kit.Call(address, json=body, headers={**HEADERS, **token}, verify=not o.unchecked)

    def refusal(self, answer: kit.Answer) -> str:
        """`success` must be true; what went wrong stands in `errors`, an object or a list of them."""
        errors = answer.at("errors", "error") or answer.at("errors", 0, "error") or answer.text
        return "" if answer.at("success") is True else f"The router refused: {errors}"
