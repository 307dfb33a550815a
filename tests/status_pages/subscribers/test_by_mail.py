"""From the form to the last mail, with a real mail server."""

from __future__ import annotations

import re

from tests.status_pages.subscribers.ground import ANNA, BASE, FORM, Ground, link, quiet, text_of, until
from tests.support import http


async def test_from_the_form_to_the_last_mail(ground: Ground) -> None:
    await ground.offer("email")
    assert 'href="/status/shop/subscribe"' in (await ground.server.get("/status/shop")).text
    form = (await ground.server.get("/status/shop/subscribe")).text
    assert 'type="email"' in form
    assert "Search &lt;b&gt;" in form
    answer = await ground.sign_up(ANNA)
    assert (answer.status, ANNA in answer.text) == (200, False)
    asked = await ground.mail(0)
    assert (asked["to"], asked["from"], asked["cc"]) == (ANNA, "Shop <status@example.com>", None)
    assert asked["subject"] == "[Shop] Please confirm your subscription"
    assert ground.mails.mails[0].recipients == [ANNA]
    confirm = link(text_of(asked), "subscribe/confirm")
    assert "<button>Confirm" in (await ground.server.get(confirm)).text  # which a scanner does not press
    assert [each["state"] for each in await ground.listed()] == ["pending"]
    await ground.begin()  # nobody hears of it yet
    answer = await ground.form(confirm)
    assert "You are subscribed." in answer.text
    assert [(each["state"], each["target"]) for each in await ground.listed()] == [
        ("active", "a***@example.org")
    ]
    number = await ground.begin(title="Payments fail")
    await ground.go_on(number, "identified", "The [cause](https://x.example/1)")
    await ground.go_on(number, "resolved", "Over")
    mails = [await ground.mail(place) for place in (1, 2, 3)]
    assert [each["subject"] for each in mails] == [
        "[Shop] Incident: Payments fail",
        "[Shop] Update: Payments fail",
        "[Shop] Resolved: Payments fail",
    ]
    text = text_of(mails[1])
    assert "Identified" in text
    assert "The cause (https://x.example/1)" in text
    assert f"{BASE}/status/shop\n" in text
    one_click = mails[1]["list-unsubscribe"].strip("<>")
    assert mails[1]["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    assert one_click.startswith(f"{BASE}/status/shop/unsubscribe?t=")
    url = ground.server.url + one_click.removeprefix(BASE)
    answer = await http.request("POST", url, headers=FORM, body=b"List-Unsubscribe=One-Click")
    assert answer.status == 200
    assert await ground.listed() == []
    await ground.begin(title="Later")
    await quiet(lambda: len(ground.mails.mails) > 4)
    assert (await http.request("POST", url, headers=FORM, body=b"List-Unsubscribe=One-Click")).status == 404


async def test_headers_of_one_click_are_whole(ground: Ground) -> None:
    await ground.offer("email")
    await ground.subscribed()
    await ground.begin()
    await ground.mail(1)
    raw = ground.mails.mails[1].content
    found = re.search(rb"(?im)^List-Unsubscribe: *(?:\r\n )?<(https://[^>\s]+)>\r\n", raw)
    assert found, raw.decode()


async def test_only_what_was_chosen(ground: Ground) -> None:
    await ground.offer("email")
    names = {"Checkout": 1, "Search": 2}
    manage = await ground.subscribed(ANNA)
    answer = await ground.form(manage, scope="some", monitor=[str(names["Search"]), "999"])
    assert "Saved." in answer.text
    assert (await ground.listed())[0]["monitors"] == [names["Search"]]
    assert "Choose at least one" in (await ground.form(manage, scope="some")).text
    await ground.form(manage, scope="all", monitor="2")  # all again, whatever is still ticked
    assert (await ground.listed())[0]["monitors"] is None
    await ground.form(manage, scope="all", monitor="2")  # ticked, and "all" forgotten
    assert (await ground.listed())[0]["monitors"] == [names["Search"]]
    await ground.begin(title="Checkout only", monitors=[names["Checkout"]])
    await ground.begin(title="Search only", monitors=[names["Search"]])
    await ground.begin(title="Everything")
    subjects = [(await ground.mail(place))["subject"] for place in (1, 2)]
    assert subjects == ["[Shop] Incident: Search only", "[Shop] Incident: Everything"]
    assert "Services: Search <b>" in text_of(await ground.mail(1))
    answer = await ground.form(manage, delete="yes")
    assert "deleted" in answer.text
    assert await ground.listed() == []
    assert (await ground.server.get(manage)).status == 404


async def test_classic_incidents(ground: Ground) -> None:
    await ground.offer("email")
    await ground.subscribed()
    server = ground.server
    incident = {"title": "Trouble", "content": "First", "style": "danger"}
    number = (await server.ok("postIncident", "shop", incident))["incident"]["id"]
    await server.ok("editIncident", "shop", number, {**incident, "content": "Second"})
    await server.ok("editIncident", "shop", number, {**incident, "content": "Second"})  # nothing new
    await server.ok("resolveIncident", "shop", number)
    await ground.mail(3)
    subjects = [(await ground.mail(place))["subject"] for place in (1, 2, 3)]
    assert [each.split()[1] for each in subjects] == ["Incident:", "Update:", "Resolved:"]
    await quiet(lambda: len(ground.mails.mails) > 4)


async def test_a_mail_server_that_refuses_a_receiver(ground: Ground) -> None:
    await ground.offer("email")
    await ground.subscribed("gone@example.org")
    await ground.subscribed()
    ground.mails.refuse["RCPT TO:<gone@"] = "550 5.1.1 <gone@example.org> does not exist"
    for turn in range(3):
        await ground.begin(title=f"Turn {turn}")
        await ground.mail(2 + turn)
    for _ in range(100):
        states = {each["target"]: (each["state"], each["failures"]) for each in await ground.listed()}
        if states["g***@example.org"][0] == "off":
            break
    assert states == {"g***@example.org": ("off", 3), "a***@example.org": ("active", 0)}
    commands = len(ground.mails.commands)
    await ground.begin(title="Another")
    await ground.mail(5)
    assert not any("gone@" in command for command in ground.mails.commands[commands:])


async def test_what_ails_the_owners_server_switches_nobody_off(ground: Ground) -> None:
    await ground.offer("email")
    await ground.subscribed()
    ground.mails.refuse["MAIL"] = "550 You may not send"
    await ground.begin()
    await until(lambda: sum(command.startswith("MAIL") for command in ground.mails.commands) > 1)
    assert [(each["state"], each["failures"]) for each in await ground.listed()] == [("active", 0)]
