"""What a tool of assistants is, and what all share: lists of the API, and answers that are cut."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, Protocol
from urllib.parse import urlencode

from msgspec import Struct, field

from kuma_lite.assistants.watched import API, PER_PAGE, Watched, find, watched
from kuma_lite.core.access import Right
from kuma_lite.core.errors import UserError

MOST_LINES: Final = 100  # of an answer
MOST_CHARS: Final = 300  # of a line
_PAGES: Final = 100  # of a list; a hundred thousand monitors


class Asks(Protocol):
    """The API with somebody's token."""

    async def get(self, path: str) -> Any:
        """Raises UserError."""

    async def post(self, path: str, body: Any) -> Any:
        """Raises UserError."""


Arguments = Mapping[str, Any]


class Tool(Struct, frozen=True):
    """One tool.

    Args:
        name: by which it is called.
        needs: without which it is not offered.
        run: gives the answer; its docstring tells the assistant what that is. Raises UserError.
        takes: name → JSON Schema of an argument.
        required: names of arguments that it cannot do without.
        writes: whether it changes something.
    """

    name: str
    needs: Right
    run: Callable[[Asks, Arguments], Awaitable[str]]
    takes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    required: Sequence[str] = ()
    writes: bool = False

    @property
    def description(self) -> str:
        """For the assistant."""
        return (self.run.__doc__ or "").strip()

    @property
    def schema(self) -> dict[str, Any]:
        """JSON Schema of its arguments."""
        return {
            "type": "object",
            "properties": {name: dict(shape) for name, shape in self.takes.items()},
            "required": list(self.required),
            "additionalProperties": False,
        }

    async def call(self, asks: Asks, arguments: Any) -> str:
        """The answer to a call. Raises UserError for arguments that do not fit, too."""
        given: Mapping[str, Any] = arguments if isinstance(arguments, Mapping) else {}
        for name in self.required:
            if given.get(name) in (None, ""):
                raise UserError("“{name}” is missing.", name=name)
        for name, value in given.items():
            if name not in self.takes:
                raise UserError("There is no argument “{name}”.", name=name)
            if value is not None and not isinstance(value, _TYPES[str(self.takes[name]["type"])]):
                raise UserError(
                    "“{name}” must be of the type {type}.", name=name, type=self.takes[name]["type"]
                )
        return await self.run(asks, {name: value for name, value in given.items() if value is not None})


_TYPES: Final[Mapping[str, Any]] = {
    "string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": Mapping,
}  # fmt: skip


async def all_of(asks: Asks, what: str) -> list[dict[str, Any]]:
    """Everything of a list of the API, page by page."""
    found: list[dict[str, Any]] = []
    cursor = None
    for _ in range(_PAGES):
        query = {"limit": str(PER_PAGE), **({"cursor": cursor} if cursor else {})}
        answer = await asks.get(f"{API}/{what}?{urlencode(query)}")
        found += answer["data"]
        cursor = answer["next_cursor"]
        if not cursor:
            break
    return found


async def monitors(asks: Asks) -> list[Watched]:
    """All monitors."""
    return watched(await all_of(asks, "tags"), await all_of(asks, "monitors"))


async def monitor(asks: Asks, arguments: Arguments) -> Watched:
    """The one that the argument `monitor` names."""
    return find(await monitors(asks), str(arguments["monitor"]))


def told(lines: Sequence[str], none: str, *, most_chars: int = MOST_CHARS) -> str:
    """Cut where it would be too long, and said so."""
    shown = [_cut(line, most_chars) for line in lines[:MOST_LINES]]
    if len(lines) > MOST_LINES:
        shown.append(f"… and {len(lines) - MOST_LINES} more: ask for fewer.")
    return "\n".join(shown) or none


def _cut(line: str, most: int) -> str:
    line = " ".join(line.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
