"""Proxies, docker hosts, remote browsers."""

from tests.conformance.scenario import scenario


@scenario("proxies", order=90)
async def proxies(s):
    """addProxy, deleteProxy; a monitor through a proxy."""
    a = await s.admin("a")
    i = await s.hidden_add(a, name="m", active=False)
    p = {
        "protocol": "http",
        "host": "127.0.0.1",
        "port": s.target.port,
        "auth": False,
        "username": "",
        "password": "",
        "active": True,
        "default": False,
        "applyExisting": False,
    }
    n = (await s.call(a, "addProxy", p, None))["id"]
    m = (
        await s.call(
            a,
            "addProxy",
            {
                **p,
                "protocol": "socks5",
                "host": "proxy",
                "port": 1080,
                "auth": True,
                "username": "u",
                "password": "p",
                "default": True,
            },
            None,
            label="a default one",
        )
    )["id"]
    await s.call(a, "addProxy", {**p, "protocol": "ftp"}, None, label="unsupported protocol")
    await s.call(a, "addProxy", {**p, "default": True, "active": False}, n, label="edit: default moves here")
    await s.call(a, "addProxy", p, 99999, label="edit an unknown one")
    await s.call(a, "addProxy", {"protocol": "http"}, None, label="host missing")
    await s.call(a, "addProxy", {**p, "applyExisting": True}, n, label="apply to existing monitors")
    await s.call(a, "getMonitor", i, label="the monitor uses it")
    await s.add(
        a, name="via proxy", url="http://service.invalid/hello", proxyId=n, accepted_statuscodes=["404"]
    )
    await s.call(a, "deleteProxy", n, ignore=["monitorList"])
    await s.call(a, "getMonitor", i, label="the monitor no longer uses it")
    await s.call(a, "deleteProxy", n, label="delete it again")
    await s.call(a, "deleteProxy", m)


@scenario("docker_hosts", order=91)
async def docker_hosts(s):
    """addDockerHost, testDockerHost, deleteDockerHost."""
    a = await s.admin("a")
    d = {"name": "local", "dockerType": "tcp", "dockerDaemon": s.target.url}
    n = (await s.call(a, "addDockerHost", d, None))["id"]
    await s.call(
        a,
        "addDockerHost",
        {**d, "name": "renamed", "dockerType": "socket", "dockerDaemon": "/var/run/docker.sock"},
        n,
        label="edit",
    )
    await s.call(a, "addDockerHost", d, 99999, label="edit an unknown one")
    await s.call(a, "addDockerHost", {}, None, label="no field")
    await s.call(a, "testDockerHost", d)
    await s.call(
        a, "testDockerHost", {**d, "dockerDaemon": s.target.url.replace("http", "tcp")}, label="tcp://"
    )
    await s.call(a, "testDockerHost", {**d, "dockerDaemon": s.target.url + "/text?"}, label="not docker")
    await s.call(a, "testDockerHost", {**d, "dockerDaemon": "http://127.0.0.1:1"}, label="nobody listens")
    await s.call(
        a, "testDockerHost", {"dockerType": "socket", "dockerDaemon": "/no/such/socket"}, label="no socket"
    )
    await s.call(a, "deleteDockerHost", n)
    await s.call(a, "deleteDockerHost", n, label="delete it again")


@scenario("remote_browsers", order=92)
async def remote_browsers(s):
    """addRemoteBrowser, testRemoteBrowser, deleteRemoteBrowser."""
    a = await s.admin("a")
    n = (await s.call(a, "addRemoteBrowser", {"name": "chrome", "url": "ws://browser:3000"}, None))["id"]
    await s.call(a, "addRemoteBrowser", {"name": "renamed", "url": "ws://other:3000"}, n, label="edit")
    await s.call(
        a, "addRemoteBrowser", {"name": "x", "url": "ws://other:3000"}, 99999, label="edit an unknown one"
    )
    await s.call(a, "addRemoteBrowser", {}, None, label="no field")
    await s.call(
        a,
        "testRemoteBrowser",
        {"name": "x", "url": "ws://127.0.0.1:1/"},
        label="nobody listens",
        text=["ack.0.msg"],
    )
    await s.call(a, "deleteRemoteBrowser", n)
    await s.call(a, "deleteRemoteBrowser", n, label="delete it again")
