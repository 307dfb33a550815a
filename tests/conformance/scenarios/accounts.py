"""First run, logging in and out."""

import base64
import json

from tests.conformance.scenario import PASSWORD, USER, monitor, scenario


@scenario("setup", order=0, fresh=True)
async def setup(s):
    """A server nobody has set up: the setup event, weak passwords, the first user."""
    await s.http("GET", "/api/entry-page")
    await s.http("GET", "/setup-database-info")
    c = await s.connect("first", label="connect before setup")
    await s.call(c, "needSetup")
    await s.call(
        c,
        "login",
        {"username": USER, "password": PASSWORD, "token": ""},
        label="login before any user exists",
    )
    await s.call(c, "setup", USER, "short", label="setup: weak password")
    await s.call(c, "setup", USER, "aaaaaaaaaaaa", label="setup: one kind of character only")
    await s.call(c, "setup", USER, "", label="setup: empty password")
    await s.call(c, "needSetup", label="still needed")
    await s.call(c, "setup", USER, PASSWORD, label="setup: the first user")
    await s.call(c, "needSetup", label="no longer needed")
    await s.call(c, "setup", "second", "An0ther!password", label="setup a second time")
    d = await s.connect("second", label="connect after setup")
    await s.call(
        d,
        "login",
        {"username": USER, "password": PASSWORD, "token": ""},
        label="first log-in: everything is pushed",
        also=["heartbeatList", "avgPing", "uptime"],
    )
    await s.send(d, "initServerTimezone", "UTC")
    e = await s.connect("third")
    await s.call(
        e,
        "login",
        {"username": USER, "password": PASSWORD, "token": ""},
        label="later log-in: no initServerTimezone",
    )


@scenario("auth_login", order=20)
async def auth_login(s):
    """Right and wrong credentials, tokens, logging out."""
    c = await s.connect("c")
    await s.call(c, "login", {"username": USER, "password": "wrong", "token": ""}, label="wrong password")
    await s.call(c, "login", {"username": "nobody", "password": PASSWORD, "token": ""}, label="unknown user")
    await s.call(c, "login", {"username": USER.upper(), "password": PASSWORD}, label="user name in capitals")
    await s.call(c, "login", {"username": 1, "password": PASSWORD}, label="user name of a wrong type")
    await s.call(c, "login", {"username": USER, "password": None}, label="password null")
    await s.call(c, "login", {}, label="empty object")
    await s.mute(c, "login", None, label="login null is not answered")
    r = await s.call(
        c,
        "login",
        {"username": f"  {USER} ", "password": PASSWORD, "token": ""},
        label="blanks around the user name are ignored",
    )
    token = r["token"]
    await s.call(c, "getSettings", label="logged in")
    await s.call(c, "logout")
    await s.call(c, "getSettings", label="logged out")
    await s.call(c, "loginByToken", token, label="back in by token")
    await s.call(c, "getTags", label="in again")
    d = await s.connect("d")
    await s.call(d, "loginByToken", "nonsense", label="token: nonsense")
    await s.call(d, "loginByToken", "", label="token: empty")
    await s.call(d, "loginByToken", None, label="token: null")
    bad = (token or "a.b.c").split(".")
    await s.call(d, "loginByToken", ".".join([bad[0], bad[1], "x" * 43]), label="token: wrong signature")
    head = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "JWT"}).encode()).rstrip(b"=").decode()
    await s.call(d, "loginByToken", head + "." + bad[1] + ".", label="token: algorithm none")
    await s.call(d, "getTags", label="none of these logged in")
    await s.call(d, "loginByToken", token, label="token: the real one")


def _monitor(i):
    return {**monitor(name="shared", type="manual", active=False), "id": i}


@scenario("auth_two_clients", order=21)
async def auth_two_clients(s):
    """What one client does is pushed to the user's other clients, not to guests."""
    a = await s.admin("a")
    b = await s.admin("b")
    await s.connect("guest")
    i = await s.add(a, name="shared", type="manual", active=False)
    await s.call(b, "addTag", {"name": "seen", "color": "#123456"})
    await s.call(
        b,
        "addNotification",
        {
            "name": "n",
            "type": "webhook",
            "webhookURL": s.target.url + "/hook/x",
            "isDefault": False,
            "applyExisting": False,
        },
        None,
    )
    await s.call(a, "logout", label="a leaves")
    await s.call(b, "editMonitor", {**_monitor(i), "name": "renamed"}, label="pushed to b only")
    await s.call(b, "deleteMonitor", i, False)


@scenario("auth_disabled", order=24)
async def auth_disabled(s):
    """Authentication switched off and on again."""
    a = await s.admin("a")
    await s.call(a, "setSettings", {"disableAuth": True}, "", label="needs the password")
    await s.call(a, "setSettings", {"disableAuth": True}, "wrong", label="wrong password")
    await s.call(a, "setSettings", {"disableAuth": True}, None, label="no password")
    await s.call(a, "setSettings", {"disableAuth": True}, PASSWORD, label="switched off")
    try:
        b = await s.connect("b", label="a new client is logged in by itself")
        await s.call(b, "getSettings")
        await s.http("GET", "/metrics", label="metrics are open", drop=["response.metrics"])
    finally:
        await s.call(a, "setSettings", {"disableAuth": False}, "", label="switched on: others are thrown out")
    await s.connect("c", label="a new client has to log in")
    await s.http("GET", "/metrics", label="metrics are closed")
