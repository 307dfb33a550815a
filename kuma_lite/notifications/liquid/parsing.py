"""Makes nodes of the pieces of a template."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from kuma_lite.notifications.liquid.errors import TemplateError
from kuma_lite.notifications.liquid.expressions import Constant, Cursor, Expression
from kuma_lite.notifications.liquid.loops import For, TableRow
from kuma_lite.notifications.liquid.nodes import (
    Assign,
    Block,
    Capture,
    Case,
    Counter,
    Cycle,
    If,
    Node,
    Output,
    Skipped,
    Stop,
    Stopped,
    written,
)
from kuma_lite.notifications.liquid.scanning import RAW_END, Kind, Piece, scan, scan_lines

MAX_DEPTH: Final = 60  # of blocks in blocks
_FILES: Final = "other files cannot be used here"


class Parser:
    """Reads one template, front to back."""

    def __init__(self, source: str, pieces: Sequence[Piece] | None = None, depth: int = 0) -> None:
        self._source = source
        self._pieces = scan(source) if pieces is None else pieces
        self._at = 0
        self._depth = depth

    def template(self) -> list[Node]:
        """Everything up to the end. Raises TemplateError."""
        nodes: list[Node] = []
        while self._at < len(self._pieces):
            self._read(self._next(), nodes)
        return nodes

    def _next(self) -> Piece:
        self._at += 1
        return self._pieces[self._at - 1]

    def _block(self, opening: Piece, *ends: str) -> tuple[list[Node], Piece]:
        """What stands before the first of these tags, and that tag."""
        nodes: list[Node] = []
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise TemplateError("tags are nested too deeply", self._source, opening.begin)
        while self._at < len(self._pieces):
            piece = self._next()
            if piece.name in ends:
                self._depth -= 1
                return nodes, piece
            self._read(piece, nodes)
        raise TemplateError(f"'{opening.name}' is not closed", self._source, opening.begin)

    def _read(self, piece: Piece, nodes: list[Node]) -> None:
        if piece.kind is Kind.TEXT:
            if piece.text:
                nodes.append(written(piece.text))
        elif piece.kind is Kind.OUTPUT:
            nodes.append(Output(piece.read().filtered()))
        else:
            reader = _TAGS.get(piece.name)
            if reader is None:
                raise TemplateError(f"there is no tag '{piece.name}'", self._source, piece.begin)
            node = reader(self, piece)
            if node is not None:
                nodes.append(node)

    def assign(self, piece: Piece) -> Node:
        """`assign name = value`."""
        cursor = piece.read()
        name = cursor.word()
        if not name:
            cursor.fail("the name of a variable is expected")
        if not cursor.take("="):
            cursor.fail("'=' is expected")
        return Assign(name, cursor.filtered())

    def capture(self, piece: Piece) -> Node:
        """`capture name … endcapture`; the name may be in quotes."""
        cursor = piece.read()
        name = cursor.word()
        if not name:
            quoted = cursor.value()
            if not isinstance(quoted, Constant):
                cursor.fail("the name of a variable is expected")
            name = str(quoted.constant)
        nodes, _ = self._block(piece, "endcapture")
        return Capture(name, nodes)

    def condition(self, piece: Piece) -> Node:
        """`if` and `unless`, with `elsif` and `else`."""
        end = f"end{piece.name}"
        branches: list[tuple[Expression, bool, Sequence[Node]]] = []
        expression: Expression = piece.read().filtered()
        wanted, ended, last = piece.name == "if", piece, False
        while ended.name != end:
            nodes, ended = self._block(piece, "elsif", "else", end)
            branches.append((expression, wanted, nodes))
            if ended.name == end:
                _nothing_more(ended)
            elif last:
                raise TemplateError(f"'{ended.name}' stands behind 'else'", self._source, ended.begin)
            elif ended.name == "else":
                _nothing_more(ended)
                expression, wanted, last = Constant(True), True, True
            else:
                expression, wanted = ended.read().filtered(), True
        return If(branches)

    def case(self, piece: Piece) -> Node:
        """`case`, `when` with values between commas or `or`, `else`."""
        subject = piece.read().filtered()
        _, ended = self._block(piece, "when", "else", "endcase")
        branches: list[tuple[Sequence[Expression], Sequence[Node]]] = []
        otherwise: list[Node] | None = None
        while ended.name != "endcase":
            name, values = ended.name, _values(ended.read()) if ended.name == "when" else []
            nodes, ended = self._block(piece, "when", "else", "endcase")
            if name == "when" and otherwise is None:
                branches.append((values, nodes))
            elif name == "else" and otherwise is None:
                otherwise = nodes
        return Case(subject, branches, otherwise or [])

    def loop(self, piece: Piece) -> Node:
        """`for name in collection`, with `else`."""
        variable, collection, words, options = _header(piece)
        nodes, ended = self._block(piece, "else", "endfor")
        otherwise: list[Node] = []
        while ended.name == "else":
            _nothing_more(ended)
            otherwise, ended = self._block(piece, "else", "endfor")
        _nothing_more(ended)
        return For(variable, collection, words, options, nodes, otherwise)

    def table_row(self, piece: Piece) -> Node:
        """`tablerow name in collection`."""
        variable, collection, words, options = _header(piece)
        nodes, _ = self._block(piece, "endtablerow")
        return TableRow(variable, collection, words, options, nodes)

    def cycle(self, piece: Piece) -> Node:
        """`cycle "a", "b"`, with the name of a group before it: `cycle "group": "a", "b"`."""
        cursor = piece.read()
        begin = cursor.at
        group = cursor.value()
        if group is None or not cursor.take(":"):
            cursor.at, group = begin, None
        values: list[Expression] = []
        words = cursor.rest()
        while cursor.rest():
            values.append(cursor.filtered())
            cursor.find(",")
        if not values:
            cursor.fail("'cycle' needs values", piece.begin)
        return Cycle(group or Constant(None), values, words)

    def count(self, piece: Piece) -> Node:
        """`increment` and `decrement`."""
        return Counter(piece.read().word(), 1 if piece.name == "increment" else -1)

    def echo(self, piece: Piece) -> Node | None:
        """`echo value`."""
        cursor = piece.read()
        return Output(cursor.filtered()) if cursor.rest() else None

    def lines(self, piece: Piece) -> Node:
        """`liquid`: a tag a line."""
        pieces = list(scan_lines(piece.read()))
        return Block(Parser(self._source, pieces, self._depth + 1).template())

    def comment(self, piece: Piece) -> None:
        """`comment … endcomment`; whatever is inside is not read."""
        while self._at < len(self._pieces):
            if self._next().name == "endcomment":
                return
        raise TemplateError("'comment' is not closed", self._source, piece.begin)

    def inline_comment(self, piece: Piece) -> None:
        """`# …`; each further line begins with `#` as well."""
        lines = piece.read().rest().split("\n")
        if any(line.strip() and not line.strip().startswith("#") for line in lines[1:]):
            raise TemplateError("each line of a comment begins with '#'", self._source, piece.begin)

    def raw(self, piece: Piece) -> Node:
        """`raw … endraw`: as it is written."""
        nodes, _ = self._block(piece, RAW_END)
        return Block(nodes)

    def block(self, piece: Piece) -> Node:
        """`block name … endblock`."""
        nodes, _ = self._block(piece, "endblock")
        return Block(nodes)

    def layout(self, piece: Piece) -> Node:
        """`layout none`: the rest as it is. Other layouts would be files."""
        if piece.read().rest() != "none":
            raise TemplateError(_FILES, self._source, piece.begin)
        return Block(self.template())

    def file(self, piece: Piece) -> Node:
        """`include` and `render`, refused."""
        raise TemplateError(_FILES, self._source, piece.begin)


def _values(cursor: Cursor) -> list[Expression]:
    values: list[Expression] = []
    while cursor.rest():
        value = cursor.value()
        if value is None:
            cursor.fail("a value is expected")
        values.append(value)
        cursor.skip()
        cursor.find("," if cursor.peek() == "," else "or")
    return values


def _header(piece: Piece) -> tuple[str, Expression, str, dict[str, Expression | None]]:
    """Variable, collection, the collection as written, and options of a loop."""
    cursor = piece.read()
    variable, joint = cursor.word(), cursor.word()
    cursor.skip()
    begin = cursor.at
    collection = cursor.value()
    if not variable or joint != "in" or collection is None:
        cursor.fail(f"'{piece.name} item in list' is expected", piece.begin)
    return variable, collection, cursor.source[begin : cursor.at], cursor.options()


def _nothing_more(piece: Piece) -> None:
    cursor = piece.read()
    if rest := cursor.rest():
        cursor.fail(f"unexpected '{rest}'")


_TAGS: Final[dict[str, Callable[[Parser, Piece], Node | None]]] = {
    "#": Parser.inline_comment,
    "assign": Parser.assign,
    "block": Parser.block,
    "break": lambda parser, piece: Stop(Stopped),
    "capture": Parser.capture,
    "case": Parser.case,
    "comment": Parser.comment,
    "continue": lambda parser, piece: Stop(Skipped),
    "cycle": Parser.cycle,
    "decrement": Parser.count,
    "echo": Parser.echo,
    "for": Parser.loop,
    "if": Parser.condition,
    "include": Parser.file,
    "increment": Parser.count,
    "layout": Parser.layout,
    "liquid": Parser.lines,
    "raw": Parser.raw,
    "render": Parser.file,
    "tablerow": Parser.table_row,
    "unless": Parser.condition,
}
