"""The download of a backup."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import Request, get
from litestar.response import Stream

from kuma_lite.core.clock import Clock, wire_date
from kuma_lite.core.doors import Access, door
from kuma_lite.tools.backup import Backups, pieces


def system_routes(address: str, backups: Backups, clock: Clock) -> Sequence[Any]:
    """The routes of this feature."""

    @get(address, opt=door(Access.PUBLIC), tags=["Server"])
    async def download_backup(request: Request[Any, Any, Any]) -> Stream:
        """Download a copy of the database, or a backup; a ticket of our own page is good for one."""
        file, size, name = await backups.open(request.query_params.get("ticket", ""))
        name = name or f"kuma-lite-{wire_date(clock.now())[:10]}.db"
        headers = {
            "content-length": str(size),
            "content-disposition": f'attachment; filename="{name}"',
            "cache-control": "no-store",
        }
        kind = "application/vnd.sqlite3" if name.endswith(".db") else "application/octet-stream"
        return Stream(pieces(file), media_type=kind, headers=headers)

    return [download_backup]
