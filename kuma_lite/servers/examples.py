"""Examples for the OpenAPI document; a test runs them against a server.

`{server}`, `{integration}` … in a request stand for the id of something that exists.
"""

from __future__ import annotations

from typing import Any, Final

ALERT_SETTINGS: Final[dict[str, Any]] = {
    "threshold": {"cpu": 90.0, "ram": 90.0, "disk": 85.0, "net_in": 10, "net_out": 10},
    "grace_period": {"cpu": 5, "ram": 5, "disk": 10, "net_in": 3, "net_out": 3, "downtime": 5},
    "general": {"downtime": True},
}
SERVER: Final[dict[str, Any]] = {
    "uuid": "8c0b4a52-6a0e-4a6e-9d4f-0c5a3c1e8f10",
    "hostname": "web-server-01",
    "public_ip": "192.0.2.100",
    "private_ip": "172.29.183.12",
    "mac_address": "10:e2:d2:76:ed:d8",
    "cpu_cores": 8,
    "cpu_model": "AMD Ryzen 7 3700X 8-Core Processor",
    "operating_system": "Debian GNU/Linux 12",
    "uptime": 2171049,
    "kernel_version": "6.1.0-21-amd64",
    "status": "online",
    "created_at": "2024-01-15T10:30:00Z",
    "updated_at": "2024-01-20T14:22:00Z",
    "last_seen_at": "2024-01-20T14:22:00Z",
    "last_metrics": {
        "metrics": {"cpu_used": 2433, "mem_used_b": 12369505812, "disk_used_b": 327491256320},
        "timestamp": "2024-01-20T14:22:00Z",
    },
    "alert_settings": ALERT_SETTINGS,
}
UPDATE: Final = {
    "server": {"alert_settings": {"threshold": {"cpu": 80.0, "ram": 85.0}, "general": {"downtime": False}}}
}
METRICS: Final[dict[str, Any]] = {
    "server_uuid": SERVER["uuid"],
    "since": "2024-01-20T00:00:00Z",
    "until": "2024-01-20T23:59:59Z",
    "metrics": {
        "cpu": [
            {"value": 45.5, "timestamp": "2024-01-20T14:20:00Z"},
            {"value": 46.2, "timestamp": "2024-01-20T14:25:00Z"},
        ],
        "ram": [{"value": 62.3, "timestamp": "2024-01-20T14:20:00Z"}],
    },
    "meta": {"total_count": 3, "limit": 10000, "metric_types": ["cpu", "ram"]},
}
REPORT: Final[dict[str, Any]] = {
    "agent_version": "0.1.0",
    "attributes": {
        "motherboard_id": "MB-7C37-0001",
        "hostname": "web-server-01",
        "mac_address": "10:e2:d2:76:ed:d8",
        "cpu_cores": 8,
        "memory_total_bytes": 16777216000,
        "disk_total_bytes": 500107862016,
        "operating_system": "linux",
        "uptime": 2171049,
    },
    "metrics": [
        {"metric": "cpu_used", "value": 2433, "timestamp": "{now}"},
        {"metric": "mem_used_b", "value": 12369505812, "timestamp": "{now}"},
        {"metric": "net_recv_b", "value": 151445, "timestamp": "{now}"},
    ],
}
REPORTED: Final = {
    "success_count": 3,
    "failure_count": 0,
    "message": "All metrics were successfully created",
}
INTEGRATION: Final[dict[str, Any]] = {
    "uuid": "5f0f6e0a-8f5f-4d5b-a3c7-1f2a5a5b6c7d",
    "type": "Integrations::WebhookIntegration",
    "name": "Webhook",
    "settings": {"webhook_url": "https://hooks.example.com/..."},
    "editable": True,
    "deletable": True,
    "created_at": "2024-01-01T00:00:00Z",
    "updated_at": "2024-01-01T00:00:00Z",
}
NEW_INTEGRATION: Final = {
    "integration": {
        "type": "Integrations::WebhookIntegration",
        "name": "Webhook",
        "settings": {"webhook_url": "https://hooks.example.com/alerts"},
    }
}
ATTACH: Final = {"integration_id": "{integration}"}
ATTACHED: Final = {"message": "Integration attached to server", "integration": INTEGRATION}
INCIDENT: Final[dict[str, Any]] = {
    "uuid": "0d3b7f57-8f34-4f43-9a53-3a1d2f7a9a11",
    "status": "ongoing",
    "error_message": "CPU is at 97.1 %, above 90 % for 5 minutes",
    "cause": "cpu",
    "closed_at": None,
    "acknowledged_at": None,
    "acknowledged_by": None,
    "snoozed_at": None,
    "snooze_until": None,
    "monitorable_type": "Server",
    "monitorable_uuid": SERVER["uuid"],
    "monitorable_name": "web-server-01",
    "request": None,
    "request_headers": None,
    "response": None,
    "response_headers": None,
    "created_at": "2024-01-20T14:22:00Z",
    "updated_at": "2024-01-20T14:22:00Z",
}
INCIDENTS: Final = {
    "data": [INCIDENT],
    "meta": {"current_page": 1, "per_page": 25, "total_pages": 1, "total_count": 1},
}
STATUS_PAGE: Final[dict[str, Any]] = {
    "uuid": "3c1b0a4e-58f0-5d1b-9a64-0f0f5d3f6c55",
    "name": "Public services",
    "custom_url": "status.example.com",
    "ssl_installed": False,
    "logo_url": None,
    "favicon_url": None,
    "network_monitors": [
        {
            "id": 1,
            "uuid": "b6f6f2f0-6a3e-5c39-8a5e-0a5a5d3e2f11",
            "name": "Shop",
            "url": "https://shop.example.com",
            "check_type": "http",
            "status": "up",
            "paused": False,
        }
    ],
    "created_at": None,
    "updated_at": None,
}
PROJECT: Final[dict[str, Any]] = {
    "uuid": "f3f8a8a0-6a0e-4a6e-9d4f-0c5a3c1e8f10",
    "name": "Default",
    "root": True,
    "created_at": "2024-01-01T00:00:00Z",
}
TOKEN: Final[dict[str, Any]] = {
    "uuid": "7b1f3c52-6a0e-4a6e-9d4f-0c5a3c1e8f10",
    "name": "web-server-01",
    "kind": "project",
    "project_uuid": PROJECT["uuid"],
    "prefix": "klp_Xa81fG",
    "created_at": "2024-01-01T00:00:00Z",
    "expires_at": None,
    "last_used_at": "2024-01-20T14:22:00Z",
    "revoked_at": None,
}
NEW_TOKEN: Final = {"token": {"name": "web-server-01", "kind": "project"}}
CREATED_TOKEN: Final = {**TOKEN, "last_used_at": None, "token": "klp_Xa81fG…"}
