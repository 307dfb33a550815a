"""Notifications: management, and what is delivered."""

from tests.conformance.scenario import monitor, scenario


def hook(s, name="hook", path="h", **fields):
    return {
        "name": name,
        "type": "webhook",
        "isDefault": False,
        "applyExisting": False,
        "webhookURL": s.target.url + "/hook/" + path,
        "webhookContentType": "json",
        **fields,
    }


@scenario("notification_crud", order=80)
async def notification_crud(s):
    """Add, edit, apply to existing monitors, delete."""
    a = await s.admin("a")
    i = await s.hidden_add(a, name="m", active=False)
    n = (await s.call(a, "addNotification", hook(s), None))["id"]
    m = (
        await s.call(
            a,
            "addNotification",
            hook(s, "default", isDefault=True, applyExisting=True),
            None,
            label="default, applied to existing monitors",
        )
    )["id"]
    await s.call(a, "getMonitor", i, label="the monitor has got it")
    await s.call(a, "addNotification", hook(s, "renamed", applyExisting=True), n, label="edit and apply")
    await s.call(a, "getMonitor", i, label="the monitor has got both")
    await s.call(a, "addNotification", hook(s), 99999, label="edit an unknown one")
    await s.call(a, "addNotification", {"name": "empty"}, None, label="hardly any field")
    await s.call(a, "addNotification", {}, None, label="no field at all")
    await s.call(a, "addNotification", None, None, label="null")
    await s.call(a, "deleteNotification", m)
    await s.call(a, "deleteNotification", m, label="delete it again")
    await s.call(a, "getMonitor", i, label="gone from the monitor")
    j = (
        await s.call(
            a, "add", monitor(name="with", active=False, notificationIDList={str(n): True, "99999": False})
        )
    )["monitorID"]
    await s.call(
        a,
        "editMonitor",
        monitor(id=j, name="with", active=False, notificationIDList={str(n): False}),
        label="taken off again",
    )
    await s.call(
        a,
        "add",
        monitor(name="bad", active=False, notificationIDList={"99999": True}),
        label="an unknown notification",
    )


@scenario("notification_test", order=81)
async def notification_test(s):
    """testNotification in all forms of the webhook."""
    a = await s.admin("a")
    await s.call(a, "testNotification", hook(s), label="JSON")
    await s.seen("/hook/h", label="delivered as JSON")
    await s.call(a, "testNotification", hook(s, webhookContentType="form-data"), label="form data")
    await s.seen("/hook/h", label="delivered as form data")
    await s.call(
        a,
        "testNotification",
        hook(
            s,
            webhookContentType="custom",
            webhookCustomBody='{"title": "Kuma {{ name }}", "text": "{{ msg }}", "s": "{{ status }}", '
            '"h": "{{ hostnameOrURL }}"}',
        ),
        label="custom body",
    )
    await s.seen("/hook/h", label="delivered as the custom body")
    await s.call(a, "testNotification", hook(s, httpMethod="get"), label="GET")
    await s.seen("/hook/h", label="delivered in the query")
    await s.call(
        a,
        "testNotification",
        hook(s, webhookAdditionalHeaders='{"X-One": "1", "X-Two": "zwei"}'),
        label="more headers",
    )
    await s.seen("/hook/h", label="delivered with more headers")
    await s.call(a, "testNotification", hook(s, webhookAdditionalHeaders="{nope"), label="bad headers")
    s.target.set("h", 500)
    await s.call(a, "testNotification", hook(s), label="the receiver answers 500")
    s.target.set("h", 404)
    await s.call(a, "testNotification", hook(s), label="the receiver answers 404")
    await s.call(
        a, "testNotification", {**hook(s), "webhookURL": "http://127.0.0.1:1/"}, label="nobody listens"
    )
    await s.call(a, "testNotification", {**hook(s), "type": "nothing"}, label="unknown type")
    await s.call(
        a, "testNotification", {"type": "webhook", "webhookURL": s.target.url + "/hook/g"}, label="no name"
    )
    await s.seen("/hook/g", label="delivered without a name")
    await s.call(a, "testNotification", None, label="null", ack_wait=1.5)


@scenario("notification_delivery", order=82)
async def notification_delivery(s):
    """The exact bodies of DOWN and UP."""
    a = await s.admin("a")
    await s.quietly(a, "setSettings", {"primaryBaseURL": "https://kuma.example", "serverTimezone": "UTC"}, "")
    ids = {}
    for name, extra in [
        ("json", {}),
        ("form", {"webhookContentType": "form-data"}),
        ("get", {"httpMethod": "get"}),
        (
            "custom",
            {
                "webhookContentType": "custom",
                "webhookCustomBody": "{{ name }}|{{ status }}|{{ msg }}|{{ hostnameOrURL }}|"
                "{{ monitorJSON.type }}|{{ heartbeatJSON.status }}|"
                "{{ NAME }}|{{ STATUS }}|{{ HOSTNAME_OR_URL }}",
            },
        ),
    ]:
        ids[str((await s.quietly(a, "addNotification", hook(s, name, name, **extra), None))["id"])] = True
    tag = (await s.quietly(a, "addTag", {"name": "t", "color": "#111111"}))["tag"]["id"]
    i = await s.hidden_add(
        a,
        name="service",
        url=s.target.url + "/flip/n",
        notificationIDList=ids,
        description="about it",
        headers='{"Authorization": "secret"}',
        maxretries=0,
    )
    await s.quietly(a, "addMonitorTag", tag, i, "v")
    await s.unseen("/hook/json", 0.5, label="the first beat was up: no notification")
    await s.forget_beats(a, i)
    s.target.set("n", 503)
    await s.call(a, "resumeMonitor", i, label="check again: down")
    await s.beats(a, i, 1, label="down")
    for name in ("json", "form", "get", "custom"):
        await s.seen("/hook/" + name, label="DOWN as " + name)
    s.target.set("n", 200)
    await s.call(a, "resumeMonitor", i, label="check again: up")
    await s.beats(a, i, 1, label="up")
    for name in ("json", "form", "get", "custom"):
        await s.seen("/hook/" + name, label="UP as " + name)
    j = await s.add(a, name="born down", url=s.target.url + "/status/500", notificationIDList=ids)
    await s.seen("/hook/json", label="a first beat that is down is notified")
    await s.call(a, "resumeMonitor", j)
    await s.beats(a, j, 1, label="still down")
    await s.unseen("/hook/json", 0.5, label="not again")
