"""The tools as a server of the Model Context Protocol, by its SDK, which is an extra: `kuma-lite[mcp]`."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Final

from msgspec import Struct

from kuma_lite import __version__
from kuma_lite.assistants.tool import Asks
from kuma_lite.assistants.tools import BY_NAME, offered
from kuma_lite.core.access import Right
from kuma_lite.core.errors import UserError

log = logging.getLogger(__name__)

MISSING: Final = "This needs the extra “mcp”, which is not installed: pip install 'kuma-lite[mcp]'."
INSTRUCTIONS: Final = (
    "Kuma Lite watches services and servers. Monitors are named by name, path (Group/Name) or number."
)
_BROKEN: Final = "Something went wrong here; the log has the details."


class Caller(Struct, frozen=True):
    """Who uses tools: what they may, and the API with their token."""

    asks: Asks
    rights: frozenset[Right]


def make_server(caller: Callable[[], Caller]) -> Any:
    """A server of the SDK; `caller` says who is asking now. Raises UserError where the SDK is missing."""
    try:
        from mcp.server import Server
        from mcp_types import CallToolResult, ListToolsResult, TextContent, ToolAnnotations
        from mcp_types import Tool as Described
    except ImportError:
        raise UserError(MISSING, status=501) from None

    async def list_tools(_context: Any, _params: Any) -> Any:
        tools = [
            Described(
                name=tool.name,
                description=tool.description,
                input_schema=tool.schema,
                annotations=ToolAnnotations(read_only_hint=not tool.writes, open_world_hint=False),
            )
            for tool in offered(caller().rights)
        ]
        return ListToolsResult(tools=tools)

    async def call_tool(_context: Any, params: Any) -> Any:
        text, failed = await answer(caller(), params.name, params.arguments)
        return CallToolResult(content=[TextContent(type="text", text=text)], is_error=failed)

    return Server(
        "kuma-lite",
        version=__version__,
        title="Kuma Lite",
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


async def answer(caller: Caller, name: str, arguments: Any) -> tuple[str, bool]:
    """What a tool says, and whether it failed; a refusal is an answer that the assistant can read."""
    tool = BY_NAME.get(name)
    if tool is None or tool.needs not in caller.rights:
        return "There is no such tool, or the token may not use it.", True
    try:
        return await tool.call(caller.asks, arguments), False
    except UserError as error:
        return error.message, True
    except Exception:
        log.exception("The tool %s failed", name)
        return _BROKEN, True
