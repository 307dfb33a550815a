"""HTTP(s) with a JSON query: a value in the answer is as expected."""

from __future__ import annotations

from typing import ClassVar

from kuma_lite.checks._http_family import HttpFamilyMonitor, Judgement
from kuma_lite.checks._http_options import HttpOptions
from kuma_lite.checks._json_query import VALUE, query
from kuma_lite.checks._json_query_options import expected_option, operator_option, path_option
from kuma_lite.checks._jsonata import QueryError
from kuma_lite.core.declarations import Kind, Number
from kuma_lite.core.options import option
from kuma_lite.net.http import Response


class JsonQueryOptions(HttpOptions):
    """A request, and the value that its answer must have."""

    path: str = path_option()
    operator: str = operator_option()
    expected: str = expected_option()
    final: bool = option(
        False,
        alias="retryOnlyOnStatusCodeFailure",
        label="A wrong value is down at once",
        kind=Kind.SWITCH,
        section="content",
        help="Retries then only follow failed requests.",
    )


class JsonQueryMonitor(HttpFamilyMonitor[JsonQueryOptions]):
    """Compares a value in a JSON answer."""

    name = "json-query"
    label = "HTTP(s) - JSON query"
    description = "Asks for a web address and compares a value in its JSON answer."
    options = JsonQueryOptions
    numbers: ClassVar[tuple[Number, ...]] = (*HttpFamilyMonitor.numbers, VALUE)

    async def judge(self, options: JsonQueryOptions, response: Response) -> Judgement:
        """Whether the value is as expected."""
        if response.truncated:
            size = len(response.body) // (1024 * 1024)
            return Judgement(False, f"The answer is larger than {size} MiB, too large for a JSON query.")
        try:
            comparison = await query(response.text, options.path, options.operator, options.expected)
        except QueryError as error:
            return Judgement(False, str(error))
        return Judgement(
            comparison.passes, comparison.sentence(), retry=not options.final, numbers=comparison.numbers()
        )
