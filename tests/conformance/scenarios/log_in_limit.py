"""The limiter of log-ins; it needs a server that has seen none for a minute."""

import time

from tests.conformance.scenario import PASSWORD, USER, scenario


@scenario("auth_rate_limit", order=990, limit=200)
async def auth_rate_limit(s):
    """Twenty log-ins a minute; then the limiter answers; tokens are not limited."""
    await s.admin("a")
    await s.session.login_budget(0, 20)  # until the limiter has forgotten all earlier log-ins
    c = await s.connect("c")
    for n in range(1, 23):
        s.session.logins.append(time.monotonic())
        await s.call(
            c,
            "login",
            {"username": USER, "password": "wrong", "token": ""},
            label=f"attempt {n}",
            free=True,
            quiet=0.05,
        )
    await s.call(
        c,
        "login",
        {"username": USER, "password": PASSWORD, "token": ""},
        free=True,
        label="even the right password",
    )
    await s.call(c, "logout", free=True, label="logout is limited, too")
    await s.call(c, "loginByToken", s.session.token, label="a token still works")
    await s.http("GET", "/metrics", auth=(USER, PASSWORD), label="basic authentication is limited, too")
