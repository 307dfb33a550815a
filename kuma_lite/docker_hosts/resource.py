"""What a Docker host is to people, and to everything that is made from that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kuma_lite.core.access import Actor, Right
from kuma_lite.core.resources import Document, Keeper, Resource
from kuma_lite.docker_hosts.model import DockerHost, read_host

if TYPE_CHECKING:
    from kuma_lite.core.options import Options


def docker_host_resource(keeper: Keeper[DockerHost]) -> Resource[DockerHost]:
    """Docker hosts."""
    return Resource(
        name="docker_host",
        plural="docker_hosts",
        label="Docker host",
        view=Right.DOCKER_HOSTS_VIEW,
        edit=Right.DOCKER_HOSTS_EDIT,
        keeper=keeper,
        options=_options,
        plain=True,
        title=lambda host: host.name or "",
        settled=_settled,
    )


def _settled(actor: Actor, host: DockerHost | None, document: Document) -> Document:
    return read_host(document, 0, actor, host).document()


def _options(_document: Mapping[str, Any]) -> Sequence[type[Options]]:
    from kuma_lite.docker_hosts.options import DockerHostOptions

    return (DockerHostOptions,)
