"""The pieces of a file that is uploaded for an import."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import Request, put

from kuma_lite.core.doors import Access, door
from kuma_lite.core.errors import UserError
from kuma_lite.importing.page_import import PageImport


def import_routes(imports: PageImport) -> Sequence[Any]:
    """The routes of this feature."""

    @put("/api/v1/import", opt=door(Access.USER), tags=["Server"])
    async def upload_piece(request: Request[Any, Any, Any]) -> dict[str, int]:
        """Append the body to the upload `id` at `offset` (bytes); answers how many bytes there are then."""
        offset = request.query_params.get("offset", "")
        if not (offset.isascii() and offset.isdigit()) or len(offset) > 15:
            raise UserError("The offset must be a number of bytes.")
        key = request.query_params.get("id", "")
        return {"received": await imports.add(key, int(offset), await request.body())}

    return [upload_piece]
