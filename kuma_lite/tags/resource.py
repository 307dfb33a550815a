"""What a tag is to people, and to everything that is made from that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kuma_lite.core.access import Actor, Right
from kuma_lite.core.resources import Document, Keeper, Resource
from kuma_lite.tags.service import read_tag
from kuma_lite.tags.store import TagRow

if TYPE_CHECKING:
    from kuma_lite.core.options import Options


def tag_resource(keeper: Keeper[TagRow]) -> Resource[TagRow]:
    """Tags. What carries one says so itself."""
    return Resource(
        name="tag",
        plural="tags",
        view=Right.TAGS_VIEW,
        edit=Right.TAGS_EDIT,
        keeper=keeper,
        options=_options,
        plain=True,
        title=lambda tag: tag.name,
        settled=_settled,
    )


def _settled(_actor: Actor, _tag: TagRow | None, document: Document) -> Document:
    name, color = read_tag(document)
    return {"name": name, "color": color}


def _options(_document: Mapping[str, Any]) -> Sequence[type[Options]]:
    from kuma_lite.tags.options import TagOptions

    return (TagOptions,)
