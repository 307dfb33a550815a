"""Who stands around notifications: settings, and the rows of other features."""

from __future__ import annotations

import apsw

from tests.support.actors import COLLEAGUE, OWNER, STRANGER


def populate(connection: apsw.Connection) -> None:
    """Three users, a monitor of each; the last one belongs to another organisation."""
    for actor, name in ((OWNER, "one"), (COLLEAGUE, "two"), (STRANGER, "three")):
        connection.execute(
            "INSERT INTO user (id, username, organisation_id) VALUES (?, ?, ?)",
            (actor.user_id, actor.username, actor.organisation),
        )
        connection.execute(
            "INSERT INTO monitor (organisation_id, user_id, type, name, document, created_date)"
            " VALUES (?, ?, 'http', ?, '{}', 0)",
            (actor.organisation, actor.user_id, name),
        )


class Settings:
    """The settings as notifications read them."""

    def primary_base_url(self) -> str:
        return "https://kuma.example/"

    def timezone(self) -> str:
        return "Europe/Berlin"
