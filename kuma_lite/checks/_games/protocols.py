"""The protocols by the names that the table of games has for them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from kuma_lite.checks._games import connections, datagrams, gamespy, minecraft, quake, valve
from kuma_lite.checks._games.query import Query

# Answers with the name of the server; raises NetworkError, BadAnswer.
Ask = Callable[[Query], Awaitable[str]]

PROTOCOLS: Final[Mapping[str, Ask]] = {
    "valve": valve.ask_valve,
    "sdtd": valve.ask_valve,
    "toxikk": valve.ask_valve,
    "dayz": valve.ask_dayz,
    "goldsrc": valve.ask_goldsrc,
    "ffow": valve.ask_ffow,
    "quake1": quake.ask_quake1,
    "quake2": quake.ask_quake2,
    "quake3": quake.ask_quake3,
    "warsow": quake.ask_quake3,
    "xonotic": quake.ask_quake3,
    "hexen2": quake.ask_hexen2,
    "doom3": quake.ask_doom3,
    "fivem": quake.ask_fivem,
    "gamespy1": gamespy.ask_gamespy1,
    "gamespy2": gamespy.ask_gamespy2,
    "gamespy3": gamespy.ask_gamespy3,
    "ut3": gamespy.ask_gamespy3,
    "jc2mp": gamespy.ask_jc2mp,
    "minecraft": minecraft.ask_minecraft,
    "minecraftvanilla": minecraft.ask_java,
    "minecraftbedrock": minecraft.ask_bedrock,
    "unreal2": datagrams.ask_unreal2,
    "ase": datagrams.ask_ase,
    "samp": datagrams.ask_samp,
    "gtasao": datagrams.ask_samp,
    "vcmp": datagrams.ask_vcmp,
    "mumbleping": datagrams.ask_mumble_ping,
    "armagetron": datagrams.ask_armagetron,
    "cs2d": datagrams.ask_cs2d,
    "rfactor": datagrams.ask_rfactor,
    "mafia2mp": datagrams.ask_mafia2mp,
    "mafia2online": datagrams.ask_mafia2online,
    "savage2": datagrams.ask_savage2,
    "tribes1": datagrams.ask_tribes,
    "starsiege": datagrams.ask_starsiege,
    "satisfactory": datagrams.ask_satisfactory,
    "teamspeak2": connections.ask_teamspeak2,
    "teamspeak3": connections.ask_teamspeak3,
    "mumble": connections.ask_murmur,
    "battlefield": connections.ask_battlefield,
    "starmade": connections.ask_starmade,
    "openttd": connections.ask_openttd,
    "assettocorsa": connections.ask_assettocorsa,
    "buildandshoot": connections.ask_buildandshoot,
    "kspdmp": connections.ask_kspdmp,
    "eco": connections.ask_eco,
    "terraria": connections.ask_terraria,
}
