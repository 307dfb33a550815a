"""Who is asking."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is behind a request to the Servers API, and in which project."""

    project_id: int
    user_id: int | None = None  # None: a machine
    username: str = ""
