"""What chats are sent: within the limits that they document, and mentioning nobody."""

from __future__ import annotations

from typing import Any

import pytest

from kuma_lite.status_pages.subscribers import chats
from kuma_lite.status_pages.subscribers.letters import PageFacts, notice
from kuma_lite.status_pages.subscribers.model import NO_MONITORS, Kind, News, State, Subscriber, What

PAGE = PageFacts("Shop", "https://status.example.com/status/shop", "/status/shop", {1: "Checkout"})
TEXT = """Some orders take **minutes** & more.
See [our blog](https://blog.example/?a=1&b=2).

- one
- two

<!channel> <@U1> @everyone [here](/relative)"""


def told(kind: Kind, text: str = TEXT, page: PageFacts = PAGE, **more: Any) -> dict[str, Any]:
    subscriber = Subscriber(
        id=3, page_id=1, kind=kind, target="https://x.example/", target_key="", monitors=NO_MONITORS,
        state=State.ACTIVE, seed="ab", created=0,
    )  # fmt: skip
    fields = {
        "id": 7,
        "title": "Slow <checkout>",
        "state": "identified",
        "at": 1_795_971_679,
        "monitors": (1,),
    }
    news = News(**{"what": What.INCIDENT_UPDATED, "text": text, **fields, **more})
    return chats.body(kind, notice(news, subscriber, page))


def test_slack() -> None:
    sent = told(Kind.SLACK)
    header, facts, text, links = sent["blocks"]
    assert header["text"] == {
        "type": "plain_text", "text": "Shop · Update: Slow <checkout>", "emoji": False
    }  # fmt: skip
    assert sent["text"] == "Shop · Update: Slow &lt;checkout&gt;"
    assert facts["text"]["text"] == "*Status:* Identified\n*Services:* Checkout"
    assert text["text"] == {
        "type": "mrkdwn",
        "text": "Some orders take *minutes* &amp; more.\n"
        "See <https://blog.example/?a=1&amp;b=2|our blog>.\n\n• one\n• two\n\n"
        "&lt;!channel&gt; &lt;@U1&gt; @everyone here",
    }
    assert links["text"]["text"].startswith(
        "<https://status.example.com/status/shop|Status page> · "
        "<https://status.example.com/status/shop/subscription?t=3-"
    )


def test_discord() -> None:
    sent = told(Kind.DISCORD)
    (embed,) = sent["embeds"]
    assert (sent["username"], sent["allowed_mentions"]) == ("Shop", {"parse": []})
    assert (embed["title"], embed["url"]) == ("Update: Slow <checkout>", PAGE.address)
    assert embed["fields"] == [
        {"name": "Status", "value": "Identified", "inline": True},
        {"name": "Services", "value": "Checkout", "inline": True},
    ]
    assert embed["timestamp"] == "2026-11-29T17:01:19Z"
    assert "Some orders take **minutes**" in embed["description"]


@pytest.mark.parametrize("title", ["Discord bots", "CLYDE", "everyone"])
def test_names_that_discord_refuses(title: str) -> None:
    assert "username" not in told(Kind.DISCORD, page=PageFacts(title, PAGE.address, PAGE.path, {}))


def test_teams() -> None:
    sent = told(Kind.TEAMS)
    (attachment,) = sent["attachments"]
    card = attachment["content"]
    assert (sent["type"], sent["summary"]) == ("message", "Shop: Update: Slow <checkout>")
    assert [block.get("text") for block in card["body"]] == ["Shop", "Update: Slow <checkout>", None, TEXT]
    assert [(each["type"], each["title"]) for each in card["actions"]] == [
        ("Action.OpenUrl", "Status page"),
        ("Action.OpenUrl", "Choose what you are told, or unsubscribe"),
    ]


@pytest.mark.parametrize("text", ["<" * 20_000, "[w](https://x.example/) " * 2_000, "💥" * 20_000])
def test_what_is_too_long_is_cut(text: str) -> None:
    names = dict.fromkeys(range(50), "n" * 500)
    page = PageFacts("T" * 500, PAGE.address, PAGE.path, names)
    long: dict[str, Any] = {"title": "t" * 500, "monitors": tuple(names)}
    for block in told(Kind.SLACK, text, page, **long)["blocks"]:
        assert len(block["text"]["text"]) <= (150 if block["type"] == "header" else 3_000)
        assert block["text"]["text"].count("<") in (0, block["text"]["text"].count(">"))
        assert not block["text"]["text"].rstrip("…").endswith(("&", "&l", "&lt"))
    sent = told(Kind.DISCORD, text, page, **long)
    (embed,) = sent["embeds"]
    assert len(sent["username"]) == 80
    assert len(embed["title"]) <= 256
    assert len(embed["description"]) <= 4_096
    values = [field["value"] for field in embed["fields"]]
    assert max(map(len, values)) <= 1_024
    assert len(embed["title"]) + len(embed["description"]) + sum(map(len, values)) <= 6_000
    from kuma_lite.core.json_text import compact_json

    assert len(compact_json(told(Kind.TEAMS, text, page, **long)).encode()) <= 28_000


def test_a_resolved_incident_says_so_once() -> None:
    sent = told(Kind.SLACK, what=What.INCIDENT_RESOLVED, state="resolved")
    assert "Status" not in sent["blocks"][1]["text"]["text"]


def test_the_first_message_has_one_link() -> None:
    card = told(Kind.TEAMS, what=What.CONFIRM)["attachments"][0]["content"]
    assert [each["title"] for each in card["actions"]] == ["Confirm within 24 hours"]
    assert card["body"][-1]["text"].startswith("If it was not you")
