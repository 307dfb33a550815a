"""What a Docker host is, and the request that asks its daemon something."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from kuma_lite.core import wire_values
from kuma_lite.core.access import Actor
from kuma_lite.core.errors import UserError
from kuma_lite.net.errors import NetworkError
from kuma_lite.net.http import Request
from kuma_lite.net.http.url import parse_url

SOCKET: Final = "socket"
LABELS: Final = "labels"  # the key of a document
TLS_FOLDER: Final = "docker-tls"  # in the data folder; below it, a folder for each host
_EACH: Final = "Each text about a Docker host"
_TLS_FILES: Final = ("ca.pem", "cert.pem", "key.pem")


class DockerHost(NamedTuple):
    """A Docker daemon of an organisation; whatever a client left out is None."""

    id: int
    organisation: int
    user_id: int  # who made it
    daemon: str | None  # path of a socket, or a URL
    type: str | None  # "socket" or "tcp"
    name: str | None
    labels: bool = False  # whether labels of its containers make monitors

    def document(self) -> dict[str, Any]:
        """What can be chosen."""
        return {**self._known(), LABELS: self.labels}

    def as_wire(self) -> dict[str, Any]:
        """An entry of `dockerHostList`."""
        return {"id": self.id, "userID": self.user_id, **self._known()}

    def _known(self) -> dict[str, Any]:
        return {"dockerDaemon": self.daemon, "dockerType": self.type, "name": self.name}


def read_host(
    payload: Any, host_id: int = 0, actor: Actor | None = None, old: DockerHost | None = None
) -> DockerHost:
    """A Docker host as a client sends it; what clients of Uptime Kuma do not know stays. Raises UserError."""
    if not isinstance(payload, Mapping):
        raise UserError("The Docker host must be an object.")
    daemon, kind, name = (_text(payload, key) for key in ("dockerDaemon", "dockerType", "name"))
    organisation, author = (actor.organisation, actor.author) if actor else (0, 0)
    labels = wire_values.flag(payload.get(LABELS, old.labels if old is not None else False))
    return DockerHost(host_id, organisation, author, daemon, kind, name, labels)


def _text(payload: Mapping[str, Any], key: str) -> str | None:
    value = payload.get(key)
    text = wire_values.short_text(value, _EACH, about=key)
    if value is not None and text is None:
        raise UserError("Name, type and address of a Docker host must be texts.", about=key)
    return text


def daemon_request(host: DockerHost, path: str, timeout: float, data_folder: Path) -> Request:
    """GET `path` (from the daemon's API) at a host.

    A daemon over TLS is shown the certificate in `<data folder>/docker-tls/<host name>/`, if it is there.
    Raises NetworkError for an address that is none.
    """
    if host.type == SOCKET:
        return Request(
            "GET", f"http://localhost{path}", timeout=timeout, total_timeout=timeout, unix_socket=host.daemon
        )
    address = (host.daemon or "").rstrip("/")
    if address.startswith("tcp://"):
        address = address.replace("tcp://", "http://", 1)
    request = Request("GET", address + path, timeout=timeout, total_timeout=timeout)
    ca, certificate, key = _tls_files(address, data_folder)
    request.ca_pem, request.cert_pem, request.key_pem = ca, certificate, key
    return request


def tls_context(host: DockerHost, data_folder: Path) -> ssl.SSLContext | None:
    """For a connection of one's own to a daemon over TLS; None: as everybody connects. Raises OSError."""
    address = (host.daemon or "").replace("tcp://", "http://", 1)
    ca, certificate, key = _tls_files(address, data_folder) if host.type != SOCKET else (None, None, None)
    if ca is None or certificate is None or key is None:
        return None
    folder = data_folder / TLS_FOLDER / parse_url(address).host
    context = ssl.create_default_context(cadata=ca)
    context.load_cert_chain(folder / _TLS_FILES[1], folder / _TLS_FILES[2])
    return context


def _tls_files(address: str, data_folder: Path) -> tuple[str | None, ...]:
    """CA, certificate and key for a daemon; nothing unless all three are there."""
    try:
        url = parse_url(address)
    except NetworkError:
        return (None, None, None)  # the request itself will say what is wrong
    folder = data_folder / TLS_FOLDER / url.host
    if url.scheme != "https" or url.host.strip(".") == "":
        return (None, None, None)
    try:
        return tuple((folder / name).read_text() for name in _TLS_FILES)
    except OSError:
        return (None, None, None)
