"""`for` and `tablerow`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from kuma_lite.notifications.liquid.expressions import Expression
from kuma_lite.notifications.liquid.nodes import Node, Skipped, Stopped, render_all
from kuma_lite.notifications.liquid.running import Run
from kuma_lite.notifications.liquid.values import is_nil, items, whole

Options = Mapping[str, Expression | None]


class Loop(Mapping[str, Any]):
    """`forloop` or `tablerowloop`: where a loop is."""

    def __init__(self, name: str, length: int, figures: Mapping[str, Callable[[int], Any]]) -> None:
        self.at = 0
        self._figures: dict[str, Callable[[int], Any]] = {
            "index": lambda at: at + 1,
            "index0": lambda at: at,
            "rindex": lambda at: length - at,
            "rindex0": lambda at: length - at - 1,
            "first": lambda at: at == 0,
            "last": lambda at: at == length - 1,
            "length": lambda at: length,
            "name": lambda at: name,
            **figures,
        }

    def __getitem__(self, key: str) -> Any:
        return self._figures[key](self.at)

    def __iter__(self) -> Iterator[str]:
        return iter(self._figures)

    def __len__(self) -> int:
        return len(self._figures)


class For(Struct, frozen=True):
    """`for`."""

    variable: str
    collection: Expression
    words: str  # the collection as it is written
    options: Options
    nodes: Sequence[Node]
    otherwise: Sequence[Node]

    def render(self, run: Run) -> None:
        """Write the inside for each item, or the other branch when there is none."""
        found = items(self.collection.value(run))
        if not found:
            render_all(self.otherwise, run)
            return
        found = self._chosen(found, run)
        loop = Loop(f"{self.variable}-{self.words}", len(found), {})
        names: dict[str, Any] = {"forloop": loop}
        with run.scope(names):
            for item in found:
                names[self.variable] = item
                if not _render_item(self.nodes, run):
                    break
                loop.at += 1

    def _chosen(self, found: list[Any], run: Run) -> list[Any]:
        """Offset, then limit, then backwards, in whatever order they are written."""
        key = ("for", self.variable, self.words)
        with run.scope({"continue": run.registers.get(key, 0)}):
            values = {name: True if o is None else o.value(run) for name, o in self.options.items()}
        offset = whole(values.get("offset"))
        found = found[offset:]
        if not is_nil(limit := values.get("limit")):
            found = found[: whole(limit)]
        run.registers[key] = offset + len(found)
        return found[::-1] if "reversed" in values else found


class TableRow(Struct, frozen=True):
    """`tablerow`: the cells of an HTML table."""

    variable: str
    collection: Expression
    words: str
    options: Options
    nodes: Sequence[Node]

    def render(self, run: Run) -> None:
        """Write a cell for each item, in rows of `cols`."""
        values = {name: None if o is None else o.value(run) for name, o in self.options.items()}
        offset = whole(values.get("offset"))
        found = items(self.collection.value(run))
        found = (
            found[offset : offset + whole(values.get("limit"), len(found))]
            if values.get("limit")
            else found[offset:]
        )
        columns = max(1, whole(values.get("cols")) or len(found))
        loop = Loop(f"{self.variable}-{self.words}", len(found), _columns(columns))
        names: dict[str, Any] = {"tablerowloop": loop}
        with run.scope(names):
            for item in found:
                names[self.variable] = item
                if loop["col0"] == 0:
                    run.write(f'{"</tr>" if loop.at else ""}<tr class="row{loop["row"]}">')
                run.write(f'<td class="col{loop["col"]}">')
                goes_on = _render_item(self.nodes, run)
                run.write("</td>")
                if not goes_on:
                    break
                loop.at += 1
        if found:
            run.write("</tr>")


def _columns(columns: int) -> dict[str, Callable[[int], Any]]:
    return {
        "row": lambda at: at // columns + 1,
        "col0": lambda at: at % columns,
        "col": lambda at: at % columns + 1,
        "col_first": lambda at: at % columns == 0,
        "col_last": lambda at: at % columns == columns - 1,
    }


def _render_item(nodes: Sequence[Node], run: Run) -> bool:
    """Render one iteration; whether the loop goes on."""
    run.limits.loop()
    try:
        render_all(nodes, run)
    except Skipped:
        return True
    except Stopped:
        return False
    return True
