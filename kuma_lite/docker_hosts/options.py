"""What can be chosen for a Docker host."""

from __future__ import annotations

from kuma_lite.core.declarations import Choice, Kind
from kuma_lite.core.options import Options, option


class DockerHostOptions(Options):
    """A Docker host."""

    name: str = option("", label="Name", kind=Kind.TEXT, required=True)
    connection: str = option(
        "",
        alias="dockerType",
        label="Connection type",
        kind=Kind.SELECT,
        required=True,
        form_default="socket",
        choices=(Choice("socket", "Socket"), Choice("tcp", "TCP or HTTP")),
    )
    daemon: str = option(
        "",
        alias="dockerDaemon",
        label="Docker daemon",
        kind=Kind.TEXT,
        required=True,
        form_default="/var/run/docker.sock",
        help="The path of a socket, or an address as in http://docker.example.com:2375.",
    )
    labels: bool = option(
        False,
        label="Containers make monitors",
        kind=Kind.SWITCH,
        help="By labels such as kuma-lite.shop.http.url; AutoKuma's (kuma.…) are understood as well.",
    )
