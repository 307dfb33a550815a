"""Checks of game servers, against servers that speak the bytes of each protocol."""

from __future__ import annotations

import asyncio
import bz2
import json
import struct
from collections.abc import Callable
from typing import Any

import dns.message
import dns.rrset
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.checks import gamedig
from kuma_lite.checks._games import connections, minecraft, quake, service, valve
from kuma_lite.checks._games.minecraft import varint
from kuma_lite.checks._games.protocols import PROTOCOLS
from kuma_lite.checks._games.query import BadAnswer, Reader
from kuma_lite.checks._games.table import games, ports_to_ask
from kuma_lite.checks.gamedig import GameDigMonitor
from kuma_lite.core.declarations import CannotCheck, CheckResult
from kuma_lite.net.network import Network
from tests.checks.peers import Answer, listening, web_server
from tests.checks.support import Context, failure, run
from tests.peers import games as peer
from tests.peers.games import A2S_INFO, A2S_NAME, A2S_QUESTION, CHALLENGE, WHOLE, Reply, answers
from tests.support.ports import closed_port


def document(game: str, port: int | None, **options: Any) -> dict[str, Any]:
    return {"game": game, "hostname": "127.0.0.1", "port": port, **options}


async def name_of(network: Network, game: str, port: int | None, **options: Any) -> str:
    result = await run(GameDigMonitor(), document(game, port, **options), Context(network))
    assert isinstance(result, CheckResult)
    assert isinstance(result.ping, int)
    return result.message


async def test_a_server_with_a_challenge(network: Network) -> None:
    async with peer.server(peer.valve) as port:
        assert await name_of(network, "css", port) == A2S_NAME


async def test_ipv6(network: Network) -> None:
    async with peer.server(peer.valve, "::1") as port:
        assert await name_of(network, "protocol-valve", port, hostname="[::1]") == A2S_NAME


def split(data: bytes, layout: str) -> list[bytes]:
    """An answer in two parts, the second first."""
    half = len(data) // 2
    parts = []
    for number, part in enumerate((data[:half], data[half:])):
        head = {
            "source": bytes([2, number]) + struct.pack("<H", 1248),
            "old": bytes([2, number]),
            "goldsrc": bytes([number << 4 | 2]),
        }[layout]
        parts.append(b"\xfe\xff\xff\xff\x07\0\0\0" + head + part)
    return parts[::-1]


def compressed() -> list[bytes]:
    packed = struct.pack("<II", len(A2S_INFO), 0) + bz2.compress(A2S_INFO)
    return [b"\xfe\xff\xff\xff\x07\0\0\x80\x01\0" + struct.pack("<H", 1248) + packed]


@pytest.mark.parametrize(
    "parts", [*(split(A2S_INFO, layout) for layout in ("source", "old", "goldsrc")), compressed()]
)
async def test_answers_in_parts(network: Network, parts: list[bytes]) -> None:
    async with peer.server(answers(A2S_QUESTION, *parts)) as port:
        assert await name_of(network, "protocol-valve", port) == A2S_NAME


def gs3(asked: bytes) -> list[bytes]:
    if asked == b"\xfe\xfd\t\0\0\0\1":
        return [b"\t\0\0\0\1-1234\0"]
    if asked != b"\xfe\xfd\0\0\0\0\1" + struct.pack(">i", -1234) + b"\xff\xff\xff\1":
        return []
    second = b"\0\0\0\0\1splitnum\0\x81\0player_\0\0a\0\0"
    return [second, b"\0\0\0\0\1splitnum\0\0\0gamever\0p12\x001\0hostname\0Three\0"]


def samp(asked: bytes) -> list[bytes]:
    return [asked + b"\0\5\0\x32\0" + struct.pack("<I", 4) + b"Sa\x80!"] if asked[10:] == b"i" else []


def bedrock(asked: bytes) -> list[bytes]:
    status = b"MCPE;Rocky \xc2\xa7cserver;594;1.20;0;10;123;world;Survival"
    head = b"\x1c" + asked[1:9] + bytes(8) + asked[9:25]
    return [b"\x1d" + head, head + struct.pack(">H", len(status)) + status] if asked[:1] == b"\1" else []


def swapped(text: bytes) -> bytes:
    text += b"\0"
    padded = bytearray(text + bytes(len(text) % 2))
    padded[::2], padded[1::2] = padded[1::2], padded[::2]
    return struct.pack(">H", len(text)) + bytes(padded)


UNREAL = b"\x79\0\0\0\0" + bytes(4) + b"\0" + bytes(8)
DATAGRAMS: dict[str, tuple[Reply, str]] = {
    "goldsrc": (answers(WHOLE + b"details", WHOLE + b"m1.2.3.4:5\0Old one\0de\0"), "Old one"),
    "ffow": (answers(WHOLE + b"FLSQ", WHOLE + b"I\1Fuel\0"), "Fuel"),
    "quake1": (answers(WHOLE + b"status\0", WHOLE + b"n\\hostname\\Q1\\map\\e1\n1 2\n"), "Q1"),
    "quake2": (answers(WHOLE + b"status\0", WHOLE + b"print\n\\map\\q2\\hostname\\Q2\n"), "Q2"),
    "quake3": (
        answers(WHOLE + b"getstatus\0", WHOLE + b"statusResponse\n\\sv_hostname\\^1Q^73\\a\\b\n"),
        "Q3",
    ),
    "hexen2": (answers(WHOLE + b"\xffstatus\n\0", WHOLE + b"\xffn\\hostname\\H2\n"), "H2"),
    "fivem": (answers(WHOLE + b"getinfo xxx\0", WHOLE + b"infoResponse\n\\hostname\\Five"), "Five"),
    "doom3": (
        answers(
            b"\xff\xffgetInfo\0PiNGPoNg\0",
            b"\xff\xffother\0",
            b"\xff\xffinfoResponse\0PiNGPoNg\x29\0\1\0si_version\0x\0si_name\0^1D3\0\0\0",
        ),
        "D3",
    ),
    "gamespy1": (
        answers(
            b"\\status\\xserverquery",
            b"\\gamename\\ut\\queryid\\7.1",
            b"\\HostName\\One\\final\\\\queryid\\7.2",
        ),
        "One",
    ),
    "gamespy2": (
        answers(b"\xfe\xfd\0\0\0\0\1\xff\0\0", b"\0\0\0\0\2x", b"\0\0\0\0\1map\0x\0hostname\0\x1babcTwo\0\0"),
        "Two",
    ),
    "gamespy3": (gs3, "Three"),
    "unreal2": (answers(b"\x79\0\0\0\0", UNREAL + b"\5Real\0\0"), "Real"),
    "ase": (answers(b"s", b"EYE1\4mta\0062200"[:8] + b"\6" + b"22003" + b"\4Eye"), "Eye"),
    "samp": (samp, "Sa€!"),
    "mumbleping": (lambda asked: [bytes([0, 1, 2, 3]) + asked[4:] + bytes(12)], ""),
    "minecraft": (bedrock, "Rocky server"),
    "armagetron": (
        answers(b"\0\x35\0\0\0\0\0\x11", bytes(10) + swapped(b"host") + swapped(b"0xff0000Arma")),
        "Arma",
    ),
    "cs2d": (answers(b"\x01\x00\xfb\x01\xf5\x03\xfb\x05", b"\x01\x00\xfb\x01\0\2cs"), "cs"),
    "rfactor": (answers(b"rF_S", bytes(45) + b"Racer".ljust(28, b"\0")), "Racer"),
    "mafia2mp": (answers(b"M2MP", b"M2MP\6Mafia1\x002"), "Mafia"),
    "savage2": (answers(b"\1", bytes(12) + b"^cSavage\0"), "Savage"),
    "tribes1": (answers(b"b\1\0", b"c\1\0b\6Tribes\0041.11\3Tri"), "Tri"),
    "satisfactory": (
        lambda asked: [b"\xd5\xf6\1\1" + asked[4:12] + bytes(13) + b"\2" + bytes(6) + b"\3\0Sat"],
        "Sat",
    ),
}


@pytest.mark.parametrize("protocol", DATAGRAMS)
async def test_protocols_of_datagrams(network: Network, protocol: str) -> None:
    reply, name = DATAGRAMS[protocol]
    async with peer.server(reply) as port:
        assert await name_of(network, f"protocol-{protocol}", port) == name


async def test_an_unreal_name_of_wide_characters(network: Network) -> None:
    for extra in (b"", b"\1"):
        wide = bytes([0x80 + 4]) + extra + "Ünr\0".encode("utf-16-le")
        async with peer.server(answers(b"\x79\0\0\0\0", UNREAL + wide)) as port:
            assert await name_of(network, "protocol-unreal2", port) == "Ünr"


def domain(record: str) -> Reply:
    """A DNS server that knows one service."""

    def reply(asked: bytes) -> list[bytes]:
        query = dns.message.from_wire(asked)
        answer = dns.message.make_response(query)
        if record:
            name = query.question[0].name
            assert name.to_text() == "_minecraft._tcp.play.localhost.test."
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "SRV", record))
        return [answer.to_wire()]

    return reply


async def test_minecraft_where_the_domain_says(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    async def play(host: str, record: str) -> Any:
        async with peer.server(domain(record)) as dns_port:
            monkeypatch.setattr(service, "system_servers", lambda: (("127.0.0.1", dns_port),))
            return await service.minecraft_service(network, host)

    assert await play("play.localhost.test", "5 0 1234 mc.example.") == service.Service("mc.example", 1234)
    assert await play("play.localhost.test", "0 0 0 .") is None
    assert await play("play.localhost.test", "") is None
    assert await play("127.0.0.1", "5 0 1234 mc.example.") is None
    assert await play("localhost", "5 0 1234 mc.example.") is None
    assert await play("a..b", "5 0 1234 mc.example.") is None
    async with listening(java({"description": "Far"})) as port:

        async def found(network: Network, host: str) -> service.Service:
            return service.Service("127.0.0.1", port)

        monkeypatch.setattr(gamedig, "minecraft_service", found)
        for given in (None, 25565):
            assert await name_of(network, "minecraft", given) == "Far"


def test_the_servers_of_this_machine() -> None:
    assert all(port == 53 for _, port in service.system_servers())


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Any]


def java(status: Any) -> Talk:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        hello = await reader.readexactly((await reader.readexactly(1))[0])
        assert hello[:3] == b"\0\x2f\x09"
        assert hello[3:12] == b"127.0.0.1"
        assert await reader.readexactly(2) == b"\1\0"
        text = json.dumps(status).encode()
        body = b"\0" + varint(len(text)) + text
        writer.write(varint(len(body)) + body)

    return talk


@pytest.mark.parametrize(
    ("description", "name"),
    [
        ("A  \u00a7aplain one", "A plain one"),
        (
            {"text": "A ", "extra": [{"text": "rich", "extra": [" ", "deep"]}, {"text": "er"}]},
            "A rich deeper",
        ),
        (["a", {"text": "b"}], "ab"),
        (None, ""),
    ],
)
async def test_minecraft(network: Network, description: Any, name: str) -> None:
    async with listening(java({"description": description, "players": {}})) as port:
        assert await name_of(network, "minecraft", port) == name


async def ts3(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"TS3\n\rWelcome to the TeamSpeak 3 ServerQuery interface.\n\r")
    assert (await reader.readline()).startswith(b"use port=99")
    writer.write(b"error id=0 msg=ok\n\r")
    assert await reader.readline() == b"serverinfo\n"
    writer.write(b"virtualserver_id=1 virtualserver_name=Team\\sSpeak\\p3\n\rerror id=0 msg=ok\n\r")


async def ts3_without_the_server(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"TS3\n\rWelcome\n\r")
    await reader.readline()
    writer.write(b"error id=1024 msg=invalid\\sserverID\n\r")


async def test_teamspeak3(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    async with listening(ts3) as port:
        monkeypatch.setattr(connections, "TEAMSPEAK3_PORT", port)
        assert await name_of(network, "teamspeak3", 9987) == "Team Speak|3"
    async with listening(ts3_without_the_server) as port:
        monkeypatch.setattr(connections, "TEAMSPEAK3_PORT", port)
        failed = await failure(GameDigMonitor(), document("teamspeak3", 9987), Context(network))
        assert failed.message.endswith("error id=1024 msg=invalid serverID")


async def test_teamspeak2(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"[TS]\r\n")
        assert await reader.readline() == b"sel 8767\n"
        writer.write(b"OK\r\n")
        await reader.readline()
        writer.write(b"server_id=1\r\nserver_name=Two\r\nOK\r\n")

    async with listening(talk) as port:
        monkeypatch.setattr(connections, "TEAMSPEAK2_PORT", port)
        assert await name_of(network, "teamspeak2", 8767) == "Two"


def frostbite(*words: str, header: int = 0x4000_0000) -> bytes:
    packet = connections.words_packet(*words)
    return struct.pack("<I", header) + packet[4:]


def says(question: bytes, *replies: bytes) -> Talk:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readexactly(len(question)) == question
        for reply in replies:
            writer.write(reply)

    return talk


STARMADE = b"\x2a\xff\xff\1\0" + b"\1\0\0\0\2" + b"\4\0\0030.2" + b"\4\0\4Star" + b"\3\0\0\0\0"
OPENTTD = (
    b"\6\7" + bytes(8) + b"\1" + bytes(4) + b"script\0" + b"\1" + bytes(20) + b"grf\0" + bytes(8) + bytes(3)
)
CONNECTIONS: dict[str, tuple[Talk, str]] = {
    "battlefield": (
        says(
            connections.words_packet("serverInfo"),
            frostbite("player.onJoin", header=1),
            frostbite("OK", "Field", "3"),
        ),
        "Field",
    ),
    "mumble": (says(b"json", b'{"id": {"a": 1}, ', b'"name": "Murmur", "root": {}}'), "Murmur"),
    "starmade": (
        says(
            b"\0\0\0\x09\x2a\xff\xff\x01\x6f\0\0\0\0", struct.pack(">I", len(STARMADE)) + bytes(8) + STARMADE
        ),
        "Star",
    ),
    "openttd": (says(b"\3\0\7", struct.pack("<H", len(OPENTTD) + 6) + OPENTTD + b"TTD\0"), "TTD"),
}


@pytest.mark.parametrize("protocol", CONNECTIONS)
async def test_protocols_of_connections(network: Network, protocol: str) -> None:
    talk, name = CONNECTIONS[protocol]
    async with listening(talk) as port:
        assert await name_of(network, f"protocol-{protocol}", port) == name


PAGES: dict[str, tuple[str, Any, str]] = {
    "assettocorsa": ("/INFO", {"name": "Corsa"}, "Corsa"),
    "buildandshoot": ("/json", {"serverName": "Shoot"}, "Shoot"),
    "kspdmp": ("/", {"server_name": "Space"}, "Space"),
    "eco": ("/frontpage", {"Info": {"Description": "Eco"}}, "Eco"),
    "terraria": ("/v2/server/status", {"status": "200", "name": "Terra"}, "Terra"),
}


@pytest.mark.parametrize("protocol", PAGES)
async def test_protocols_of_pages(network: Network, protocol: str) -> None:
    path, page, name = PAGES[protocol]
    async with web_server({path: Answer(body=json.dumps(page).encode())}) as web:
        assert await name_of(network, f"protocol-{protocol}", web.port, gamedigToken="a b") == name
    assert protocol != "terraria" or web.asked[0].target.endswith("?players=true&token=a+b")


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (Answer("401 No", b"{}"), "status code 401"),
        (Answer(body=b"<html>"), "the answer is no JSON"),
        (Answer(body=b"[]"), "the answer is no JSON object"),
        (Answer(body=b'{"status": "403", "error": "Not you"}'), "Not you"),
    ],
)
async def test_pages_that_say_no(network: Network, answer: Answer, problem: str) -> None:
    async with web_server({"/v2/server/status": answer}) as web:
        secret = document("protocol-terraria", web.port, gamedigToken="hidden-word")
        failed = await failure(GameDigMonitor(), secret, Context(network))
    assert failed.message == f"Failed all 1 attempts: port {web.port}: {problem}"


def test_every_protocol_is_spoken_by_a_game_or_by_name() -> None:
    spoken = {game.protocol for game in games().values()}
    assert set(PROTOCOLS) - spoken <= {"goldsrc", "minecraftvanilla", "minecraftbedrock", "quake1"}
    assert len(games()) == 358


# --- Ports -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("game", "port", "given_only", "ports"),
    [
        ("minecraft", None, True, [25565]),
        ("minecraft", 1234, True, [1234]),
        ("minecraft", 1234, False, [1234, 1234]),
        ("arma3", None, True, [2303]),
        ("arma3", 2400, False, [2401, 2400]),
        ("ase", None, True, [27015]),
        ("ase", 7777, False, [7777, 27015, 7777]),
        ("ase", 7000, False, [7000, 7000]),
        ("brink", None, False, [None]),
    ],
)
def test_which_ports_are_asked(
    game: str, port: int | None, given_only: bool, ports: list[int | None]
) -> None:
    assert ports_to_ask(games()[game], port, given_only=given_only) == ports


async def test_the_port_that_answered_is_asked_first(network: Network) -> None:
    kind, asked = GameDigMonitor(), 0

    def reply(data: bytes) -> list[bytes]:
        nonlocal asked
        asked += 1
        return peer.valve(data)

    async with peer.server(reply) as port:
        wanted = document("arma3", port, gamedigGivenPortOnly=False)  # nobody is at the port above
        assert isinstance(await run(kind, wanted, Context(network)), CheckResult)
        assert list(kind._answering.values()) == [port]
        assert isinstance(await run(kind, wanted, Context(network)), CheckResult)
    assert asked == 4


# --- Failures ----------------------------------------------------------------------------------------------


async def test_nobody_listens(network: Network) -> None:
    port = closed_port()
    failed = await failure(GameDigMonitor(), document("css", port), Context(network))
    refused = f"connect ECONNREFUSED 127.0.0.1:{port}"
    assert (failed.message, failed.local) == (f"Failed all 1 attempts: port {port}: {refused}", False)
    for game in ("minecraft", "protocol-battlefield"):
        failed = await failure(GameDigMonitor(), document(game, port), Context(network))
        assert failed.message == f"Failed all 1 attempts: port {port}: {refused}"


async def test_silence_may_be_our_own_network(network: Network) -> None:
    async with peer.server(lambda asked: []) as port:
        wanted = document("css", port, gamedigGivenPortOnly=False)
        failed = await failure(GameDigMonitor(), wanted, Context(network, timeout=0.1))
    assert failed.message == f"Failed all 1 attempts: port {port}: timeout of 100ms exceeded"
    assert failed.local


@pytest.mark.parametrize(
    "game", ["minecraft", "protocol-battlefield", "protocol-starmade", "protocol-mumble"]
)
async def test_a_connection_that_closes_at_once(network: Network, game: str) -> None:
    async def close(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)

    async with listening(close) as port:
        failed = await failure(GameDigMonitor(), document(game, port), Context(network))
    assert failed.message.startswith(f"Failed all 1 attempts: port {port}: ")


@pytest.mark.parametrize("protocol", [*DATAGRAMS, *CONNECTIONS])
async def test_garbage(network: Network, protocol: str) -> None:
    """It is told as such, or passed over until the time is up."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await reader.read(1)

    context = Context(network, timeout=0.2)
    async with peer.server(lambda asked: [b"\1"]) as port:
        failed = await failure(GameDigMonitor(), document(f"protocol-{protocol}", port), context)
        assert failed.message.startswith("Failed all 1 attempts: ")
    async with listening(talk) as port:
        failed = await failure(GameDigMonitor(), document(f"protocol-{protocol}", port), context)
        assert failed.message.startswith("Failed all 1 attempts: ")


async def test_a_name_that_nobody_knows(network: Network) -> None:
    wanted = document("css", 27015, hostname="nonexistent.invalid")
    failed = await failure(GameDigMonitor(), wanted, Context(network))
    assert failed.message.startswith("Failed all 1 attempts: getaddrinfo E")


@pytest.mark.parametrize(
    ("game", "problem"),
    [
        ("", "No game specified"),
        ("nonsense", "Invalid game: nonsense"),
        ("ventrilo", "Servers of Ventrilo cannot be asked: their protocol is not known here."),
        ("protocol-x", "Servers of protocol-x cannot be asked: their protocol is not known here."),
    ],
)
async def test_games_that_cannot_be_asked(network: Network, game: str, problem: str) -> None:
    with pytest.raises(CannotCheck) as refused:
        await run(GameDigMonitor(), document(game, 1), Context(network))
    assert refused.value.message == problem


@pytest.mark.parametrize(
    ("port", "problem"),
    [
        (None, "no port is set, and the game has none of its own"),
        (70_000, "port 70000: there is no port 70000"),
    ],
)
async def test_ports_that_are_none(network: Network, port: int | None, problem: str) -> None:
    failed = await failure(GameDigMonitor(), document("protocol-quake3", port), Context(network))
    assert failed.message == f"Failed all 1 attempts: {problem}"


async def test_a_challenge_that_never_ends(network: Network) -> None:
    async with peer.server(lambda asked: [WHOLE + b"A" + CHALLENGE]) as port:
        failed = await failure(GameDigMonitor(), document("css", port), Context(network))
    assert failed.message.endswith("the server never accepts its own challenge")


# --- Bytes of any kind --------------------------------------------------------------------------------------

READERS: list[Callable[[bytes], Any]] = [
    lambda data: valve.Assembly().read(data),
    lambda data: valve.Assembly().read(b"\xfe\xff\xff\xff\0\0\0\x80" + data),
    lambda data: valve.name_in(0x49, data),
    lambda data: valve.name_in(0x6D, data),
    quake.name_in,
    minecraft.description_in,
    lambda data: minecraft.description_in(b"\0" + varint(len(data)) + data),
    lambda data: minecraft.name_in(data.decode("latin-1")),
    lambda data: Reader(data).counted(2),
]


@pytest.mark.parametrize("read", READERS)
@given(data=st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(read: Callable[[bytes], Any], data: bytes) -> None:
    try:
        read(data)
    except BadAnswer as bad:
        assert str(bad)
