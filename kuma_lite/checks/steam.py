"""Steam: Valve's list of game servers knows the server (IGameServersService of the Steam Web API)."""

from __future__ import annotations

from contextlib import suppress
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from kuma_lite.checks._host import clean_host
from kuma_lite.checks._network import is_maybe_ours, network_of
from kuma_lite.checks._shared_options import ignore_tls_option, timeout_option
from kuma_lite.checks._status_codes import DEFAULT_CODES, is_accepted
from kuma_lite.core.declarations import (
    CannotCheck,
    CheckContext,
    CheckFailed,
    CheckResult,
    Kind,
    MonitorType,
    Notation,
)
from kuma_lite.core.json_text import JsonTextError, parse_json, text_of
from kuma_lite.core.options import Options, option
from kuma_lite.net.errors import NetworkError
from kuma_lite.net.http import Request, Response
from kuma_lite.net.http.message import BODY_GRACE
from kuma_lite.net.icmp import DEFAULT_SIZE, DEFAULT_TOTAL_TIMEOUT
from kuma_lite.net.network import USER_AGENT
from kuma_lite.net.ping_program import PingUnavailable
from kuma_lite.net.resolve import literal

if TYPE_CHECKING:
    from kuma_lite.net.network import Network

API: Final = "https://api.steampowered.com"
KEY_SETTING: Final = "steamAPIKey"
_PATH: Final = "/IGameServersService/GetServerList/v1/"
_KEY_TROUBLE: Final = frozenset(
    {401, 403, 429}
)  # Valve's answers to an unknown key, and to one used too much
_DEADLINE_SLACK_S: Final = 20.0


class SteamOptions(Options):
    """Which server, and how to ask for it. Keys are Uptime Kuma 2.5's."""

    hostname: str = option("", label="Hostname", kind=Kind.HOST, required=True)
    port: int | None = option(None, label="Port", kind=Kind.PORT, required=True, form_default=27015)
    timeout: float = timeout_option("For the answer of Steam.", form_default=48)
    accepted: tuple[str, ...] = option(
        DEFAULT_CODES,
        alias="accepted_statuscodes",
        label="Accepted status codes",
        kind=Kind.STATUS_CODES,
        section="advanced",
        help="Of the answer of Steam. None at all accepts 200-299.",
    )
    max_redirects: int = option(
        10,
        alias="maxredirects",
        label="Redirects followed",
        kind=Kind.NUMBER,
        section="advanced",
        minimum=0,
        step=1,
    )
    size: int = option(
        DEFAULT_SIZE,
        alias="packetSize",
        label="Packet size",
        kind=Kind.NUMBER,
        section="advanced",
        unit="bytes",
        minimum=1,
        maximum=65_500,
        step=1,
        help="Of the ping that measures the way to the server.",
    )
    ignore_tls: bool = ignore_tls_option()


class SteamMonitor(MonitorType[SteamOptions]):
    """Asks Valve's list for the address of the server, and pings the server once.

    Without a key, and with one that Steam refuses, nothing is said about the server: that is no DOWN, as it
    is in Uptime Kuma 2.5; neither is trouble on the way to Steam.

    Args:
        base_url: where the Steam Web API is.
    """

    name = "steam"
    label = "Steam game server"
    description = "Looks a game server up in Steam's list, with the Steam API key of the settings."
    group = "specific"
    options = SteamOptions
    notations = (Notation("steam", ports=(27015,), rank=2),)

    def __init__(self, base_url: str = API) -> None:
        self._base_url = base_url

    def deadline(self, options: SteamOptions, context: CheckContext) -> float:
        """The question and the ping."""
        del options
        return context.timeout + BODY_GRACE + DEFAULT_TOTAL_TIMEOUT + _DEADLINE_SLACK_S

    async def check(self, options: SteamOptions, context: CheckContext) -> CheckResult:
        """The ping is that of the server, or the time of the question in whole ms where it answers none."""
        network = network_of(context)
        key = network.find_setting(KEY_SETTING)
        if not key:
            raise CannotCheck("Steam API Key not found")
        begun = perf_counter()
        address = await _address(network, options.hostname.strip())
        response = await self._ask(options, context, key, f"{address}:{options.port or ''}")
        elapsed = round((perf_counter() - begun) * 1000)
        name = _server_name(response)
        if name is None:
            raise CheckFailed("Server not found on Steam", ping=elapsed)
        ping = await _ping(network, address, options.size or DEFAULT_SIZE)
        return CheckResult(name, ping=elapsed if ping is None else ping)

    async def _ask(self, options: SteamOptions, context: CheckContext, key: str, address: str) -> Response:
        question = urlencode({"filter": f"addr\\{address}", "key": key})
        request = Request(
            "GET",
            f"{self._base_url}{_PATH}?{question}",
            headers=[("Accept", "*/*"), ("User-Agent", USER_AGENT)],
            timeout=context.timeout,
            max_redirects=options.max_redirects,
            verify=not options.ignore_tls,
        )
        try:
            response = await network_of(context).http.send(request)
        except NetworkError as error:
            raise CannotCheck(f"Steam cannot be asked: {error.message}") from None
        if not is_accepted(response.status, options.accepted or DEFAULT_CODES):
            text = f"Request failed with status code {response.status}"
            if response.status in _KEY_TROUBLE or response.status >= 500:
                raise CannotCheck(f"Steam cannot be asked: {text}")
            raise CheckFailed(text)
        return response


async def _address(network: Network, hostname: str) -> str:
    """The address as Steam lists it, of version 4 if there is one. Raises CheckFailed."""
    host = clean_host(hostname)
    known = literal(host)
    if known is not None:
        return known.ip
    try:
        found = [address.ip for address in await network.resolver.resolve(host)]
    except NetworkError as error:
        text = f'Unable to resolve Steam server hostname "{hostname}": {error.message}'
        raise CheckFailed(text, local=is_maybe_ours(error)) from None
    return next((ip for ip in found if ":" not in ip), found[0])


async def _ping(network: Network, address: str, size: int) -> float | None:
    """ms; None when there is no answer, which many game servers never give."""
    with suppress(NetworkError, PingUnavailable):
        result = await network.pinger.ping(address, size=size)
        if result.times_ms:
            return round(result.times_ms[0], 3)
    return None


def _server_name(response: Response) -> str | None:
    """Of the first server in the answer; None when it lists none."""
    try:
        answer: Any = parse_json(response.text)
    except JsonTextError:
        raise CannotCheck("Steam cannot be asked: its answer is no JSON") from None
    listed = answer.get("response") if isinstance(answer, dict) else None
    servers = listed.get("servers") if isinstance(listed, dict) else None
    if not isinstance(servers, list) or not servers:
        return None
    first = servers[0]
    return text_of(first.get("name") or "") if isinstance(first, dict) else ""
