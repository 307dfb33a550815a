"""The filters of LiquidJS 10, by name: each gets the run, the value and the arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from kuma_lite.notifications.liquid.filters import encodings, lists, moments, numbers, picking, texts

FILTERS: Final[Mapping[str, Callable[..., Any]]] = {
    **texts.FILTERS,
    **encodings.FILTERS,
    **numbers.FILTERS,
    **lists.FILTERS,
    **picking.FILTERS,
    **moments.FILTERS,
}
