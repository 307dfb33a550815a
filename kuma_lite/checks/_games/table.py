"""The games that can be asked: what they are called, which protocol they speak, and at which ports."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from msgspec import Struct

from kuma_lite.checks._games import rows_a_to_l, rows_m_to_z

_COLUMNS: Final = 8


class Game(Struct, frozen=True):
    """A row of the table.

    Args:
        key: what monitors name it by.
        port: where people play, by default.
        port_query: where it is asked, where that is a port of its own.
        offsets: how far above the port of the game the one to ask can lie.
        old_key: what it was called before.
        notes: chapter of the library's manual.
    """

    key: str
    name: str
    protocol: str
    port: int | None
    port_query: int | None
    offsets: tuple[int, ...]
    old_key: str
    notes: str


@cache
def games() -> Mapping[str, Game]:
    """All of them by key."""
    rows = (rows_a_to_l.ROWS + rows_m_to_z.ROWS).splitlines()
    return {game.key: game for game in map(_game, rows)}


def _game(row: str) -> Game:
    key, name, protocol, port, port_query, offsets, old_key, notes = (
        *row.split("|"),
        *[""] * _COLUMNS,
    )[:_COLUMNS]
    numbers = tuple(int(part) for part in offsets.split(",") if part)
    return Game(key, name, protocol, _port(port), _port(port_query), numbers, old_key, notes)


def _port(text: str) -> int | None:
    return int(text) if text else None


def ports_to_ask(game: Game, port: int | None, *, given_only: bool) -> list[int | None]:
    """The ports of one check, in their order; None for the one that the protocol has by itself.

    The port of the monitor itself comes last, and is asked again where the game knows no other.
    """
    if not port:
        if game.port_query:
            return [game.port_query]
        return [game.port + offset for offset in game.offsets or (0,)] if game.port else [None]
    if given_only:
        return [port]
    others = [port + offset for offset in game.offsets or (0,)]
    if port == game.port and game.port_query:
        others.append(game.port_query)
    return [*others, port]
