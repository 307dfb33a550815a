"""GameDig: a game server (or a voice server) tells its name in the protocol of its game."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from kuma_lite.checks._games.query import BadAnswer, Query
from kuma_lite.checks._games.service import MINECRAFT_PORT, minecraft_service
from kuma_lite.checks._games.table import Game, games, ports_to_ask
from kuma_lite.checks._host import clean_host
from kuma_lite.checks._network import is_maybe_ours, network_of
from kuma_lite.core.declarations import (
    CannotCheck,
    CheckContext,
    CheckFailed,
    CheckResult,
    Choice,
    Kind,
    MonitorType,
    Notation,
)
from kuma_lite.core.options import Options, option
from kuma_lite.net.errors import NetworkError, timeout_error

if TYPE_CHECKING:
    from kuma_lite.checks._games.protocols import Ask
    from kuma_lite.net.network import Network

ATTEMPT_TIMEOUT_S: Final = 10.0  # as in Uptime Kuma 2.5
_BY_PROTOCOL: Final = "protocol-"  # a game of that name is any that speaks the protocol
_MINECRAFT: Final = "minecraft"
_PORTS_KEPT: Final = 4096  # one per monitor in use


class GameDigOptions(Options):
    """Which server, and what runs there. Keys are Uptime Kuma 2.5's."""

    game: str = option(
        "",
        label="Game",
        kind=Kind.TEXT,
        required=True,
        placeholder="minecraft",
        choices=tuple(Choice(game.key, game.name) for game in games().values()),
        help="Search by its name, or type its short name, as GameDig has it.",
    )
    hostname: str = option("", label="Hostname", kind=Kind.HOST, required=True)
    port: int | None = option(
        None, label="Port", kind=Kind.PORT, help="Leave empty for the usual one of the game."
    )
    given_port_only: bool = option(
        True,
        alias="gamedigGivenPortOnly",
        label="Ask at this port only",
        kind=Kind.SWITCH,
        section="advanced",
        help="Otherwise the ports are tried as well that the game has for questions.",
    )
    token: str = option(
        "",
        alias="gamedigToken",
        label="Token",
        kind=Kind.PASSWORD,
        section="authentication",
        secret=True,
        help="For the few games whose servers want one, such as Terraria.",
    )


class GameDigMonitor(MonitorType[GameDigOptions]):
    """Asks at one port after the other until one answers.

    Unlike Uptime Kuma 2.5 it says why no attempt succeeded, prefers an address of IPv4 (most games know no
    other), and asks for the name alone: a server that keeps its players to itself is up. A Minecraft server
    is looked for as the game does it, at the host and port that the domain names.
    """

    name = "gamedig"
    label = "Game server (GameDig)"
    description = "Asks a game server for its name, in the protocol of its game."
    group = "specific"
    options = GameDigOptions
    notations = (Notation("minecraft", ports=(MINECRAFT_PORT,), sets={"game": _MINECRAFT}),)

    def __init__(self) -> None:
        self._answering: OrderedDict[tuple[str, int | None, str], int | None] = OrderedDict()

    async def check(self, options: GameDigOptions, context: CheckContext) -> CheckResult:
        """The ping is the shortest time of an answer (or a connection) in whole ms."""
        game, ask = _spoken(options.game)
        host = clean_host(options.hostname)
        network = network_of(context)
        key = (host, options.port, game.key)
        ports = ports_to_ask(game, options.port, given_only=options.given_port_only)
        where = host
        if game.protocol == _MINECRAFT and (options.port or MINECRAFT_PORT) == MINECRAFT_PORT:
            service = await minecraft_service(network, host)
            if service is not None:
                where, ports = service.host, [service.port]
        if not options.given_port_only and key in self._answering:
            ports.insert(0, self._answering[key])
        try:
            address = await _address(network, where)
        except NetworkError as error:
            text = f"Failed all {len(ports)} attempts: {error.message}"
            raise CheckFailed(text, local=is_maybe_ours(error)) from None
        problems: list[str] = []
        local = True
        until = asyncio.get_running_loop().time() + context.timeout
        for port in ports:
            query = Query(network, host, address, port, options.token)
            limit = min(ATTEMPT_TIMEOUT_S, until - asyncio.get_running_loop().time())
            if limit <= 0 and problems:
                break
            try:
                name = await _attempt(ask, query, limit)
            except NetworkError as error:
                problems.append(error.message if port is None else f"port {port}: {error.message}")
                local = local and is_maybe_ours(error)
            except BadAnswer as bad:
                problems.append(str(bad) if port is None else f"port {port}: {bad}")
                local = False
            else:
                self._remember(key, port)
                return CheckResult(name.strip(), ping=round(min(query.pings, default=0)))
            finally:
                query.close()
        reasons = "; ".join(dict.fromkeys(problems))
        raise CheckFailed(f"Failed all {len(problems)} attempts: {reasons}", local=local)

    def _remember(self, key: tuple[str, int | None, str], port: int | None) -> None:
        self._answering[key] = port
        self._answering.move_to_end(key)
        while len(self._answering) > _PORTS_KEPT:
            self._answering.popitem(last=False)


async def _attempt(ask: Ask, query: Query, limit: float) -> str:
    """Raises NetworkError, BadAnswer."""
    try:
        async with asyncio.timeout(max(0, limit)):
            return await ask(query)
    except TimeoutError:
        raise timeout_error(max(0, limit) * 1000) from None


def _spoken(key: str) -> tuple[Game, Ask]:
    """The game of that name, and how to ask it. Raises CannotCheck."""
    from kuma_lite.checks._games.protocols import PROTOCOLS

    key = key.strip()
    if not key:
        raise CannotCheck("No game specified")
    game = games().get(key)
    if game is None and key.startswith(_BY_PROTOCOL):
        game = Game(key, key, key.removeprefix(_BY_PROTOCOL), None, None, (), "", "")
    if game is None:
        raise CannotCheck(f"Invalid game: {key}")
    ask = PROTOCOLS.get(game.protocol)
    if ask is None:
        raise CannotCheck(f"Servers of {game.name} cannot be asked: their protocol is not known here.")
    return game, ask


async def _address(network: Network, host: str) -> str:
    found = [address.ip for address in await network.resolver.resolve(host)]
    return next((ip for ip in found if ":" not in ip), found[0])
