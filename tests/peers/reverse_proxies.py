"""nginx, Caddy and HAProxy with the examples of `packaging/proxies/`, in front of a server of ours.

`running` puts nothing into them but ports, a certificate and addresses of this machine.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from tests.net.authority import Issued
from tests.peers.support import Ready, accepts, started
from tests.requires import ROOT, binds_ipv6
from tests.support.ports import free_port

EXAMPLES = ROOT / "packaging" / "proxies"
NAME = "kuma.example.com"


class Ports(NamedTuple):
    http: int  # nobody listens there where the example has no plain HTTP
    https: int


def _replaced(text: str, pairs: Mapping[str, str]) -> str:
    for old, new in pairs.items():
        text = text.replace(old, new)
    return text


def _without_ipv6(text: str) -> str:
    return text if binds_ipv6() else "\n".join(line for line in text.splitlines() if "[::1]" not in line)


# How each writes that our server is at a socket of the file system.
SOCKETS = {"nginx": "unix:{}", "caddy": "unix/{}", "haproxy": "unix@{}"}


def _nginx(text: str, folder: Path, ports: Ports, target: str) -> list[str]:
    site = _replaced(
        text,
        {
            "listen 80;": f"listen 127.0.0.1:{ports.http};",
            "listen [::]:80;": f"listen [::1]:{ports.http};",
            "listen 443 ssl;": f"listen 127.0.0.1:{ports.https} ssl;",
            "listen [::]:443 ssl;": f"listen [::1]:{ports.https} ssl;",
            f"/etc/ssl/{NAME}.pem": str(folder / "both.pem"),
            f"/etc/ssl/{NAME}.key": str(folder / "both.pem"),
            "127.0.0.1:3001": target,
        },
    )
    temporary = "\n".join(
        f"{name}_temp_path {folder / name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off;\nuser root;\npid {folder / 'pid'};\nevents {{}}\n"
        f"http {{\naccess_log off;\n{temporary}\n{_without_ipv6(site)}\n}}\n"
    )
    return ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "errors")]


def _caddy(text: str, folder: Path, ports: Ports, target: str) -> list[str]:
    addresses = "127.0.0.1 [::1]" if binds_ipv6() else "127.0.0.1"
    site = _replaced(
        text,
        {
            f"{NAME} {{": f"https://{NAME}:{ports.https} {{\n\tbind {addresses}\n\t"
            f"tls {folder / 'both.pem'} {folder / 'both.pem'}",
            "127.0.0.1:3001": target,
        },
    )
    options = f"{{\n\tadmin off\n\tauto_https disable_redirects\n\tdefault_sni {NAME}\n}}\n"
    (folder / "Caddyfile").write_text(options + site)
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


def _haproxy(text: str, folder: Path, ports: Ports, target: str) -> list[str]:
    config = _replaced(
        text,
        {
            "bind :80\n": f"bind 127.0.0.1:{ports.http}\n",
            "bind [::]:80 v6only": f"bind [::1]:{ports.http}",
            "bind :443": f"bind 127.0.0.1:{ports.https}",
            "bind [::]:443 v6only": f"bind [::1]:{ports.https}",
            f"/etc/ssl/{NAME}.pem": str(folder / "both.pem"),
            "127.0.0.1:3001": target,
        },
    )
    (folder / "haproxy.cfg").write_text(_without_ipv6(config) + "\n")
    return ["haproxy", "-db", "-f", str(folder / "haproxy.cfg")]


def _listens(port: int) -> Ready:
    """Whether it does so on all addresses: Caddy begins with one."""
    addresses = ("127.0.0.1", "::1") if binds_ipv6() else ("127.0.0.1",)

    async def ready() -> bool:
        return all([await accepts(port, address)() for address in addresses])

    return ready


PROXIES: dict[str, tuple[str, str, Callable[[str, Path, Ports, str], list[str]]]] = {
    "nginx": ("nginx.conf", "nginx-subpath.conf", _nginx),
    "caddy": ("Caddyfile", "Caddyfile-subpath", _caddy),
    "haproxy": ("haproxy.cfg", "haproxy-subpath.cfg", _haproxy),
}


@asynccontextmanager
async def running(
    folder: Path, proxy: str, certificate: Issued, target: int | Path, *, below: bool = False
) -> AsyncIterator[Ports]:
    """One of them while it runs.

    Args:
        proxy: a key of `PROXIES`.
        certificate: for `NAME`.
        target: the port of our server on 127.0.0.1, or its socket.
        below: with the example for a sub-path.
    """
    folder.mkdir()
    (folder / "both.pem").write_text(certificate.pem + certificate.key_pem)
    plain, subpath, prepare = PROXIES[proxy]
    ports = Ports(free_port(), free_port())
    place = f"127.0.0.1:{target}" if isinstance(target, int) else SOCKETS[proxy].format(target)
    command = prepare((EXAMPLES / (subpath if below else plain)).read_text(), folder, ports, place)
    home = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    async with started(*command, ready=_listens(ports.https), folder=folder, environment=home):
        yield ports
