"""Matrix: a message in a room, https://spec.matrix.org/latest/client-server-api/#mroommessage."""

from __future__ import annotations

import secrets
from base64 import b64encode

from kuma_lite.notifications.services import kit


class MatrixOptions(kit.ServiceOptions):
    """Which room of which server."""

    server: str = kit.url(
        "Homeserver URL (with http(s):// and optionally port)", "homeserverUrl", required=True
    )
    room: str = kit.text("Internal Room ID", "internalRoomId", required=True)
    token: str = kit.secret("Access Token", "accessToken", required=True)
    use_template: bool = kit.switch("Use custom message template", "matrixUseTemplate", section="content")
    template: str = kit.area(
        "Message Template",
        "matrixTemplate",
        required=True,
        section="content",
        help="A Liquid template.",
        shown_when=kit.when("matrixUseTemplate", True),
    )


class Matrix(kit.HttpService[MatrixOptions]):
    """A message in a Matrix room."""

    name, label, groups = "matrix", "Matrix", ("chat",)
    description = "Sends a message to a Matrix room."

    def request(self, o: MatrixOptions, news: kit.News) -> kit.Call:
        """A new event; its id is random, so that no other takes its place."""
        event = kit.quoted(b64encode(secrets.token_bytes(15)).decode())
        address = f"{o.server}/_matrix/client/r0/rooms/{kit.quoted(o.room)}/send/m.room.message/{event}"
        text = news.templated(o.template) if o.use_template else news.text
        return kit.Call(address, "PUT", json={"msgtype": "m.text", "body": text}, headers=kit.bearer(o.token))
