"""The route that takes the pieces of an upload (`core.uploads`)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Request, put

from kuma_lite.core.doors import Access, door
from kuma_lite.core.errors import UserError

# The id of the upload, the offset of the piece in bytes, the piece → how many bytes there are then.
Add = Callable[[str, int, bytes], Awaitable[int]]


def piece_route(path: str, name: str, add: Add) -> Any:
    """PUT with `?id=…&offset=…` and the piece as the body; for owners.

    Args:
        path: of the route.
        name: of the handler, which is that of the operation in the document of the API.
        add: takes a piece.
    """

    async def upload_piece(request: Request[Any, Any, Any]) -> dict[str, int]:
        """Append the body to the upload `id` at `offset` (bytes); answers how many bytes there are then."""
        offset = request.query_params.get("offset", "")
        if not (offset.isascii() and offset.isdigit()) or len(offset) > 15:
            raise UserError("The offset must be a number of bytes.")
        key = request.query_params.get("id", "")
        return {"received": await add(key, int(offset), await request.body())}

    upload_piece.__name__ = name
    return put(path, opt=door(Access.USER), tags=["Server"])(upload_piece)
