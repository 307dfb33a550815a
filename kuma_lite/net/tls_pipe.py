"""TLS without a socket: bytes of the network in, bytes of the application out.

Our own instead of asyncio's, for three things it does not give: the moment the handshake ended, the alert or
verification error as an exception of this connection only, and the chain the server sent.
"""

from __future__ import annotations

import ssl

# One TLS record carries at most 16 KiB.
READ_SIZE = 64 * 1024


class TlsPipe:
    """A client's side of one TLS connection; raises ssl.SSLError where OpenSSL does.

    `session`, of an earlier connection with the same context, is resumed if the server wants to.
    """

    __slots__ = ("_incoming", "_outgoing", "closed", "established", "ssl_object")

    def __init__(
        self, context: ssl.SSLContext, server_name: str | None, session: ssl.SSLSession | None = None
    ) -> None:
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self.ssl_object = context.wrap_bio(
            self._incoming, self._outgoing, server_hostname=server_name, session=session
        )
        self.established = False
        self.closed = False  # the peer said close_notify

    def handshake(self, data: bytes = b"") -> bool:
        """Go on with the handshake; True when it is finished. Send `outgoing()` afterwards, error or not."""
        if data:
            self._incoming.write(data)
        try:
            self.ssl_object.do_handshake()
        except ssl.SSLWantReadError:
            return False
        self.established = True
        return True

    def decrypt(self, data: bytes = b"") -> list[bytes]:
        """The application bytes in `data` and what arrived before."""
        if data:
            self._incoming.write(data)
        chunks: list[bytes] = []
        try:
            while chunk := self.ssl_object.read(READ_SIZE):
                chunks.append(chunk)
            self.closed = True
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLZeroReturnError:
            self.closed = True
        except ssl.SSLError:
            if not chunks:
                raise
            self.closed = True  # what came before the fault is still the answer
        return chunks

    def encrypt(self, data: bytes) -> bytes:
        """Application bytes as the network carries them."""
        self.ssl_object.write(data)
        return self._outgoing.read()

    def outgoing(self) -> bytes:
        """What has to be sent now (may be empty)."""
        return self._outgoing.read() if self._outgoing.pending else b""
