"""Tools that change something."""

from __future__ import annotations

from urllib.parse import quote

from kuma_lite.assistants.tool import Arguments, Asks, monitor, monitors
from kuma_lite.assistants.watched import API, find


async def pause(asks: Asks, arguments: Arguments) -> str:
    """Stop checking a monitor, until it is resumed."""
    one = await monitor(asks, arguments)
    await asks.post(f"{API}/monitors/{one.id}/pause", {})
    return f"{one.name} is paused."


async def resume(asks: Asks, arguments: Arguments) -> str:
    """Check a monitor again."""
    one = await monitor(asks, arguments)
    await asks.post(f"{API}/monitors/{one.id}/resume", {})
    return f"{one.name} is checked again."


async def start_maintenance(asks: Asks, arguments: Arguments) -> str:
    """Put monitors under maintenance now: nobody is told of outages meanwhile."""
    known = await monitors(asks)
    found = [find(known, str(name)) for name in arguments["monitors"]]
    body = {
        "title": arguments["title"],
        "minutes": arguments.get("minutes"),
        "monitors": [one.id for one in found],
    }
    made = await asks.post(f"{API}/maintenance/start", body)
    return f"Maintenance {made['id']} has begun, until {made['state']['ends_at'] or 'it is ended'}."


async def end_maintenance(asks: Asks, arguments: Arguments) -> str:
    """End maintenance that runs."""
    ended = await asks.post(f"{API}/maintenance/{arguments['maintenance']}/end", {})
    return f"Maintenance {ended['id']} ({ended['title']}) is over."


async def acknowledge(asks: Asks, arguments: Arguments) -> str:
    """Say that somebody cares for an incident of a server."""
    key = quote(str(arguments["incident"]), safe="")
    found = await asks.post(f"{API}/incidents/{key}/acknowledge", {})
    return f"Acknowledged: {found['error_message']}"


async def add_monitor(asks: Asks, arguments: Arguments) -> str:
    """Add a monitor, such as type http with url, ping with hostname, port with hostname and port."""
    more = arguments.get("fields", {})
    body = {**more, **{name: value for name, value in arguments.items() if name != "fields"}}
    made = await asks.post(f"{API}/monitors", body)
    return f"Monitor {made['id']} ({made['name']}) was added."
