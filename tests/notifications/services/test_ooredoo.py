from __future__ import annotations

from urllib.parse import parse_qs

import pytest

from kuma_lite.core.declarations import DeliveryFailed
from kuma_lite.notifications.services.ooredoo import numbers_of
from tests.notifications.samples import DOWN
from tests.notifications.services.conftest import Send
from tests.notifications.sinks import Answer, HttpSink

ACCOUNT = {
    "type": "Ooredoo",
    "ooredooUsername": "u",
    "ooredooAccessKey": "k",
    "ooredooBearerToken": "t",
}


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("7712345", ["9607712345"]),
        ("+960 7712345", ["9607712345"]),
        ("+9607712345;771 2345,", ["9607712345", "771", "2345"]),
        (" 960 77123456\n9607712345 ", ["960", "77123456", "9607712345"]),
        (" ,;\n", []),
    ],
)
def test_numbers(text: str, numbers: list[str]) -> None:
    assert numbers_of(text) == numbers


async def test_the_second_batch_is_sent_when_the_first_is_refused(sink: HttpSink, send: Send) -> None:
    sink.script = [
        Answer(200, b'{"response_code": 5, "response_message": "no"}'),
        Answer(200, b'{"response_code": 0}'),
    ]
    numbers = ",".join(str(7_700_000 + number) for number in range(21))
    said = await send(DOWN, **ACCOUNT, ooredooServerUrl=sink.url, ooredooToNumber=numbers)
    assert said == "Sent Successfully. But not to everybody: Ooredoo rejected the message: no"
    assert [len(parse_qs(got.body.decode())["batch"][0].split()) for got in sink.got] == [20, 1]


async def test_no_number_is_no_success(sink: HttpSink, send: Send) -> None:
    with pytest.raises(DeliveryFailed, match="No valid recipient phone number"):
        await send(DOWN, **ACCOUNT, ooredooServerUrl=sink.url, ooredooToNumber=" , ")
