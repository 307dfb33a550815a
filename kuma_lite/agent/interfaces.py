"""Which network interfaces count: each byte once, whatever bonds, bridges and tunnels it passes through."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from kuma_lite.core.clock import Clock

SYSFS: Final = Path("/sys/class/net")
_LOOPBACK: Final = re.compile(r"lo\d*")
# Where the system cannot tell: names that programs and administrators give to what lies upon others.
_STACKED: Final = re.compile(
    r"bond|team|lagg|br-|br\d|brq|bridge|virbr|vmbr|qbr|qvo|qvb|ovs|vlan|macvlan|macvtap|ipvlan|"
    r"veth|vnet|vif\d|tap|fwbr|fwln|fwpr|docker|podman|lxc|lxdbr|incusbr|cni|flannel|cali|cilium|weave|kube|"
    r"nodelocaldns|vxlan|genev|gre|erspan|sit\d|ip6|ip_vti|tunl|tun|utun|wg|tailscale|zt|ppp|"
    r"dummy|ifb|nlmon|awdl|llw|anpi|gif\d|stf\d|epair|pflog|pfsync"
)


SHOWN: Final = 10
MIN_S: Final = 0.5  # between two looks; a rate of less is noise


class Traffic:
    """Looks at every interface, and remembers what the next look is compared with."""

    def __init__(self, clock: Clock) -> None:
        import psutil

        self._psutil: Any = psutil
        self._clock = clock
        self._before = self._counters()
        self._looked = clock.monotonic()

    def busiest(self) -> list[dict[str, Any]] | None:
        """Name, and bytes per second in and out, of each; None where that cannot be told."""
        now, moment = self._counters(), self._clock.monotonic()
        passed = moment - self._looked
        if passed < MIN_S:
            return None
        before, self._before, self._looked = self._before, now, moment
        if before is None or now is None:
            return None
        rows = [
            {
                "name": name,
                "received": round(max(0, card.bytes_recv - before[name].bytes_recv) / passed),
                "sent": round(max(0, card.bytes_sent - before[name].bytes_sent) / passed),
            }
            for name, card in now.items()
            if name in before and not _LOOPBACK.fullmatch(name)
        ]
        return sorted(rows, key=lambda row: row["received"] + row["sent"], reverse=True)[:SHOWN]

    def _counters(self) -> Mapping[str, Any] | None:
        try:
            found: Mapping[str, Any] = self._psutil.net_io_counters(pernic=True, nowrap=False)
        except (OSError, RuntimeError, self._psutil.Error):
            return None
        return found


def counted(names: Iterable[str], sysfs: Path = SYSFS) -> set[str]:
    """Those of the interfaces through which all traffic of this host passes once.

    That is the hardware, as far as the system names it. Within a container there is none; there, and on other
    systems, it is whatever does not lie upon another one.
    """
    present = {name for name in names if not _LOOPBACK.fullmatch(name)}
    hardware = {name for name in present if (sysfs / name / "device").exists()}
    # An accelerated virtual card and a port of a switch are devices, and pass on to another one.
    hardware -= {name for name in hardware if _master(sysfs, name) in hardware}
    hardware -= {name for name in hardware if _below(sysfs, name) & hardware}
    unknown = {name for name in present if not (sysfs / name).exists()}
    plain = {name for name in hardware | unknown if not _looks_stacked(name, present)} or hardware
    if plain:
        return plain
    ground = {name for name in present if not _below(sysfs, name) & present}
    return {name for name in ground if not _looks_stacked(name, present)} or ground


def _looks_stacked(name: str, present: set[str]) -> bool:
    return _STACKED.match(name) is not None or name.rpartition(".")[0] in present


def _master(sysfs: Path, name: str) -> str | None:
    link = sysfs / name / "master"
    return link.readlink().name if link.is_symlink() else None


def _below(sysfs: Path, name: str) -> set[str]:
    return {link.name.removeprefix("lower_") for link in (sysfs / name).glob("lower_*")}
