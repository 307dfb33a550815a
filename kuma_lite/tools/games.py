"""The games that forms offer for monitors of game servers, as Uptime Kuma 2.5 lists them: by name."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kuma_lite.checks._games.table import Game


@cache
def game_list() -> list[dict[str, Any]]:
    """`[{keys: [id], pretty, options, extra}]` of those that can be asked; read at the first question."""
    from kuma_lite.checks._games.protocols import PROTOCOLS
    from kuma_lite.checks._games.table import games

    listed = [_shown(game) for game in games().values() if game.protocol in PROTOCOLS]
    return sorted(listed, key=lambda game: str(game["pretty"]).casefold())


def _shown(game: Game) -> dict[str, Any]:
    offset = game.offsets if len(game.offsets) > 1 else next(iter(game.offsets), None)
    options = {
        "port": game.port,
        "port_query": game.port_query,
        "port_query_offset": list(offset) if isinstance(offset, tuple) else offset,
    }
    extra = {"old_id": game.old_key, "doc_notes": game.notes}
    return {
        "keys": [game.key],
        "pretty": game.name,
        "options": {
            "protocol": game.protocol,
            **{name: port for name, port in options.items() if port is not None},
        },
        "extra": {name: text for name, text in extra.items() if text},
    }
