"""Where database ids are, and of what."""

from __future__ import annotations

# Pushed events whose positional argument is an id.
EVENT_ARG_IDS: dict[tuple[str, int], str] = {
    ("heartbeatList", 0): "monitor",
    ("importantHeartbeatList", 0): "monitor",
    ("avgPing", 0): "monitor",
    ("uptime", 0): "monitor",
    ("certInfo", 0): "monitor",
    ("domainInfo", 0): "monitor",
    ("deleteMonitorFromList", 0): "monitor",
}

# Pushed events whose first argument is an object keyed by id.
EVENT_KEYED: dict[str, str] = {
    "monitorList": "monitor",
    "updateMonitorIntoList": "monitor",
    "maintenanceList": "maintenance",
    "statusPageList": "status_page",
}

# "id" inside the elements carried by an event.
EVENT_ID: dict[str, str] = {
    "monitorList": "monitor",
    "updateMonitorIntoList": "monitor",
    "maintenanceList": "maintenance",
    "statusPageList": "status_page",
    "notificationList": "notification",
    "proxyList": "proxy",
    "dockerHostList": "docker_host",
    "remoteBrowserList": "remote_browser",
    "apiKeyList": "api_key",
    "heartbeatList": "heartbeat",
    # acknowledgements
    "addNotification": "notification",
    "addProxy": "proxy",
    "addDockerHost": "docker_host",
    "addRemoteBrowser": "remote_browser",
    "getMonitorBeats": "heartbeat",
}

# "id" inside an object found under this key.
PARENT_ID: dict[str, str] = {
    "publicGroupList": "group",
    "monitorList": "monitor",
    "incidents": "incident",
    "incident": "incident",
    "maintenanceList": "maintenance",
    "maintenance": "maintenance",
    "statusPages": "status_page",
    "monitors": "monitor",
    "tags": "tag",
    "tag": "tag",
    "monitor": "monitor",
    "config": "status_page",
}

# Keys that hold an id wherever they appear.
KEY_ID: dict[str, str] = {
    "monitorID": "monitor",
    "monitor_id": "monitor",
    "monitorId": "monitor",
    "parent": "monitor",
    "childrenIDs": "monitor",
    "tag_id": "tag",
    "userID": "user",
    "userId": "user",
    "user_id": "user",
    "proxyId": "proxy",
    "proxy_id": "proxy",
    "docker_host": "docker_host",
    "remote_browser": "remote_browser",
    "maintenanceID": "maintenance",
    "status_page_id": "status_page",
    "keyID": "api_key",
}

KEYED_OBJECTS: dict[str, str] = {
    "notificationIDList": "notification",
    "heartbeatList": "monitor",
}
