"""What strangers may try: nobody's address is told, nobody's mailbox is filled, nothing is injected."""

from __future__ import annotations

from typing import Any

import pytest

from kuma_lite.status_pages.subscribers.html import TRAP
from tests.status_pages.subscribers.ground import ANNA, BASE, FORM, Ground, link, quiet, text_of
from tests.support import http

SUBSCRIBE = "/status/shop/subscribe"


async def test_nothing_is_offered_by_default(ground: Ground) -> None:
    assert "/subscribe" not in (await ground.server.get("/status/shop")).text
    unknown = await ground.server.get("/status/none/subscribe")
    for path in (SUBSCRIBE, "/status/none/subscribe"):
        answer = await ground.server.get(path)
        assert (answer.status, answer.body) == (404, unknown.body), path
    assert (await ground.sign_up(ANNA)).status == 404
    await ground.offer("webhook")  # but not by mail
    await ground.sign_up(ANNA)
    assert await ground.listed() == []


async def test_what_is_not_published_is_not_there(ground: Ground) -> None:
    await ground.offer("email")
    manage = await ground.subscribed()
    stop = (await _told(ground))["list-unsubscribe"].strip("<>").removeprefix(BASE)
    found: Any = await ground.ok("statusPage", "shop")
    draft = found["draft"]
    draft["config"]["published"] = False
    await ground.ok("putStatusPage", "shop", draft, found["version"])
    unknown = await ground.server.get("/status/none/subscribe")
    answer = await ground.server.get(SUBSCRIBE)
    assert (answer.status, answer.body) == (404, unknown.body)
    assert (await ground.sign_up("b@example.org")).status == 404
    before = len(ground.mails.mails)
    await ground.begin(title="Hidden")
    await quiet(lambda: len(ground.mails.mails) > before)
    # Whoever is subscribed can always leave.
    assert (await ground.server.get(manage)).status == 200
    assert (await ground.form(stop)).status == 200
    assert await ground.listed() == []


async def _told(ground: Ground) -> Any:
    before = len(ground.mails.mails)
    await ground.begin()
    return await ground.mail(before)


async def test_the_same_answer_whoever_is_known(ground: Ground) -> None:
    await ground.offer("email")
    first = await ground.sign_up(ANNA)
    await ground.mail(0)
    again = await ground.sign_up(ANNA)
    other = await ground.sign_up("b@example.org")
    assert first.body == again.body == other.body
    assert {first.status, again.status, other.status} == {200}
    await ground.mail(1)
    await quiet(lambda: len(ground.mails.mails) > 2)  # one for each, however often somebody asks
    await ground.form(link(text_of(await ground.mail(0)), "subscribe/confirm"))
    assert (await ground.sign_up(ANNA)).body == first.body
    assert ANNA not in first.text


async def test_one_mailbox_gets_few_whatever_its_spelling(ground: Ground) -> None:
    await ground.offer("email")
    for place in range(5):
        await ground.sign_up(f"Anna+{place}@EXAMPLE.org")
    await ground.mail(1)
    await quiet(lambda: len(ground.mails.mails) > 2)


async def test_one_address_may_not_go_on_for_ever(ground: Ground) -> None:
    await ground.offer("email")
    answers = [(await ground.sign_up(f"a{place}@example.org")).status for place in range(8)]
    assert (answers[:6], answers[6:]) == ([200] * 6, [429] * 2)


async def test_a_made_up_client_of_a_proxy_gets_not_much_further(ground: Ground) -> None:
    await ground.offer("email")
    statuses = []
    for place in range(65):
        headers = {**FORM, "x-forwarded-for": f"192.0.2.{place}"}
        body = f"kind=email&scope=all&target=nobody{place}".encode()
        answer = await http.request("POST", f"{ground.server.url}{SUBSCRIBE}", headers=headers, body=body)
        statuses.append(answer.status)
    assert statuses == [400] * 60 + [429] * 5


async def test_programs_fall_into_the_trap(ground: Ground) -> None:
    await ground.offer("email")
    people = await ground.sign_up(ANNA)
    program = await ground.sign_up("b@example.org", **{TRAP: "https://spam.example"})
    assert program.body == people.body
    await ground.mail(0)
    await quiet(lambda: len(ground.mails.mails) > 1)
    assert len(await ground.listed()) == 1


@pytest.mark.parametrize(
    "typed",
    [
        "anna@example.org\r\nBcc: b@example.org",
        "anna@example.org\nSubject: x",
        "anna@example.org,b@example.org",
        "<anna@example.org>",
        '"x\r\nBcc: b@example.org"@example.org',
        "a@b@example.org",
        "anna@localhost",
    ],
)
async def test_addresses_carry_nothing_else(ground: Ground, typed: str) -> None:
    await ground.offer("email")
    answer = await ground.sign_up(typed)
    assert answer.status == 400
    assert "This is no e-mail address." in answer.text
    await quiet(lambda: bool(ground.mails.mails), 0.3)


async def test_what_was_typed_is_shown_as_text(ground: Ground) -> None:
    await ground.offer("email", "webhook")
    answer = await ground.sign_up('"><script>alert(1)</script>')
    assert "<script" not in answer.text
    assert "&quot;&gt;&lt;script&gt;" in answer.text
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "same-origin")
    assert "set-cookie" not in answer.headers


async def test_titles_begin_no_header_field(ground: Ground) -> None:
    await ground.offer("email")
    await ground.subscribed()
    await ground.begin(title="Slow\r\nBcc: evil@example.com")
    mail = await ground.mail(1)
    assert mail["bcc"] is None
    assert ground.mails.mails[1].recipients == [ANNA]


async def test_oversized_and_broken_forms(ground: Ground) -> None:
    await ground.offer("email")
    for body, statuses in (
        (b"kind=email&target=" + b"a" * 70_000, {413}),
        (b"a=1&" * 10_000, {413}),
        (b"\xff\xfe%zz&&&===", {400}),
        (b"", {400}),
        (b'{"kind": "email"}', {400}),
    ):
        answer = await http.request("POST", ground.server.url + SUBSCRIBE, headers=FORM, body=body)
        assert answer.status in statuses, body[:40]
    assert (await ground.sign_up("a" * 5_000 + "@example.org")).status == 400


@pytest.mark.parametrize("part", ["subscribe/confirm", "subscription", "unsubscribe"])
async def test_made_up_keys_open_nothing(ground: Ground, part: str) -> None:
    await ground.offer("email")
    manage = await ground.subscribed()
    key = manage.partition("=")[2]
    for made_up in (
        "",
        "1",
        f"2{key[1:]}",
        key[:-1] + ("A" if key[-1] != "A" else "B"),
        f"{key}A",
        "%00",
        "ä",
    ):
        for method in ("GET", "POST"):
            url = f"{ground.server.url}/status/shop/{part}?t={made_up}"
            assert (await http.request(method, url, headers=FORM)).status == 404, (method, made_up)
    if part != "subscription":  # a key opens one thing
        assert (await ground.form(f"/status/shop/{part}?t={key}")).status == 404
    assert len(await ground.listed()) == 1


async def test_links_lead_where_the_owner_says(ground: Ground) -> None:
    await ground.offer("email", address="")
    assert (await ground.server.get(SUBSCRIBE)).status == 404  # no address to begin with is known
    settings = (await ground.server.ok("getSettings"))["data"]
    await ground.server.ok("setSettings", {**settings, "primaryBaseURL": BASE}, "")
    headers = {**FORM, "host": "evil.example", "x-forwarded-host": "evil.example"}
    body = b"kind=email&scope=all&target=anna%40example.org"
    await http.request("POST", ground.server.url + SUBSCRIBE, headers=headers, body=body)
    assert "evil" not in text_of(await ground.mail(0))
