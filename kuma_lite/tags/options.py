"""What can be chosen for a tag."""

from __future__ import annotations

from kuma_lite.core.declarations import Kind
from kuma_lite.core.options import Options, option


class TagOptions(Options):
    """A tag."""

    name: str = option("", label="Name", kind=Kind.TEXT, required=True)
    color: str = option("", label="Colour", kind=Kind.TEXT, required=True, placeholder="#4B5563")
