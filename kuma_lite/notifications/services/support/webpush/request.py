"""What is sent to a push service: a message for one browser, and who says it. Pure but for randomness."""

from __future__ import annotations

from msgspec import Struct

from kuma_lite.core.declarations import PushKeys
from kuma_lite.notifications.services.support.webpush.subscription import Subscription


class NoKey(ValueError):
    """The private key of this server is none."""


class Sealed(Struct, frozen=True):
    """Headers and body of a POST to the endpoint."""

    headers: dict[str, str]
    body: bytes


def sealed_for(subscription: Subscription, data: bytes, keys: PushKeys, now: float, *, kept_s: int) -> Sealed:
    """A message that a browser alone can read. Imports a library when it is first called.

    Args:
        subscription: of the browser.
        data: what it is to read, at most `limits.MAX_BYTES`.
        keys: the server's pair.
        now: seconds since 1970.
        kept_s: how long the push service keeps it while the browser cannot be reached, in seconds.

    Raises:
        NoKey: the server's private key is none.
        ValueError: the browser's public key is no point on P-256.
    """
    from kuma_lite.notifications.services.support.webpush.encryption import encrypted
    from kuma_lite.notifications.services.support.webpush.vapid import authorization

    try:
        signed = authorization(subscription.origin, keys, now)
    except ValueError as error:
        raise NoKey(str(error)) from None
    headers = {
        "TTL": str(kept_s),
        "Urgency": "normal",
        "Content-Type": "application/octet-stream",
        "Content-Encoding": "aes128gcm",
        "Authorization": signed,
    }
    return Sealed(headers, encrypted(data, subscription.receiver, subscription.auth))
