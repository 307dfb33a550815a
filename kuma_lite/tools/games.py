"""The games that forms offer for monitors of game servers, as Uptime Kuma 2.5 lists them: by name."""

from __future__ import annotations

from functools import cache
from typing import Any

Game = dict[str, Any]


@cache
def game_list() -> list[Game]:
    """`[{keys: [id], pretty, options, extra}]`; the tables are read when somebody first asks."""
    from kuma_lite.tools import _games_a_to_l, _games_m_to_z

    rows = (_games_a_to_l.ROWS + _games_m_to_z.ROWS).splitlines()
    return sorted(map(_game, rows), key=lambda game: str(game["pretty"]).casefold())


def _game(row: str) -> Game:
    key, name, protocol, port, port_query, offset, old_id, notes = (*row.split("|"), *[""] * 8)[:8]
    options: Game = {
        "port": _port(port),
        "port_query": _port(port_query),
        "port_query_offset": _ports(offset),
    }
    extra = {"old_id": old_id, "doc_notes": notes}
    return {
        "keys": [key],
        "pretty": name,
        "options": {
            "protocol": protocol,
            **{name: port for name, port in options.items() if port is not None},
        },
        "extra": {name: text for name, text in extra.items() if text},
    }


def _port(text: str) -> int | None:
    return int(text) if text else None


def _ports(text: str) -> int | list[int] | None:
    numbers = [int(part) for part in text.split(",") if part]
    return numbers if len(numbers) > 1 else numbers[0] if numbers else None
