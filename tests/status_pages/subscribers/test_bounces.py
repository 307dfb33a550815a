"""Mails that come back later: somebody hands in the report, and the address is told no more."""

from __future__ import annotations

from typing import Any

import pytest

from kuma_lite.status_pages.subscribers.bounces import refused_by
from tests.status_pages.subscribers.ground import ANNA, Ground
from tests.status_pages.subscribers.test_owners import token
from tests.support.http import request

REPORT = """\
From: MAILER-DAEMON@mail.example.com
To: status@example.com
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mail.example.com.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.com

Final-Recipient: rfc822; {final}
Original-Recipient: rfc822;{original}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 no such user

--B
Content-Type: message/rfc822

From: status@example.com
To: somebody.else@example.org
Subject: [Shop] Incident

Final-Recipient: rfc822; written.by.a.stranger@example.org

--B--
"""


def report(action: str = "failed", status: str = "5.1.1") -> str:
    return REPORT.format(final="anna@inbox.example", original=ANNA, action=action, status=status)


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        (report(), [ANNA, "anna@inbox.example"]),
        (report().replace("\n", "\r\n"), [ANNA, "anna@inbox.example"]),
        (report(action="delayed", status="4.4.1"), []),
        (report(status="4.2.2"), []),
        (report(action="delivered", status="2.0.0"), []),
        ("", []),
        ("Hello", []),
        ("Content-Type: message/delivery-status\n\nFinal-Recipient: rfc822; a@example.org", []),
        ("Content-Type: multipart/report; boundary=\n\n--\n", []),
        (
            "Content-Type: message/delivery-status\n\nReporting-MTA: x\n\nAction: failed\nStatus: 5.0.0\n",
            [],
        ),
    ],
)
def test_reports(text: str, addresses: list[str]) -> None:
    assert refused_by(text) == addresses


async def test_a_bounce_switches_off(ground: Ground) -> None:
    await ground.offer("email")
    await ground.subscribed()
    await ground.subscribed("berta@example.org")
    await ground.sign_up("carl@example.org")  # who has not confirmed
    key = await token(ground.page)

    async def ask(body: Any) -> Any:
        url = f"{ground.server.url}/api/v1/status_pages/shop/subscribers/bounces"
        return await request("POST", url, json=body, headers={"authorization": f"Bearer {key}"})

    assert (await ask({"message": report()})).json() == {"switched_off": 1}
    assert (await ask({"message": report()})).json() == {"switched_off": 0}
    assert (await ask({"email": "Carl@Example.org"})).json() == {"switched_off": 1}
    assert (await ask({"email": "nobody@example.org"})).json() == {"switched_off": 0}
    assert (await ask({})).status == 422
    assert {each["target"]: each["state"] for each in await ground.listed()} == {
        "a***@example.org": "off",
        "b***@example.org": "active",
    }
