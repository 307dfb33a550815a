"""What a remote browser is to people, and to everything that is made from that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kuma_lite.core.access import Actor, Right
from kuma_lite.core.resources import Document, Keeper, Resource
from kuma_lite.remote_browsers.model import RemoteBrowser, read_browser

if TYPE_CHECKING:
    from kuma_lite.core.options import Options


def remote_browser_resource(keeper: Keeper[RemoteBrowser]) -> Resource[RemoteBrowser]:
    """Remote browsers."""
    return Resource(
        name="remote_browser",
        plural="remote_browsers",
        label="remote browser",
        view=Right.REMOTE_BROWSERS_VIEW,
        edit=Right.REMOTE_BROWSERS_EDIT,
        keeper=keeper,
        options=_options,
        plain=True,
        title=lambda browser: browser.name,
        settled=_settled,
    )


def _settled(actor: Actor, _browser: RemoteBrowser | None, document: Document) -> Document:
    browser = read_browser(document, 0, actor)
    return {"name": browser.name, "url": browser.url}


def _options(_document: Mapping[str, Any]) -> Sequence[type[Options]]:
    from kuma_lite.remote_browsers.options import RemoteBrowserOptions

    return (RemoteBrowserOptions,)
