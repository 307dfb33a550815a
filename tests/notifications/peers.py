"""Who stands around notifications: settings, connections, and the rows of other features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import apsw

from kuma_lite.core.doors import COMPATIBLE


def populate(connection: apsw.Connection) -> None:
    for user in ("admin", "other"):
        connection.execute("INSERT INTO user (username) VALUES (?)", (user,))
    for owner, name in ((1, "one"), (1, "two"), (2, "three")):
        connection.execute(
            "INSERT INTO monitor (user_id, type, name, document, created_date) VALUES (?, ?, ?, ?, 0)",
            (owner, "http", name, "{}"),
        )


class Settings:
    """The settings as notifications read them."""

    def primary_base_url(self) -> str:
        return "https://kuma.example/"

    def timezone(self) -> str:
        return "Europe/Berlin"


@dataclass
class Pushes:
    """Remembers what is pushed, as (user, namespace, event, argument)."""

    sent: list[tuple[int, str, str, Any]] = field(default_factory=list)
    listening: bool = True

    async def to_user(self, user_id: int, event: str, *arguments: Any, namespace: str = COMPATIBLE) -> None:
        self.sent.append((user_id, namespace, event, *arguments))

    async def many_to_user(
        self, user_id: int, events: Sequence[tuple[Any, ...]], namespace: str = COMPATIBLE
    ) -> None:
        for event, *arguments in events:
            await self.to_user(user_id, event, *arguments, namespace=namespace)

    async def to_all_users(self, event: str, *arguments: Any, namespace: str = COMPATIBLE) -> None:
        raise AssertionError("lists with secrets belong to their user")

    def has_listeners(self, user_id: int, namespace: str = COMPATIBLE) -> bool:
        return self.listening

    async def disconnect_user(self, user_id: int, *, except_sid: str | None = None) -> None:
        raise AssertionError("nobody is thrown out because of a notification")


@dataclass
class Connection:
    """A caller."""

    user_id: int | None = 1
    namespace: str = COMPATIBLE
    sid: str = "s"
    username: str | None = "admin"
    address: str = "127.0.0.1"

    async def emit(self, event: str, *arguments: Any) -> None: ...

    async def emit_many(self, events: Sequence[tuple[Any, ...]]) -> None: ...

    async def log_in(self, user_id: int, username: str) -> None: ...

    async def log_out(self) -> None: ...
