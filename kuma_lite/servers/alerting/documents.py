"""Incidents as the Servers API shows them; a server is in `model.as_wire`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from kuma_lite.core.iso_time import iso
from kuma_lite.servers.model import Incident
from kuma_lite.servers.service import Servers


class Listed(Struct, frozen=True):
    """One incident in a list, with what lists are ordered by."""

    ongoing: bool
    began: int  # milliseconds since 1970
    wire: Mapping[str, Any]  # the object of the API


def incident_wire(servers: Servers, incident: Incident) -> dict[str, Any]:
    """The object of the API about a server's incident."""
    server = servers.by_id(incident.server_id)
    uuid, name = (server.uuid, server.name) if server else (None, None)
    return incident_object(incident, "Server", uuid, name)


def incident_object(incident: Incident, kind: str, uuid: str | None, name: str | None) -> dict[str, Any]:
    """The object of the API about an incident of whatever kind, by the UUID and name of what it happened to.

    What checks asked and were answered may hold secrets, and stays here; a server has no checks.
    """
    return {
        "uuid": incident.uuid,
        "status": "ongoing" if incident.closed is None else "resolved",
        "error_message": incident.message,
        "cause": incident.cause,
        "closed_at": iso(incident.closed),
        "acknowledged_at": iso(incident.acknowledged),
        "acknowledged_by": incident.acknowledged_by,
        "snoozed_at": iso(incident.snoozed),
        "snooze_until": iso(incident.snooze_until),
        "monitorable_type": kind,
        "monitorable_uuid": uuid,
        "monitorable_name": name,
        "request": None,
        "request_headers": None,
        "response": None,
        "response_headers": None,
        "created_at": iso(incident.started),
        "updated_at": iso(incident.updated),
    }
