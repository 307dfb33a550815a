"""A template that has been read: parse once, render often."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kuma_lite.notifications.liquid.errors import TemplateError, TooMuch
from kuma_lite.notifications.liquid.filters import FILTERS
from kuma_lite.notifications.liquid.nodes import Node, Stopped, render_all
from kuma_lite.notifications.liquid.parsing import Parser
from kuma_lite.notifications.liquid.running import Escape, Run

MAX_TEMPLATE_CHARS: Final = 50_000  # far beyond every service's longest message
MAX_DEPTH_SENTENCE: Final = "it is nested too deeply"


class Template:
    """What `parse` gives."""

    def __init__(self, source: str, nodes: list[Node]) -> None:
        self._source = source
        self._nodes = nodes

    def render(self, variables: Mapping[str, Any], zone: str = "UTC", escape: Escape | None = None) -> str:
        """The text. Raises TemplateError.

        `zone` is the IANA name of the zone that times are written in. `escape` is applied to what comes from
        variables where it is written, so that filters and comparisons see the values themselves.
        """
        run = Run(variables, FILTERS, self._source, zone, escape)
        try:
            render_all(self._nodes, run)
        except Stopped:  # `break` outside a loop ends the template
            pass
        except RecursionError:
            raise TooMuch(MAX_DEPTH_SENTENCE) from None
        return run.written()


def parse(source: str) -> Template:
    """Read a template. Raises TemplateError."""
    if len(source) > MAX_TEMPLATE_CHARS:
        raise TooMuch(f"it is longer than {MAX_TEMPLATE_CHARS} characters")
    try:
        return Template(source, Parser(source).template())
    except RecursionError:
        raise TemplateError(MAX_DEPTH_SENTENCE) from None
