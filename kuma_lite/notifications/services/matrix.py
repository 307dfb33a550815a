"""Matrix: a message in a room."""

from __future__ import annotations

import secrets

from kuma_lite.notifications.services import kit

MAX_BYTES = 48_000  # of the text; servers refuse events of more than 65,536 bytes


class MatrixOptions(kit.ServiceOptions):
    """Which room on which server, and how the message looks."""

    server: str = kit.url(
        "Homeserver URL", "homeserverUrl", required=True, placeholder="https://matrix.example.org:8448"
    )
    room: str = kit.text(
        "Internal Room ID",
        "internalRoomId",
        required=True,
        placeholder="!abcdef:example.org",
        help="In the settings of the room, under Advanced.",
    )
    token: str = kit.secret("Access Token", "accessToken", required=True, help="Of the account that writes.")
    use_template: bool = kit.switch("Use custom message template", "matrixUseTemplate", section="content")
    template: str = kit.template(
        "Message Template",
        "matrixTemplate",
        required=True,
        placeholder="{{ status }} {{ name }}: {{ msg }}",
        help="A Liquid template.",
        shown_when=kit.when("matrixUseTemplate", True),
    )


class Matrix(kit.HttpService[MatrixOptions]):
    """A message in a Matrix room."""

    name, label, groups = "matrix", "Matrix", ("chat",)
    documentation = "https://spec.matrix.org/latest/client-server-api/#sending-events-to-a-room"
    description = "Sends a message to a Matrix room."

    def request(self, o: MatrixOptions, news: kit.News) -> kit.Call:
        """A text message under a transaction id of its own."""
        room, transaction = kit.quoted(o.room.strip()), secrets.token_urlsafe(15)
        path = f"_matrix/client/r0/rooms/{room}/send/m.room.message/{transaction}"
        text = (o.use_template and news.templated(o.template)) or news.text
        body = {"msgtype": "m.text", "body": kit.limited(text, MAX_BYTES, kit.Unit.BYTES)}
        server = o.server.strip().rstrip("/")
        return kit.Call(f"{server}/{path}", "PUT", headers=kit.bearer(o.token), json=body)
