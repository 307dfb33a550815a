from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuma_lite.core.declarations import DeliveryFailed, Message, PushKeys
from kuma_lite.core.errors import UserError
from kuma_lite.core.kept_secrets import KEEP
from kuma_lite.net.http import HttpClient
from kuma_lite.notifications.delivery import Context, Services, deliver
from kuma_lite.notifications.masking import masked
from kuma_lite.notifications.service import Notifications
from kuma_lite.notifications.services.support.webpush.encryption import encrypted, sealed
from kuma_lite.notifications.services.support.webpush.limits import MAX_BYTES, RECORD_BYTES
from kuma_lite.notifications.services.support.webpush.subscription import Subscription
from kuma_lite.notifications.services.webpush import payload
from kuma_lite.tools.vapid import PRIVATE_SETTING, make_pair
from tests.notifications.samples import DOWN, TEST
from tests.notifications.sinks import Answer, HttpSink
from tests.support.actors import OWNER
from tests.support.appliance import running
from tests.support.push_receiver import Receiver, unpacked, verified

BROWSER = Receiver()
SECRET_PATH = "/wpush/v2/gAAAA-of-one-browser"


@dataclass
class Ring:
    """A server's pair, and how often it was asked for."""

    keys: PushKeys = field(default_factory=lambda: PushKeys(*make_pair()))

    async def pair(self) -> PushKeys:
        return self.keys


async def tell(
    declared: Services,
    subscription: object,
    message: Message = TEST,
    keys: PushKeys | None = None,
    *,
    trial: bool = False,
) -> str:
    ring = Ring(keys) if keys else Ring()
    context = Context(SimpleNamespace(http=HttpClient()), "https://kuma.example", ring)  # type: ignore[arg-type]
    config = {"type": "Webpush", "subscription": subscription}
    return (await deliver(declared, config, message, context, trial=trial)).shown


async def failure(declared: Services, subscription: object, **more: Any) -> DeliveryFailed:
    with pytest.raises(DeliveryFailed) as failed:
        await tell(declared, subscription, **more)
    return failed.value


# --- what goes out -----------------------------------------------------------------------------------------


async def test_a_browser_reads_it_and_the_push_service_knows_who_sends(
    declared: Services, sink: HttpSink
) -> None:
    sink.answer = Answer(201, b"")
    keys = PushKeys(*make_pair())
    said = await tell(declared, BROWSER.subscription(sink.url + SECRET_PATH), DOWN, keys)
    assert said == "Sent Successfully."
    (got,) = sink.posts
    assert got.path == SECRET_PATH
    assert json.loads(BROWSER.read(got.body)) == {"title": "Uptime Kuma", "body": DOWN.text}
    assert got.headers["ttl"] == "2419200"
    assert got.headers["urgency"] == "normal"
    assert got.headers["content-encoding"] == "aes128gcm"
    assert got.headers["content-type"] == "application/octet-stream"
    token = verified(got.headers["authorization"])
    assert token.key == keys.public
    assert token.header == {"typ": "JWT", "alg": "ES256"}
    assert token.claims["aud"] == sink.url  # with its port, as that is not the usual one
    assert token.claims["sub"] == "https://github.com/louislam/uptime-kuma"


async def test_no_two_messages_share_a_key_or_a_salt(declared: Services, sink: HttpSink) -> None:
    for _ in range(2):
        await tell(declared, BROWSER.subscription(sink.url))
    one, other = (got.body for got in sink.posts)
    assert one[:16] != other[:16]
    assert one[21:86] != other[21:86]


@pytest.mark.parametrize(
    ("endpoint", "origin"),
    [
        ("https://Push.Example.org:443/x", "https://push.example.org"),
        ("https://push.example.org:8443/x", "https://push.example.org:8443"),
        ("http://[::1]:8080/x", "http://[::1]:8080"),
    ],
)
def test_the_token_is_for_the_origin_as_browsers_write_it(endpoint: str, origin: str) -> None:
    assert Subscription.read(json.dumps(BROWSER.subscription(endpoint))).origin == origin


# --- encryption --------------------------------------------------------------------------------------------


def test_the_example_of_rfc_8291() -> None:
    browser = Receiver.of("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94", "BTBZMqHH6r4Tts7J_aSIgg")
    body = sealed(
        b"When I grow up, I want to be a watermelon",
        browser.public,
        browser.auth,
        scalar=int.from_bytes(unpacked("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big"),
        salt=unpacked("DGv6ra1nlYgDCS1FRnbzlw"),
    )
    assert body == unpacked(
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6Tlz"
        "AC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


@given(st.binary(max_size=MAX_BYTES), st.binary(min_size=16, max_size=16))
def test_whatever_is_encrypted_the_browser_reads(data: bytes, auth: bytes) -> None:
    browser = Receiver(auth=auth)
    body = encrypted(data, browser.public, browser.auth)
    assert browser.read(body) == data
    assert len(body) == len(data) + RECORD_BYTES - MAX_BYTES


@given(st.text(max_size=6000))
def test_every_text_fits_into_a_message_and_stays_json(text: str) -> None:
    data = payload(text)
    assert len(data) <= MAX_BYTES
    body = json.loads(data)["body"]
    assert body == text or (body.endswith("…") and text.startswith(body[:-1]))


@pytest.mark.parametrize("text", ["a" * 5000, "ü" * 3000, "🚀" * 2000, '"' * 3000, "\\" * 3000, "\1" * 3000])
def test_a_long_text_uses_the_room_there_is(text: str) -> None:
    data = payload(text)
    assert MAX_BYTES - 6 <= len(data) <= MAX_BYTES
    assert json.loads(data)["body"].endswith("…")


# --- what is stored ----------------------------------------------------------------------------------------


def test_a_subscription_may_be_an_object_or_its_text(declared: Services) -> None:
    service = declared.get("Webpush")
    assert service is not None
    found = BROWSER.subscription("https://push.example/x")
    for stored in (found, json.dumps(found), json.dumps(found, indent=2)):
        read = Subscription.read(service.options.read({"subscription": stored}).subscription)  # type: ignore[attr-defined]
        assert (read.receiver, read.auth) == (BROWSER.public, BROWSER.auth)


def test_base64_of_either_alphabet_is_read() -> None:
    found = BROWSER.subscription("https://push.example/x")
    keys = {name: value.replace("-", "+").replace("_", "/") + "==" for name, value in found["keys"].items()}
    read = Subscription.read(json.dumps(found | {"keys": keys}))
    assert (read.receiver, read.auth) == (BROWSER.public, BROWSER.auth)


def changed(**keys: Any) -> dict[str, Any]:
    found = BROWSER.subscription("https://push.example/x")
    return found | {"keys": found["keys"] | keys}


OFF_CURVE = "BA" + "A" * 85
NONSENSE = [
    ("hello", "it is no JSON object"),
    ("[" * 100_000, "it is no JSON object"),
    ([1], "it is no JSON object"),
    ({}, "“keys” is missing"),
    (changed(p256dh=None), "“keys.p256dh” is missing"),
    (changed(p256dh="Ω"), "“keys.p256dh” is not base64"),
    (changed(p256dh="AAAAA"), "“keys.p256dh” is not base64"),
    (changed(p256dh="AAAA"), "“keys.p256dh” is no public key of a browser"),
    (changed(p256dh=OFF_CURVE), "“keys.p256dh” is no public key of a browser"),
    (changed(auth=7), "“keys.auth” is missing"),
    (changed(auth="AAAA"), "“keys.auth” is too short"),
    (changed() | {"endpoint": None}, "“endpoint” is missing"),
    (changed() | {"endpoint": "push.example/x"}, "“endpoint” is no web address"),
    (changed() | {"endpoint": "ftp://push.example/x"}, "“endpoint” is no web address"),
]


@pytest.mark.parametrize(("stored", "problem"), NONSENSE, ids=range(len(NONSENSE)))
async def test_nonsense_is_given_up_with_a_sentence_that_names_the_field(
    declared: Services, stored: object, problem: str
) -> None:
    failed = await failure(declared, stored)
    assert failed.message == f"The browser push subscription cannot be used: {problem}."
    assert failed.permanent


async def test_a_setting_that_is_no_key_is_named(declared: Services) -> None:
    for private in ("", "hello", "AAAA", "_" * 43):
        failed = await failure(declared, changed(), keys=PushKeys("x", private))
        assert failed.message == "The setting webpushPrivateVapidKey holds no key."
        assert failed.permanent


def test_our_form_refuses_what_is_no_subscription(notifications: Notifications) -> None:
    form = {"name": "n", "type": "Webpush"}
    notifications.validate({**form, "subscription": changed()})
    for bad, sentence in (("", "Browser push subscription is required."), ({"a": 1}, "“keys” is missing")):
        with pytest.raises(UserError, match=sentence) as refused:
            notifications.validate({**form, "subscription": bad})
        assert refused.value.extra["field"] == "subscription"


# --- what the push service says ----------------------------------------------------------------------------


@pytest.mark.parametrize("status", [404, 410])
async def test_a_browser_that_is_gone_is_said_so_and_not_tried_again(
    declared: Services, sink: HttpSink, status: int
) -> None:
    sink.answer = Answer(status, b"push subscription has unsubscribed or expired.\n")
    failed = await failure(declared, BROWSER.subscription(sink.url))
    assert failed.message == "The push service no longer knows this browser: subscribe it again in the form."
    assert failed.permanent


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_busy_push_service_is_asked_again_when_it_wishes(
    declared: Services, sink: HttpSink, status: int
) -> None:
    sink.answer = Answer(status, b"later", headers={"Retry-After": "90"})
    failed = await failure(declared, BROWSER.subscription(sink.url))
    assert (failed.permanent, failed.retry_after) == (False, 90)


async def test_other_refusals_are_shown_without_the_secret(declared: Services, sink: HttpSink) -> None:
    found = BROWSER.subscription(sink.url + SECRET_PATH)
    sink.answer = Answer(403, f"{SECRET_PATH} {found['keys']['auth']} is of another key".encode())
    failed = await failure(declared, found)
    assert failed.message.endswith("*** *** is of another key")
    assert "Request failed with status code 403" in failed.message
    assert failed.permanent


# --- around it ---------------------------------------------------------------------------------------------


def test_the_page_never_gets_the_subscription(declared: Services) -> None:
    shown = masked({"type": "Webpush", "subscription": changed()}, declared.get("Webpush"))
    assert shown == {"type": "Webpush", "subscription": KEEP}


async def test_lists_for_others_have_no_subscription(notifications: Notifications) -> None:
    number = await notifications.save(
        {"name": "n", "type": "Webpush", "subscription": changed()}, None, OWNER
    )
    channel = await notifications.known(number, OWNER.organisation)
    assert channel.config["subscription"] == changed()
    assert "subscription" not in json.loads(notifications.shown(channel))


async def test_the_first_message_makes_the_keys_that_browsers_subscribe_with(
    tmp_path: Path, sink: HttpSink
) -> None:
    form = {"name": "n", "type": "Webpush", "subscription": BROWSER.subscription(sink.url)}
    async with running(tmp_path) as server, server.logged_in() as client:
        answer = await client.call("testNotification", form)
        assert answer == {"ok": True, "msg": "Sent Successfully."}
        public = (await client.call("getWebpushVapidPublicKey"))["msg"]
        assert server.appliance._ground.settings.get(PRIVATE_SETTING) not in json.dumps(
            await client.call("getSettings")
        )
    (got,) = sink.posts
    assert verified(got.headers["authorization"]).key == public
    assert json.loads(BROWSER.read(got.body))["body"] == "n Testing"
