from __future__ import annotations

from kuma_lite.tools.games import game_list

LISTED = 330  # those whose protocol is known here, of 358


def test_games_come_by_name_each_with_what_a_client_reads() -> None:
    games = game_list()
    names = [game["pretty"] for game in games]
    assert len(games) == LISTED
    assert names == sorted(names, key=str.casefold)
    assert len({key for game in games for key in game["keys"]}) == LISTED
    assert games[names.index("7 Days to Die")] == {
        "keys": ["sdtd"],
        "pretty": "7 Days to Die",
        "options": {"port": 26900, "port_query_offset": 1, "protocol": "sdtd"},
        "extra": {"old_id": "7d2d", "doc_notes": "sdtd"},
    }
    assert all(game["options"]["protocol"] for game in games)
