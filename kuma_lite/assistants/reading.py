"""Tools that tell something."""

from __future__ import annotations

from typing import Final

from kuma_lite.assistants.tool import MOST_CHARS, MOST_LINES, Arguments, Asks, all_of, monitor, monitors, told
from kuma_lite.assistants.watched import API, Watched, tagged

_MOST_BEATS: Final = 50
_SPANS: Final = ((24, "24 hours"), (24 * 30, "30 days"))


async def list_monitors(asks: Asks, arguments: Arguments) -> str:
    """Monitors with their state and response time; by state, tag, group or a part of the name."""
    part = str(arguments.get("query", "")).casefold()
    found = [
        one
        for one in await monitors(asks)
        if part in one.name.casefold()
        and arguments.get("state") in (None, one.status)
        and ("tag" not in arguments or tagged(one, str(arguments["tag"])))
        and ("group" not in arguments or arguments["group"] in one.path[:-1])
    ]
    return told([_line(one) for one in found], "No such monitors.")


def _line(one: Watched) -> str:
    ping = "" if one.ping is None else f" {one.ping:.0f} ms"
    message = f": {one.message}" if one.message and one.status != "up" else ""
    return f"{one.id} {'/'.join(one.path)} ({one.type}) {one.status or 'not checked yet'}{ping}{message}"


async def show_monitor(asks: Asks, arguments: Arguments) -> str:
    """One monitor: state, target, tags, uptime, last changes of state."""
    one = await monitor(asks, arguments)
    lines = [_line(one), f"checked at: {one.checked_at}", f"message: {one.message}"]
    if one.target:
        lines.append(f"target: {one.target}")
    if one.tags:
        lines.append("tags: " + ", ".join(f"{name}={value}" if value else name for name, value in one.tags))
    for hours, words in _SPANS:
        lines.append(f"uptime of {words}: {await _uptime_of(asks, one.id, hours)}")
    for event in await asks.get(f"{API}/monitors/{one.id}/events?limit=5"):
        lines.append(f"{event['time']} {event['status']}: {event['message']}")
    return told(lines, "")


async def uptime(asks: Asks, arguments: Arguments) -> str:
    """The share of time that a monitor was up, and its average response time."""
    one, hours = await monitor(asks, arguments), max(int(arguments.get("hours", 24)), 1)
    return f"{one.name}, last {hours} hours: {await _uptime_of(asks, one.id, hours)}"


async def _uptime_of(asks: Asks, number: int, hours: int) -> str:
    found = await asks.get(f"{API}/monitors/{number}/uptime?hours={hours}")
    share, ping = found["uptime"], found["average_ping"]
    shown = "nothing recorded" if share is None else f"{share * 100:.3f} %"
    return shown if ping is None else f"{shown}, {ping:.0f} ms on average"


async def recent_beats(asks: Asks, arguments: Arguments) -> str:
    """What the last checks of a monitor found, the newest last."""
    one = await monitor(asks, arguments)
    count = min(max(int(arguments.get("limit", 20)), 1), _MOST_BEATS)
    beats = await asks.get(f"{API}/monitors/{one.id}/beats?limit={count}")
    lines = [f"{beat['time']} {beat['status']} {_ping(beat['ping'])}{beat['message']}" for beat in beats]
    return told(lines, "Nothing was recorded during the last day.")


def _ping(ping: float | None) -> str:
    return "" if ping is None else f"{ping:.0f} ms "


async def list_incidents(asks: Asks, arguments: Arguments) -> str:
    """Outages of monitors and alerts of servers, ongoing ones first."""
    count = min(max(int(arguments.get("limit", 20)), 1), MOST_LINES)
    ongoing = arguments.get("ongoing")
    status = "" if ongoing is None else f"&status={'ongoing' if ongoing else 'resolved'}"
    found = await asks.get(f"{API}/incidents?per_page={count}{status}")
    lines = [
        f"{one['uuid']} {one['status']} {one['monitorable_name']} ({one['cause']}), "
        f"since {one['created_at']}, until {one['closed_at'] or 'now'}: {one['error_message']}"
        for one in found["data"]
    ]
    return told(lines, "No incidents.")


async def server_metrics(asks: Asks, arguments: Arguments) -> str:
    """How servers are doing: CPU, memory, disks, network, as their agents reported last."""
    wanted = str(arguments.get("server", "")).casefold()
    lines = []
    for server in await asks.get(f"{API}/servers"):
        if wanted and wanted not in (str(server["hostname"]).casefold(), server["uuid"]):
            continue
        metrics = (server.get("last_metrics") or {}).get("metrics") or {}
        shown = ", ".join(
            f"{name} {value:g}" for name, value in metrics.items() if isinstance(value, int | float)
        )
        lines.append(
            f"{server['hostname']} {server['status']}, {server['cpu_cores']} cores, last seen "
            f"{server['last_seen_at']}: {shown or 'no metrics'}"
        )
    return told(lines, "No such servers.", most_chars=10 * MOST_CHARS)


async def list_maintenance(asks: Asks, _arguments: Arguments) -> str:
    """Maintenance plans, and whether they run."""
    lines = [
        f"{plan['id']} {plan['title']}: {plan['state']['status']}, {plan['strategy']}, "
        f"from {plan['state']['begins_at']} to {plan['state']['ends_at']}, {len(plan['monitors'])} monitors"
        for plan in await all_of(asks, "maintenance")
    ]
    return told(lines, "No maintenance.")
