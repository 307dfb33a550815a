"""What Prometheus is told of servers: names, labels and values; whoever serves metrics writes them down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from kuma_lite.core.clock import MILLISECONDS
from kuma_lite.servers.model import ONLINE, Server
from kuma_lite.servers.samples.metrics import FRIENDLY, MEGABYTE, metric_of

Labels = tuple[tuple[str, str], ...]


class Measured(NamedTuple):
    """One metric of all servers."""

    name: str
    help: str
    type: str  # "gauge" or "counter"
    samples: list[tuple[Labels, float]]


# Friendly name → metric, its help, and what the value is multiplied with.
_DERIVED: Final[Mapping[str, tuple[str, str, float]]] = {
    "cpu": ("server_cpu_percent", "Processor time used, percent of the machine", 1),
    "ram": ("server_memory_percent", "Memory used, percent", 1),
    "disk": ("server_disk_percent", "Main disk used, percent", 1),
    "net_in": ("server_network_receive_bytes_per_second", "Bytes received a second", MEGABYTE),
    "net_out": ("server_network_transmit_bytes_per_second", "Bytes sent a second", MEGABYTE),
}


def measured(servers: Iterable[Server]) -> list[Measured]:
    """Every metric of every server. No name begins with `monitor`: clients take those for monitors."""
    found = {
        "up": Measured("server_up", "Whether the server is heard of", "gauge", []),
        "seen": Measured("server_last_seen_timestamp_seconds", "When it was heard of last", "gauge", []),
        "alerts": Measured("server_alerts", "Open alerts", "gauge", []),
        "raw": Measured(
            "server_metric", "Newest sample of each stored metric that is no counter", "gauge", []
        ),
        "count": Measured("server_metric_total", "Newest sample of each stored counter", "counter", []),
    }
    derived = {name: Measured(words[0], words[1], "gauge", []) for name, words in _DERIVED.items()}
    for server in servers:
        labels: Labels = (("server", server.uuid), ("hostname", server.name))
        found["up"].samples.append((labels, float(server.status == ONLINE)))
        found["seen"].samples.append((labels, server.last_seen / MILLISECONDS))
        found["alerts"].samples.append((labels, float(len(server.incidents))))
        for name in FRIENDLY:
            if name in server.values:
                derived[name].samples.append((labels, server.values[name] * _DERIVED[name][2]))
        for name, (_, value) in sorted(server.last.items()):
            metric = metric_of(name)
            kind = "count" if metric is not None and metric.counter else "raw"
            found[kind].samples.append(((*labels, ("metric", name)), float(value)))
    return [family for family in (*found.values(), *derived.values()) if family.samples]
