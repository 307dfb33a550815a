"""Tags."""

from tests.conformance.scenario import scenario


@scenario("tags", order=70)
async def tags(s):
    """Every tag event."""
    a = await s.admin("a")
    await s.call(a, "getTags", label="none")
    t = (await s.call(a, "addTag", {"name": "prod", "color": "#DC2626"}))["tag"]["id"]
    u = (await s.call(a, "addTag", {"name": "Ümlaut 标签", "color": "#059669", "id": 7, "new": True}))["tag"][
        "id"
    ]
    await s.call(a, "addTag", {"name": "prod", "color": "#DC2626"}, label="the same name again")
    await s.call(a, "addTag", {"color": "#fff"}, label="no name")
    await s.call(a, "addTag", {"name": "x"}, label="no colour")
    await s.call(a, "addTag", None, label="null")
    await s.call(a, "getTags")
    await s.call(a, "editTag", {"id": t, "name": "production", "color": "#000000"})
    await s.call(a, "editTag", {"id": 99999, "name": "n", "color": "#000"}, label="edit an unknown tag")
    await s.call(a, "editTag", {}, label="edit without id")
    i = await s.hidden_add(a, name="m", active=False)
    await s.call(a, "addMonitorTag", t, i, "eu")
    await s.call(a, "addMonitorTag", t, i, "us", label="the same tag with another value")
    await s.call(a, "addMonitorTag", u, i, "", label="an empty value")
    await s.call(a, "addMonitorTag", u, i, None, label="a null value")
    await s.call(a, "addMonitorTag", 99999, i, "x", label="an unknown tag")
    await s.call(a, "addMonitorTag", t, 99999, "x", label="an unknown monitor")
    await s.call(a, "getMonitor", i, label="the monitor's tags")
    await s.call(a, "editMonitorTag", u, i, "new value")
    await s.call(a, "editMonitorTag", 99999, i, "new value", label="edit an unknown pair")
    await s.call(a, "deleteMonitorTag", t, i, "us")
    await s.call(a, "deleteMonitorTag", t, i, "no such value", label="delete an unknown value")
    await s.call(a, "deleteTag", u, label="delete a tag that is in use")
    await s.call(a, "getMonitor", i, label="it is gone from the monitor")
    await s.call(a, "deleteTag", 99999, label="delete an unknown tag")
    await s.call(a, "getTags", label="what is left")
