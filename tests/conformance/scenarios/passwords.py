"""Changing passwords, and two-factor authentication."""

from tests.conformance.scenario import PASSWORD, USER, scenario, totp


@scenario("auth_password", order=22)
async def auth_password(s):
    """changePassword: refusals, success, other clients are thrown out, old tokens die."""
    new = "N3w&better!pw"
    a = await s.admin("a")
    token = s.session.token
    b = await s.admin("b")
    await s.call(
        a, "changePassword", {"currentPassword": "wrong", "newPassword": new}, label="wrong current password"
    )
    await s.call(
        a, "changePassword", {"currentPassword": PASSWORD, "newPassword": ""}, label="empty new password"
    )
    await s.call(
        a, "changePassword", {"currentPassword": PASSWORD, "newPassword": "weak"}, label="weak new password"
    )
    await s.call(a, "changePassword", {"newPassword": new}, label="current password missing")
    await s.call(a, "changePassword", None, label="null")
    try:
        r = await s.call(
            a, "changePassword", {"currentPassword": PASSWORD, "newPassword": new}, label="changed"
        )
        c = await s.connect("c")
        await s.call(c, "loginByToken", token, label="the old token is void")
        await s.call(c, "loginByToken", r["token"], label="the new token works")
        d = await s.connect("d")
        await s.call(d, "login", {"username": USER, "password": PASSWORD}, label="the old password is void")
        await s.call(d, "login", {"username": USER, "password": new}, label="the new password works")
    finally:
        await s.quietly(a, "changePassword", {"currentPassword": new, "newPassword": PASSWORD})
        s.session.token = None
    del b


@scenario("auth_two_factor", order=23)
async def auth_two_factor(s):
    """The whole life of two-factor authentication."""
    a = await s.admin("a")
    await s.call(a, "twoFAStatus", label="off at first")
    await s.call(a, "prepare2FA", "wrong", label="prepare: wrong password")
    await s.call(a, "prepare2FA", None, label="prepare: no password")
    r = await s.call(a, "prepare2FA", PASSWORD)
    uri = r["uri"] if isinstance(r["uri"], str) else "secret=AAAAAAAAAAAAAAAA"
    secret = uri.split("secret=")[1]
    await s.note("the secret's length", len(secret))
    await s.call(a, "verifyToken", "000000", PASSWORD, label="verify: wrong code")
    await s.call(a, "verifyToken", totp(secret), "wrong", label="verify: wrong password")
    await s.call(a, "verifyToken", totp(secret), PASSWORD, label="verify: right code")
    await s.call(a, "save2FA", "wrong", label="save: wrong password")
    await s.call(a, "save2FA", PASSWORD)
    try:
        await s.call(a, "twoFAStatus", label="on now")
        await s.call(a, "prepare2FA", PASSWORD, label="prepare while it is on")
        b = await s.connect("b")
        await s.call(
            b, "login", {"username": USER, "password": PASSWORD, "token": ""}, label="a code is asked for"
        )
        await s.call(
            b, "login", {"username": USER, "password": "wrong", "token": ""}, label="wrong password first"
        )
        await s.call(b, "login", {"username": USER, "password": PASSWORD, "token": "123"}, label="wrong code")
        await s.call(b, "getTags", label="not logged in yet")
        code = totp(secret)
        await s.call(b, "login", {"username": USER, "password": PASSWORD, "token": code}, label="right code")
        c = await s.connect("c")
        await s.call(
            c, "login", {"username": USER, "password": PASSWORD, "token": code}, label="a code works once"
        )
        await s.call(
            c,
            "login",
            {"username": USER, "password": PASSWORD, "token": totp(secret, 1)},
            label="the next window's code is accepted",
        )
        await s.call(c, "loginByToken", s.session.token, label="a token needs no code")
        await s.call(a, "disable2FA", "wrong", label="disable: wrong password")
    finally:
        await s.call(a, "disable2FA", PASSWORD)
    await s.call(a, "twoFAStatus", label="off again")
    await s.call(a, "save2FA", PASSWORD, label="save without preparing")
    await s.call(a, "disable2FA", PASSWORD, label="disable again")
