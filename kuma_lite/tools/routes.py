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
        """Download a copy of the database; the ticket is of our own page, and good for one download."""
        file, size = await backups.open(request.query_params.get("ticket", ""))
        headers = {
            "content-length": str(size),
            "content-disposition": f'attachment; filename="kuma-lite-{wire_date(clock.now())[:10]}.db"',
            "cache-control": "no-store",
        }
        return Stream(pieces(file), media_type="application/vnd.sqlite3", headers=headers)

    return [download_backup]
