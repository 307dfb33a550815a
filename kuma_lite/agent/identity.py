"""Which host this is: a name that stays, and what people recognise it by."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterable
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from kuma_lite.agent import macos

# What stays the same over reboots, in the order of preference. The machine id can be read by everybody, so
# that the host is the same one whoever runs the agent; serial numbers are for root.
SOURCES: Final = (
    "etc/machine-id",
    "var/lib/dbus/machine-id",
    "sys/class/dmi/id/board_serial",
    "sys/class/dmi/id/product_uuid",
)
# What makers leave in their firmware instead of a number.
_PLACEHOLDERS: Final = frozenset(
    {"", "none", "unknown", "default string", "to be filled by o.e.m.", "not specified", "0", "uninitialized"}
)

# An address of documentation (RFC 5737): it stands for whatever lies beyond this host's own network.
_ELSEWHERE: Final = ("192.0.2.1", 9)


def host_id(root: Path = Path("/")) -> str:
    """A name for this host that no other one has."""
    for source in SOURCES:
        text = _read(root / source)
        if text.lower() not in _PLACEHOLDERS:
            return text
    return macos.hardware_id() or socket.gethostname()


def operating_system(root: Path = Path("/")) -> str:
    """What the system calls itself."""
    for line in _read(root / "etc/os-release").splitlines():
        key, _, value = line.partition("=")
        if key == "PRETTY_NAME":
            return value.strip().strip("\"'")
    return macos.version() or os.uname().sysname


def processor(root: Path = Path("/")) -> str | None:
    """The model of the processor; on boards that name none, the board."""
    found: dict[str, str] = {}
    for line in _read(root / "proc/cpuinfo").splitlines():
        key, _, value = line.partition(":")
        found.setdefault(key.strip(), value.strip())
    # On x86 there is a `model` as well, a number.
    told = (found[key] for key in ("model name", "Model", "Hardware") if found.get(key))
    return next(told, None) or macos.processor()


def local_address(url: str) -> str | None:
    """The address this host has in the network of the server; nothing is sent to find out."""
    parts = urlsplit(url)
    with suppress(OSError, ValueError):
        found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_DGRAM)
        for target in (found[0][4], _ELSEWHERE):
            address = _own_address(target)
            if address is not None and not ip_address(address.partition("%")[0]).is_loopback:
                return address
    return None


def _own_address(target: Any) -> str | None:
    """The address from which something would be sent to a target."""
    family = socket.AF_INET6 if ":" in target[0] else socket.AF_INET
    with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.connect(target)
        return str(probe.getsockname()[0])
    return None


def describe(url: str, own_id: str | None, mac_of: Callable[[str], str | None]) -> dict[str, Any]:
    """The attributes that stay while the agent runs; what is not known is left out."""
    address = local_address(url)
    system = os.uname()
    found: Iterable[tuple[str, Any]] = (
        ("motherboard_id", own_id or host_id()),
        ("hostname", socket.gethostname()),
        ("private_ip", address),
        ("mac_address", mac_of(address) if address else None),
        ("operating_system", operating_system()),
        ("kernel_version", system.release),
        ("cpu_model", processor()),
    )
    return {key: value for key, value in found if value}


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace").strip()
    except OSError:
        return ""
