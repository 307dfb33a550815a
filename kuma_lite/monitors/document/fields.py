"""The flat monitor object of Uptime Kuma 2.5: every field, whatever the type (reference: 131 fields).

It is kept as the stored document, so that clients read back what they wrote, also for monitor types that
this program does not check yet. Stored sparsely: a key is present only where its value differs from the
default. What a *type* needs of it, with words and limits, is declared in the type's own file.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, Final

from msgspec import Struct

Document = dict[str, Any]


class JsonKind(Enum):
    """JSON type of a field on the wire. What should be a list or an object is whatever a client wrote."""

    TEXT = "text"
    INT = "int"
    NUMBER = "number"
    BOOL = "bool"
    LIST = "list"
    OBJECT = "object"


TEXT, INT, NUMBER, BOOL = JsonKind.TEXT, JsonKind.INT, JsonKind.NUMBER, JsonKind.BOOL
LIST, OBJECT = JsonKind.LIST, JsonKind.OBJECT


class WireField(Struct, frozen=True):
    """One field.

    Args:
        name: key on the wire.
        kind: its JSON type; all but BOOL may be null unless `required`.
        default: value of a monitor that never set it.
        required: never null.
        sensitive: left out of what notification services and public pages see.
        add_only: `editMonitor` ignores it.
        hidden: stored and accepted, never sent to clients of Uptime Kuma; our own page is. An edit without a
            text keeps the one there is: whoever edits cannot know it.
        read_only: written by checks only.
    """

    name: str
    kind: JsonKind
    default: Any = None
    required: bool = False
    sensitive: bool = False
    add_only: bool = False
    hidden: bool = False
    read_only: bool = False


_PLAIN_TEXTS: Final = """
    name description url hostname location protocol type subtype keyword dns_resolve_type
    dns_resolve_server docker_container mqttTopic mqttSuccessMessage databaseQuery authMethod grpcUrl
    grpcProtobuf grpcMethod grpcServiceName radiusCalledStationId radiusCallingStationId game
    httpBodyEncoding jsonPath expectedValue system_service_name kafkaProducerTopic kafkaProducerMessage
    snmpOid jsonPathOperator smtpSecurity ipFamily expectedTlsAlert
"""

_SENSITIVE_TEXTS: Final = """
    headers body grpcBody grpcMetadata basic_auth_user basic_auth_pass oauth_client_id
    oauth_client_secret oauth_token_url oauth_scopes oauth_audience oauth_auth_method bearer_token
    gamedigToken pushToken databaseConnectionString radiusUsername radiusPassword radiusSecret
    mqttUsername mqttPassword mqttWebsocketPath authWorkstation authDomain tlsCa tlsCert tlsKey
    rabbitmqUsername rabbitmqPassword
"""

_OTHERS: Final = (
    WireField("parent", INT),
    WireField("wsIgnoreSecWebsocketAcceptHeader", BOOL, False, required=True),
    WireField("wsSubprotocol", TEXT, "", required=True),
    WireField("method", TEXT, "GET", required=True),
    WireField("port", INT),
    WireField("maxretries", INT, 0, required=True),
    WireField("weight", INT, 2000, add_only=True),
    WireField("active", BOOL, True, required=True, add_only=True),
    WireField("timeout", NUMBER, 0, required=True),
    WireField("interval", INT, 20, required=True),
    WireField("retryInterval", INT, 0, required=True),
    WireField("retryOnlyOnStatusCodeFailure", BOOL, False, required=True),
    WireField("resendInterval", INT, 0, required=True),
    WireField("invertKeyword", BOOL, False, required=True),
    WireField("expiryNotification", BOOL, True),
    WireField("domainExpiryNotification", BOOL, False),
    WireField("ignoreTls", BOOL, False, required=True),
    WireField("upsideDown", BOOL, False, required=True),
    WireField("packetSize", INT, 56, required=True),
    WireField("maxredirects", INT, 10, required=True),
    WireField("accepted_statuscodes", LIST, ["200-299"], required=True),
    WireField("dns_last_result", TEXT, read_only=True),
    WireField("docker_host", INT),
    WireField("proxyId", INT),
    WireField("mqttCheckType", TEXT, "keyword", required=True),
    WireField("grpcEnableTls", BOOL, False, required=True),
    WireField("gamedigGivenPortOnly", BOOL, True, required=True),
    WireField("kafkaProducerBrokers", LIST),
    WireField("kafkaProducerSsl", BOOL, False, required=True),
    WireField("kafkaProducerAllowAutoTopicCreation", BOOL, False, required=True),
    WireField("cacheBust", BOOL, False, required=True),
    WireField("remote_browser", INT),
    WireField("screenshot_delay", INT, 0, required=True),
    WireField("snmpVersion", TEXT, "2c"),
    WireField("rabbitmqNodes", LIST),
    WireField("conditions", LIST, []),
    WireField("ntpStratumThreshold", INT, 5),
    WireField("ntpTimeOffsetThreshold", INT, 1000),
    WireField("ntpRootDispersionThreshold", INT, 500),
    WireField("ping_numeric", BOOL, True, required=True),
    WireField("ping_count", INT, 1, required=True),
    WireField("ping_per_request_timeout", INT, 2, required=True),
    WireField("saveResponse", BOOL, False, required=True),
    WireField("saveErrorResponse", BOOL, True, required=True),
    WireField("responseMaxLength", INT, 1024, required=True),
    WireField("kafkaProducerSaslOptions", OBJECT, sensitive=True),
    WireField("manual_status", INT, hidden=True),
    WireField("snmpV3Username", TEXT, hidden=True),
    # Ours: Uptime Kuma has no such fields.
    WireField("limits", LIST, [], hidden=True),  # see `engine.limits`
    WireField("groupRule", TEXT, "all", hidden=True),  # see `checks.group`
    WireField("groupShare", TEXT, "", hidden=True),
    WireField("domainExpiryDays", INT, 14, hidden=True),  # see `checks.domain`
    WireField("sshRemember", BOOL, True, hidden=True),  # see `checks.ssh`
    WireField("sshHostKeys", LIST, [], hidden=True),
)

FIELDS: Final[dict[str, WireField]] = {
    field.name: field
    for field in (
        *(WireField(name, TEXT) for name in _PLAIN_TEXTS.split()),
        *(WireField(name, TEXT, sensitive=True) for name in _SENSITIVE_TEXTS.split()),
        *_OTHERS,
    )
}

SENSITIVE: Final = frozenset(name for name, field in FIELDS.items() if field.sensitive)
DEFAULTS: Final[Document] = {name: field.default for name, field in FIELDS.items()}
HIDDEN: Final = frozenset(name for name, field in FIELDS.items() if field.hidden)
_SHOWN_DEFAULTS: Final[Document] = {
    name: field.default for name, field in FIELDS.items() if not field.hidden and name != "parent"
}


def column_name(name: str) -> str:
    """The snake_case spelling that clients may use for a key as well: `retryInterval` → `retry_interval`."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


ALIASES: Final[dict[str, str]] = {
    **{column_name(name): name for name in FIELDS if column_name(name) not in FIELDS},
    "accepted_statuscodes_json": "accepted_statuscodes",
}


def shown(document: Document, *, sensitive: bool) -> Document:
    """All fields of a stored document as the wire carries them, defaults filled in."""
    complete = {
        **_SHOWN_DEFAULTS,
        **{key: value for key, value in document.items() if key in _SHOWN_DEFAULTS},
    }
    if not sensitive:
        for name in SENSITIVE:
            del complete[name]
    return complete


def sparse(document: Document) -> Document:
    """Only what differs from the defaults."""
    return {key: value for key, value in document.items() if key not in DEFAULTS or value != DEFAULTS[key]}
