"""Where somebody wants to be told: read from a form, told apart, and shown without giving it away. Pure."""

from __future__ import annotations

import base64
import hmac
from typing import Final

from msgspec import Struct

from kuma_lite.core.errors import UserError
from kuma_lite.core.json_text import compact_json
from kuma_lite.core.patterns import pattern
from kuma_lite.net.errors import NetworkError
from kuma_lite.net.http.url import Url, parse_url
from kuma_lite.net.public_only import REFUSED, is_public
from kuma_lite.net.resolve import literal
from kuma_lite.notifications.services.support.webpush.subscription import Subscription
from kuma_lite.status_pages.subscribers.model import Kind, Subscriber

MAX_EMAIL_CHARS: Final = 254  # RFC 5321
MAX_URL_CHARS: Final = 2_000
NO_EMAIL: Final = "This is no e-mail address."
NO_URL: Final = "This is no web address."
ONLY_HTTPS: Final = "The address must begin with https://."
NO_BROWSER: Final = "This is no push subscription of a browser."
NOT_OF_SERVICE: Final = "This is no webhook address of {service}."

# The rule of HTML's own input, with a dot in the domain.
_EMAIL: Final = pattern(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+"
    r"[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])"
)
NAMES: Final = {
    Kind.EMAIL: "E-mail",
    Kind.WEBHOOK: "Webhook",
    Kind.SLACK: "Slack",
    Kind.DISCORD: "Discord",
    Kind.TEAMS: "Microsoft Teams",
    Kind.PUSH: "Notifications in this browser",
}
# Where the webhooks of a service are, below these names or at them.
_HOSTS: Final = {
    Kind.SLACK: ("hooks.slack.com", "hooks.slack-gov.com"),
    Kind.DISCORD: ("discord.com", "discordapp.com"),
    Kind.TEAMS: ("webhook.office.com", "outlook.office.com", "logic.azure.com", "powerplatform.com"),
}


class Target(Struct, frozen=True):
    """What was typed, and the same for all spellings of it."""

    text: str
    key: str


def read_target(kind: Kind, typed: str, *, private: bool) -> Target:
    """What a visitor has typed. Raises UserError.

    Args:
        private: private networks and plain HTTP are allowed, and services may be elsewhere.
    """
    text = typed.strip()
    if kind is Kind.EMAIL:
        return _email(text)
    if kind is Kind.PUSH:
        return _browser(text, private=private)
    return _web_address(kind, text, private=private)


def subscription_of(target: str) -> Subscription:
    """What a browser gave. Raises UserError."""
    try:
        return Subscription.read(target)
    except ValueError:
        raise UserError(NO_BROWSER) from None


def _browser(text: str, *, private: bool) -> Target:
    found = subscription_of(text)
    keys = {"p256dh": _base64url(found.receiver), "auth": _base64url(found.auth)}
    written = compact_json({"endpoint": found.endpoint, "keys": keys})
    if len(written) > MAX_URL_CHARS:
        raise UserError(NO_BROWSER)
    return Target(written, _web_address(Kind.PUSH, found.endpoint, private=private).key)


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _web_address(kind: Kind, text: str, *, private: bool) -> Target:
    url = _url(text)
    if private:
        return Target(text, str(url))
    if url.scheme != "https":
        raise UserError(ONLY_HTTPS)
    hosts = _HOSTS.get(kind)
    if hosts and not any(url.host == host or url.host.endswith(f".{host}") for host in hosts):
        raise UserError(NOT_OF_SERVICE, service=NAMES[kind])
    address = literal(url.host)
    if "." not in url.host.strip(".") and address is None:
        raise UserError(REFUSED)
    if address is not None and not is_public(address.ip):
        raise UserError(REFUSED)
    return Target(text, str(url))


def _email(text: str) -> Target:
    name, _, domain = text.rpartition("@")
    if not domain.isascii():
        try:
            domain = domain.encode("idna").decode()
        except UnicodeError:
            raise UserError(NO_EMAIL) from None
    address = f"{name}@{domain}"
    dots = name.startswith(".") or name.endswith(".") or ".." in name
    if dots or len(address) > MAX_EMAIL_CHARS or not _EMAIL.fullmatch(address):
        raise UserError(NO_EMAIL)
    return Target(address, address.lower())


def _url(text: str) -> Url:
    plain = len(text) <= MAX_URL_CHARS and text.isprintable() and " " not in text
    try:
        url = parse_url(text) if plain else None
    except NetworkError:
        url = None
    if url is None or not text.lower().startswith(("https://", "http://")) or url.username or url.password:
        raise UserError(NO_URL)
    return url


def is_same_browser(subscriber: Subscriber, target: str) -> bool:
    """Whether somebody knows the keys of a browser: its endpoint alone may have been seen by others."""
    return hmac.compare_digest(subscriber.target.encode(), target.encode())


def mailbox_of(kind: Kind, key: str) -> str:
    """What limits count: `a+1@example.org` and `a+2@example.org` are one mailbox, a host is one receiver."""
    if kind is Kind.EMAIL:
        name, _, domain = key.rpartition("@")
        return f"{name.partition('+')[0]}@{domain}"
    return key


def address_of(kind: Kind, target: str) -> str:
    """The address of a target without what only a browser and this server may know. Raises UserError."""
    return subscription_of(target).endpoint if kind is Kind.PUSH else target


def masked(kind: Kind, target: str) -> str:
    """What may be shown of a target: `a***@example.org`, `https://example.org/***`."""
    if kind is Kind.EMAIL:
        name, _, domain = target.rpartition("@")
        return f"{name[:1]}***@{domain}"
    try:
        url = parse_url(address_of(kind, target))
    except (NetworkError, UserError):
        return "***"
    return f"{url.scheme}://{url.netloc}/***"
