"""Examples for the OpenAPI document, in the `shapes` from which its schemas follow.

A test runs the examples against a server. There `MOMENT` in a request stands for now, and the UUID of
`INTEGRATION` for one that exists.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kuma_lite.rest.shapes import BEFORE, MOMENT, Part, anything, by_name, named, nullable, one_of, optional
from kuma_lite.servers.rules.alert_settings import DEFAULTS

# --- servers -----------------------------------------------------------------------------------------------


def _settings() -> dict[str, dict[str, Any]]:
    """The defaults; a threshold may have a fraction, also where its default has none."""
    thresholds = {name: float(value) for name, value in DEFAULTS["threshold"].items()}
    return {**{section: dict(values) for section, values in DEFAULTS.items()}, "threshold": thresholds}


def _change(shown: Mapping[str, Mapping[str, Any]]) -> dict[str, Part]:
    """Some of the settings; all others may be changed as well."""
    return {
        section: optional(
            {
                name: optional(shown.get(section, {}).get(name, value), shown=name in shown.get(section, {}))
                for name, value in values.items()
            },
            shown=section in shown,
        )
        for section, values in _settings().items()
    }


# What agents say of their host, and the API of a server.
_HOST: Final[Mapping[str, Any]] = {
    "hostname": "web-server-01",
    "public_ip": "192.0.2.100",
    "private_ip": "172.29.183.12",
    "mac_address": "10:e2:d2:76:ed:d8",
    "cpu_cores": 8,
    "cpu_model": "AMD Ryzen 7 3700X 8-Core Processor",
    "operating_system": "Debian GNU/Linux 12",
    "uptime": 2171049,
    "kernel_version": "6.1.0-21-amd64",
}
_SERVER_UUID: Final = "8c0b4a52-6a0e-4a6e-9d4f-0c5a3c1e8f10"
_LAST_METRICS: Final = {
    # Both are missing before the first report with samples.
    "metrics": optional(
        by_name({"cpu_used": 2433.0, "mem_used_b": 12369505812.0, "disk_used_b": 327491256320.0})
    ),
    "timestamp": optional(MOMENT),
}
SERVER: Final = named(
    "Server",
    {
        "uuid": _SERVER_UUID,
        **{name: nullable(value) for name, value in _HOST.items()},
        "status": one_of("online", "offline"),
        "created_at": BEFORE,
        "updated_at": MOMENT,
        "last_seen_at": MOMENT,
        "last_metrics": named("LastMetrics", _LAST_METRICS),
        "alert_settings": named("AlertSettings", _settings()),
    },
)
_CHANGED: Final[Mapping[str, Mapping[str, Any]]] = {
    "threshold": {"cpu": 80.0, "ram": 85.0},
    "general": {"downtime": False},
}
UPDATE: Final = named(
    "ServerUpdate",
    {"server": {"alert_settings": optional(named("AlertSettingsChange", _change(_CHANGED)))}},
)


def _point(value: float, timestamp: str) -> Part:
    return named("MetricPoint", {"value": value, "timestamp": timestamp})


METRICS: Final = named(
    "ServerMetrics",
    {
        "server_uuid": _SERVER_UUID,
        "since": "2024-01-20T00:00:00Z",
        "until": "2024-01-20T23:59:59Z",
        "metrics": by_name(
            {
                "cpu": [_point(45.5, "2024-01-20T14:20:00Z"), _point(46.2, MOMENT)],
                "ram": [_point(62.3, MOMENT)],
            }
        ),
        "meta": {"total_count": 3, "limit": 10000, "metric_types": ["cpu", "ram"]},
    },
)

# --- reports of agents -------------------------------------------------------------------------------------

_MEASURED: Final[Mapping[str, float]] = {
    "cpu_used": 2433.0,
    "mem_used_b": 12369505812.0,
    "net_recv_b": 151445.0,
}
_LOAD: Final[Mapping[str, Any]] = {
    "name": "nginx",
    "cpu": optional(nullable(1.5)),
    "memory": optional(nullable(52428800)),
}
REPORT: Final = named(
    "Report",
    {
        "agent_version": "0.1.0",
        "attributes": {
            "motherboard_id": "MB-7C37-0001",
            **{name: optional(value) for name, value in _HOST.items()},
            "memory_total_bytes": optional(16777216000),
            "disk_total_bytes": optional(500107862016),
            "swap_total_bytes": optional(2147483648),
        },
        "metrics": [
            named("Sample", {"metric": name, "value": value, "timestamp": MOMENT})
            for name, value in _MEASURED.items()
        ],
        "sent_at": optional(MOMENT, shown=False),
        "processes": optional([{**_LOAD, "pid": optional(nullable(812))}], shown=False),
        "containers": optional(
            [
                {
                    **_LOAD,
                    "image": optional(nullable("nginx:1.29")),
                    "status": optional(nullable("Up 3 days")),
                }
            ],
            shown=False,
        ),
        "interfaces": optional(
            [{"name": "eth0", "received": optional(nullable(1200)), "sent": optional(nullable(300))}],
            shown=False,
        ),
        "gpus": optional(
            [
                {
                    "name": "NVIDIA L4",
                    "load": optional(nullable(12)),
                    "memory": optional(nullable(1073741824)),
                    "memory_total": optional(nullable(24146608128)),
                    "temperature": optional(nullable(46)),
                }
            ],
            shown=False,
        ),
    },
)
REPORTED: Final = named(
    "ReportTaken",
    {
        "success_count": 3,
        "failure_count": 0,
        "message": "All metrics were successfully created",
        "errors": optional(["Invalid metric name: gpu"], shown=False),
        "warnings": optional(["The clock of the host is 180 minutes ahead"], shown=False),
    },
)

# --- integrations ------------------------------------------------------------------------------------------

_WEBHOOK: Final = "Integrations::WebhookIntegration"
INTEGRATION: Final = named(
    "Integration",
    {
        "uuid": "5f0f6e0a-8f5f-4d5b-a3c7-1f2a5a5b6c7d",
        "type": _WEBHOOK,
        "name": "Webhook",
        "settings": anything({"webhook_url": "https://hooks.example.com/..."}),
        "editable": True,
        "deletable": True,
        "created_at": BEFORE,
        "updated_at": MOMENT,
    },
)
_WISHES: Final[Mapping[str, Any]] = {
    "name": optional("Webhook"),
    "settings": optional(anything({"webhook_url": "https://hooks.example.com/alerts"})),
}
NEW_INTEGRATION: Final = named("NewIntegration", {"integration": {"type": _WEBHOOK, **_WISHES}})
INTEGRATION_CHANGE: Final = named("IntegrationChange", {"integration": _WISHES})
ATTACH: Final = named("Attach", {"integration_id": INTEGRATION.like["uuid"]})
ATTACHED: Final = named("Attached", {"message": "Integration attached to server", "integration": INTEGRATION})

# --- incidents ---------------------------------------------------------------------------------------------

INCIDENT: Final = named(
    "Incident",
    {
        "uuid": "0d3b7f57-8f34-4f43-9a53-3a1d2f7a9a11",
        "status": one_of("ongoing", "resolved"),
        "error_message": "CPU is at 97.1 %, above 90 % for 5 minutes",
        "cause": "cpu",
        "closed_at": nullable(MOMENT, shown=False),
        "acknowledged_at": nullable(MOMENT, shown=False),
        "acknowledged_by": nullable("admin", shown=False),
        "snoozed_at": nullable(MOMENT, shown=False),
        "snooze_until": nullable(MOMENT, shown=False),
        "monitorable_type": one_of("Server", "NetworkMonitor"),
        "monitorable_uuid": nullable(_SERVER_UUID),
        "monitorable_name": nullable("web-server-01"),
        "request": nullable("", shown=False),
        "request_headers": nullable("", shown=False),
        "response": nullable("", shown=False),
        "response_headers": nullable("", shown=False),
        "created_at": MOMENT,
        "updated_at": MOMENT,
    },
)
INCIDENTS: Final = named(
    "IncidentPage",
    {
        "data": [INCIDENT],
        "meta": {"current_page": 1, "per_page": 25, "total_pages": 1, "total_count": 1},
    },
)
SNOOZE: Final = named("Snooze", {"minutes": 60})

# --- status pages ---------------------------------------------------------------------

_MONITOR: Final = named(
    "NetworkMonitor",
    {
        "id": 1,
        "uuid": "b6f6f2f0-6a3e-5c39-8a5e-0a5a5d3e2f11",
        "name": "Shop",
        "url": nullable("https://shop.example.com"),
        "check_type": "http",
        "status": one_of("up", "down", "pending", "maintenance"),
        "paused": False,
    },
)
STATUS_PAGE: Final = named(
    "ListedStatusPage",
    {
        "uuid": "3c1b0a4e-58f0-5d1b-9a64-0f0f5d3f6c55",
        "name": "Public services",
        "custom_url": nullable("status.example.com"),
        "ssl_installed": False,
        "logo_url": nullable("/upload/logo1.png", shown=False),
        "favicon_url": nullable("/upload/logo1.png", shown=False),
        "network_monitors": [_MONITOR],
        "created_at": nullable(MOMENT, shown=False),
        "updated_at": nullable(MOMENT, shown=False),
    },
)
# --- refusals ----------------------------------------------------------------------------------------------
