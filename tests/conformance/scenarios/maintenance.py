"""Maintenance: every strategy, what it does to monitors, pause and resume."""

import asyncio
import datetime as dt

from tests.conformance.scenario import scenario

DAY_S = 86400
BEFORE_MIDNIGHT_S, AFTER_MIDNIGHT_S = 300, 180
LIMIT_S = 180 + BEFORE_MIDNIGHT_S + AFTER_MIDNIGHT_S

UTC = dt.UTC


def now(**shift):
    return dt.datetime.now(UTC) + dt.timedelta(**shift)


def local(t):
    return t.strftime("%Y-%m-%d %H:%M:%S")


def clock(t):
    return {"hours": t.hour, "minutes": t.minute, "seconds": 0}


def plan(strategy, **fields):
    """A maintenance the way a client sends it."""
    m = {
        "title": strategy,
        "description": "",
        "strategy": strategy,
        "active": True,
        "intervalDay": 1,
        "dateRange": [None, None],
        "timeRange": [{"hours": 2, "minutes": 0}, {"hours": 3, "minutes": 0}],
        "weekdays": [],
        "daysOfMonth": [],
        "cron": "30 3 * * *",
        "durationMinutes": 60,
        "timezoneOption": "UTC",
    }
    m.update(fields)
    return m


async def clear_of_midnight():
    """Windows around 'now' must not straddle a change of day: wait until three past."""
    t = now()
    into_day = (t - t.replace(hour=0, minute=0, second=0, microsecond=0)).total_seconds()
    if into_day >= DAY_S - BEFORE_MIDNIGHT_S:
        await asyncio.sleep(DAY_S - into_day + AFTER_MIDNIGHT_S)
    elif into_day < AFTER_MIDNIGHT_S:
        await asyncio.sleep(AFTER_MIDNIGHT_S - into_day)


@scenario("maintenance_manual", order=100)
async def maintenance_manual(s):
    """Manual maintenance: attached to a monitor, paused, resumed, edited, deleted."""
    a = await s.admin("a")
    i = await s.hidden_add(a, name="m", type="manual", manual_status=1)
    await s.call(a, "getMaintenanceList", label="none")
    k = (await s.call(a, "addMaintenance", plan("manual", title="By hand", description="**bold**")))[
        "maintenanceID"
    ]
    await s.call(a, "getMaintenance", k)
    await s.call(a, "addMonitorMaintenance", k, [{"id": i, "name": "m"}])
    await s.call(a, "getMonitorMaintenance", k)
    await s.call(a, "getMonitor", i, label="the monitor is under maintenance")
    await s.forget_beats(a, i)
    await s.call(a, "resumeMonitor", i, label="check it")
    await s.beats(a, i, 1, label="a beat under maintenance", stats=False)
    await s.call(a, "pauseMaintenance", k)
    await s.call(a, "getMonitor", i, label="no longer under maintenance")
    await s.call(a, "resumeMonitor", i, label="check it again")
    await s.beats(a, i, 1, label="back to normal, important", stats=False)
    await s.call(a, "resumeMaintenance", k)
    await s.call(a, "editMaintenance", plan("manual", id=k, title="Edited", active=True))
    await s.call(a, "addMonitorMaintenance", k, [], label="detach all monitors")
    await s.call(a, "getMonitorMaintenance", k, label="none attached")
    await s.call(a, "getMaintenanceList", label="one")
    await s.call(a, "deleteMaintenance", k)
    await s.call(a, "getMaintenanceList", label="none again")


@scenario("maintenance_single", order=101)
async def maintenance_single(s):
    """A single window: running, in the future, over."""
    a = await s.admin("a")
    run = plan("single", title="running", dateRange=[local(now(hours=-1)), local(now(hours=2))])
    k = (await s.call(a, "addMaintenance", run, label="running"))["maintenanceID"]
    await s.call(
        a,
        "addMaintenance",
        plan("single", title="later", dateRange=["2099-01-01 00:00:00", "2099-01-02 00:00:00"]),
        label="later",
    )
    await s.call(
        a,
        "addMaintenance",
        plan("single", title="over", dateRange=["2001-01-01 00:00", "2001-01-02 00:00"]),
        label="over",
    )
    await s.call(
        a,
        "addMaintenance",
        plan(
            "single",
            title="Tokyo",
            timezoneOption="Asia/Tokyo",
            dateRange=[local(now(hours=-1)), local(now(hours=2))],
        ),
        label="the same hours in Tokyo are over",
    )
    await s.call(
        a,
        "addMaintenance",
        plan(
            "single",
            title="server's",
            timezoneOption="SAME_AS_SERVER",
            dateRange=["2099-01-01 00:00:00", "2099-01-01 01:00:00"],
        ),
        label="the server's time zone",
    )
    await s.call(
        a, "addMaintenance", plan("single", title="bad", dateRange=["no date", None]), label="no date"
    )
    await s.call(
        a, "addMaintenance", plan("single", title="bad", dateRange=[None, "12345-01-01"]), label="bad end"
    )
    await s.call(a, "pauseMaintenance", k)
    await s.call(a, "getMaintenance", k, label="inactive")
    await s.call(a, "resumeMaintenance", k)
    await s.call(
        a,
        "editMaintenance",
        {**run, "id": k, "dateRange": ["2099-05-05 10:00:00", "2099-05-05 11:00:00"]},
        label="moved to the future",
    )
    await s.call(a, "getMaintenanceList")


@scenario("maintenance_recurring_fixed", order=102)
async def maintenance_recurring_fixed(s):
    """Recurring plans whose windows lie in 2001 or 2099: everything but the next dates is compared."""
    a = await s.admin("a")
    r = "recurring-"
    later = {"dateRange": ["2099-01-01", None]}
    # a window that happens to include the present is pushed once more and listed
    anytime = {"any": ["events.*.args.0.*.timeslotList"], "once": ["maintenanceList"]}
    k = (
        await s.call(
            a,
            "addMaintenance",
            plan(r + "interval", intervalDay=3, dateRange=["2099-01-01", "2099-12-31"]),
            label="every third day",
            **anytime,
        )
    )["maintenanceID"]
    await s.call(
        a,
        "addMaintenance",
        plan(
            r + "interval",
            timeRange=[{"hours": 23, "minutes": 30}, {"hours": 1, "minutes": 15}],
            dateRange=["2001-01-01", "2001-12-31"],
        ),
        label="across midnight, over since 2001",
        **anytime,
    )
    await s.call(
        a,
        "addMaintenance",
        plan(r + "weekday", weekdays=[5, 1, 0], **later),
        label="three weekdays",
        **anytime,
    )
    await s.call(
        a, "addMaintenance", plan(r + "weekday", weekdays=[], **later), label="no weekday", **anytime
    )
    await s.call(
        a,
        "addMaintenance",
        plan(r + "day-of-month", daysOfMonth=[15, 1, "lastDay1"], **later),
        label="first, 15th and last day",
        **anytime,
    )
    await s.call(
        a,
        "addMaintenance",
        plan(r + "day-of-month", daysOfMonth=["lastDay2"], **later),
        label="last day but one",
        **anytime,
    )
    await s.call(
        a, "addMaintenance", plan(r + "day-of-month", daysOfMonth=[], **later), label="no day", **anytime
    )
    await s.call(
        a,
        "addMaintenance",
        plan("cron", cron="15 4 * * 1", durationMinutes=90, **later),
        label="cron",
        **anytime,
    )
    await s.call(
        a, "addMaintenance", plan("cron", cron="not a cron"), label="bad cron", text=["ack.0.msg"], **anytime
    )
    await s.call(
        a,
        "addMaintenance",
        plan("cron", cron="61 * * * *"),
        label="bad minute",
        text=["ack.0.msg"],
        **anytime,
    )
    await s.call(
        a, "addMaintenance", plan("cron", cron=""), label="empty cron", text=["ack.0.msg"], **anytime
    )
    await s.call(a, "addMaintenance", plan("no such strategy"), label="unknown strategy", **anytime)
    await s.call(a, "addMaintenance", plan(r + "interval", timeRange=[]), label="no times", **anytime)
    await s.call(
        a,
        "addMaintenance",
        plan(r + "interval", timezoneOption="Asia/Tokyo", **later),
        label="in Tokyo",
        **anytime,
    )
    await s.call(
        a,
        "addMaintenance",
        plan(r + "interval", timezoneOption="SAME_AS_SERVER", **later),
        label="in the server's time zone",
        **anytime,
    )
    await s.call(
        a, "addMaintenance", plan(r + "interval", active=False, **later), label="born inactive", **anytime
    )
    await s.call(
        a,
        "editMaintenance",
        plan(r + "weekday", id=k, weekdays=[2], **later),
        label="becomes weekly",
        **anytime,
    )
    await s.call(
        a,
        "editMaintenance",
        plan("cron", id=k, cron="0 0 1 1 *", durationMinutes=5, **later),
        label="becomes cron",
        **anytime,
    )
    await s.call(a, "editMaintenance", plan("manual", id=k), label="becomes manual", **anytime)
    await s.call(a, "getMaintenance", k, label="the edited one", any=["ack.0.maintenance.timeslotList"])


@scenario("maintenance_recurring_now", order=103, limit=700)
async def maintenance_recurring_now(s):
    """Recurring windows around the present moment: running, paused, resumed."""
    await clear_of_midnight()
    a = await s.admin("a")
    i = await s.hidden_add(a, name="m", type="manual", manual_status=1)
    around = [clock(now(minutes=-2)), clock(now(minutes=30))]
    clocks = ["value.cron", "value.timeRange", "value.weekdays", "value.daysOfMonth"]
    quiet = {"ignore": ["maintenanceList"]}
    listed = {"any": ["events.*.args.0.*." + k for k in ("cron", "timeRange", "weekdays", "daysOfMonth")]}
    for label, m in [
        ("interval", plan("recurring-interval", timeRange=around)),
        ("weekday", plan("recurring-weekday", timeRange=around, weekdays=[now().isoweekday() % 7])),
        ("day of month", plan("recurring-day-of-month", timeRange=around, daysOfMonth=[now().day])),
        # (a slot that ends soon would push the list by its timer, even after the plan is deleted)
        (
            "cron",
            plan(
                "cron",
                cron=f"{now(minutes=-2).minute} {now(minutes=-2).hour} * * *",
                durationMinutes=30,
            ),
        ),
    ]:
        k = (await s.call(a, "addMaintenance", m, label=label, **quiet))["maintenanceID"]
        m = await s.quietly(a, "getMaintenance", k)
        await s.note(label + ": running", m["maintenance"], key="maintenance", any=clocks)
        await s.call(a, "getMaintenanceList", label=label + ": running, in the list", **listed)
        await s.call(a, "addMonitorMaintenance", k, [{"id": i}], label=label + ": attach")
        await s.forget_beats(a, i)
        await s.call(a, "resumeMonitor", i, label=label + ": check the monitor")
        await s.beats(a, i, 1, label=label + ": beat under maintenance", stats=False)
        await s.call(a, "pauseMaintenance", k, label=label + ": pause", **quiet)
        m = await s.quietly(a, "getMaintenance", k)
        await s.note(label + ": paused", m["maintenance"], key="maintenance", any=clocks)
        await s.call(a, "resumeMonitor", i, label=label + ": check the monitor again")
        await s.beats(a, i, 1, label=label + ": ordinary beat", stats=False)
        await s.call(a, "resumeMaintenance", k, label=label + ": resume", **quiet)
        m = await s.quietly(a, "getMaintenance", k)
        await s.note(label + ": resumed", m["maintenance"], key="maintenance", any=clocks)
        await s.call(a, "getMaintenanceList", label=label + ": resumed, in the list", **listed)
        await s.call(a, "deleteMaintenance", k, label=label + ": delete", **quiet)


@scenario("maintenance_group_and_pages", order=104)
async def maintenance_group_and_pages(s):
    """A group's maintenance covers its children; status pages show it; pushes obey it."""
    a = await s.admin("a")
    g = await s.hidden_add(a, name="g", type="group", active=False)
    i = await s.hidden_add(a, name="child", type="push", pushToken="maint0000000000000000", parent=g)
    await s.quietly(a, "addStatusPage", "Page", "maint")
    page = await s.quietly(a, "getStatusPage", "maint")
    k = (await s.call(a, "addMaintenance", plan("manual", title="shown", description="<b>x</b>")))[
        "maintenanceID"
    ]
    await s.call(a, "addMonitorMaintenance", k, [{"id": g}])
    await s.call(a, "addMaintenanceStatusPage", k, [{"id": page["config"]["id"], "name": "Page"}])
    await s.call(a, "getMaintenanceStatusPage", k)
    await s.call(a, "getMonitor", i, label="the child is under maintenance")
    await s.http(
        "GET", "/api/push/maint0000000000000000?status=down&msg=broken", label="a push under maintenance"
    )
    await s.beats(a, i, 1, label="counted as maintenance", stats=False)
    await s.http("GET", "/api/status-page/maint", label="the page lists it")
    await s.call(a, "pauseMaintenance", k)
    await s.http("GET", "/api/status-page/maint", label="the page no longer lists it")
    await s.call(a, "addMaintenanceStatusPage", k, [], label="detach the page")
    await s.call(a, "getMaintenanceStatusPage", k, label="none attached")
    for event, *args in [
        ("editMaintenance", plan("manual", id=99999)),
        ("getMaintenance", 99999),
        ("deleteMaintenance", 99999),
        ("pauseMaintenance", 99999),
        ("resumeMaintenance", 99999),
        ("getMonitorMaintenance", 99999),
        ("getMaintenanceStatusPage", 99999),
        ("addMonitorMaintenance", 99999, [{"id": i}]),
        ("addMonitorMaintenance", k, [{"id": 99999}]),
        ("addMaintenanceStatusPage", k, [{"id": 99999}]),
        ("addMaintenance", None),
        ("addMaintenance", {}),
        ("addMaintenance", {"title": "t", "strategy": "manual"}),
    ]:
        await s.call(
            a, event, *args, label="{}: {}".format(event, "unknown id" if args and args[0] else args[0])
        )
