"""What a proxy is to people, and to everything that is made from that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kuma_lite.core.access import Actor, Right
from kuma_lite.core.resources import Document, Keeper, Resource
from kuma_lite.proxies.model import Proxy, read_proxy

if TYPE_CHECKING:
    from kuma_lite.core.options import Options


def proxy_resource(keeper: Keeper[Proxy]) -> Resource[Proxy]:
    """Proxies; documents name them by where they are."""
    return Resource(
        name="proxy",
        plural="proxies",
        view=Right.PROXIES_VIEW,
        edit=Right.PROXIES_EDIT,
        keeper=keeper,
        options=_options,
        plain=True,
        title=lambda proxy: f"{proxy.host}:{proxy.port}",
        named_by="",
        settled=_settled,
    )


def _settled(actor: Actor, _proxy: Proxy | None, document: Document) -> Document:
    return read_proxy(document, 0, actor, 0).document()


def _options(_document: Mapping[str, Any]) -> Sequence[type[Options]]:
    from kuma_lite.proxies.options import ProxyOptions

    return (ProxyOptions,)
