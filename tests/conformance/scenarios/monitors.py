"""Adding, editing, listing, pausing and deleting monitors; groups."""

from tests.conformance.scenario import monitor, scenario


@scenario("monitor_crud", order=40)
async def monitor_crud(s):
    """The life of a monitor that never runs."""
    a = await s.admin("a")
    await s.call(a, "getMonitorList", label="no monitors")
    m = monitor(
        name="Straße 中文 😀",
        url=s.target.url + "/text",
        active=False,
        description="a *description*",
        headers='{"X-Custom": "1"}',
        body='{"a": 1}',
        interval=60,
        retryInterval=30,
        resendInterval=3,
        maxretries=2,
        timeout=20.5,
        accepted_statuscodes=["200-299", "301", "404"],
        humanReadableInterval="1 minute",
        globalpingdnsresolvetypeoptions=[],
        responsecheck=None,
        kafkaProducerBrokers=["a:9092", "b:9092"],
        rabbitmqNodes=["http://r:15672"],
        conditions=[
            {"type": "expression", "andOr": "and", "operator": "equals", "variable": "record", "value": "x"}
        ],
    )
    i = (await s.call(a, "add", m))["monitorID"]
    await s.call(a, "getMonitor", i)
    await s.call(a, "getMonitorList", label="one monitor")
    e = monitor(
        id=i,
        name="edited",
        url=s.target.url + "/json",
        type="keyword",
        keyword="kuma",
        invertKeyword=True,
        port="8080",
        active=True,
        notificationIDList={},
        authMethod="basic",
        basic_auth_user="u",
        basic_auth_pass="p",
        ignoreTls=True,
        upsideDown=True,
        cacheBust=True,
        expiryNotification=True,
        responseMaxLength=10,
        saveResponse=True,
        saveErrorResponse=False,
        ipFamily="ipv4",
        retryOnlyOnStatusCodeFailure=True,
        proxyId="3",
        description="",
    )
    await s.call(a, "editMonitor", e, label="edit many fields")
    await s.call(a, "getMonitor", i, label="after the edit")
    e["port"] = "not a number"
    await s.call(a, "editMonitor", e, label="a port that is no number becomes null")
    await s.call(a, "getMonitor", str(i), label="id as a string")
    await s.call(
        a,
        "editMonitor",
        {
            "id": i,
            "name": "partly",
            "type": "http",
            "interval": 61,
            "accepted_statuscodes": ["204"],
            "parent": None,
        },
        label="edit with few fields",
    )
    await s.call(a, "getMonitor", i, label="fields that were not sent keep their values")
    second = (
        await s.call(
            a,
            "add",
            monitor(name="second", type="port", hostname="127.0.0.1", port=s.target.tcp_port, active=False),
            label="add a second",
        )
    )["monitorID"]
    b = await s.connect("b")
    await s.call(
        b,
        "loginByToken",
        s.session.token,
        label="log in: lists and statistics of both",
        also=["heartbeatList", "avgPing", "uptime"],
    )
    await s.drop(b)
    await s.call(a, "deleteMonitor", i, label="delete, old form without deleteChildren")
    await s.call(a, "getMonitor", i, label="it is gone")
    await s.call(a, "deleteMonitor", i, False, label="delete it again")
    await s.call(a, "deleteMonitor", second, True)
    await s.call(a, "getMonitorList", label="none left")


@scenario("monitor_types_stored", order=41)
async def monitor_types_stored(s):
    """Type-specific fields survive being stored (inactive monitors)."""
    a = await s.admin("a")
    for fields in [
        {
            "type": "ping",
            "name": "ping",
            "hostname": "127.0.0.1",
            "packetSize": 64,
            "ping_count": 3,
            "ping_numeric": False,
            "timeout": 10,
        },
        {
            "type": "dns",
            "name": "dns",
            "hostname": "example.com",
            "port": 53,
            "dns_resolve_type": "MX",
            "dns_resolve_server": "1.1.1.1,8.8.8.8",
        },
        {"type": "docker", "name": "docker", "docker_container": "web", "docker_host": None},
        {
            "type": "mqtt",
            "name": "mqtt",
            "hostname": "broker",
            "port": 1883,
            "mqttTopic": "t",
            "mqttSuccessMessage": "ok",
            "mqttUsername": "u",
            "mqttPassword": "p",
            "mqttCheckType": "json-query",
            "mqttWebsocketPath": "/ws",
        },
        {
            "type": "postgres",
            "name": "postgres",
            "databaseConnectionString": "postgres://u:p@h/d",
            "databaseQuery": "select 1",
        },
        {
            "type": "grpc-keyword",
            "name": "grpc",
            "grpcUrl": "h:50051",
            "grpcProtobuf": "syntax",
            "grpcServiceName": "S",
            "grpcMethod": "m",
            "grpcBody": "{}",
            "grpcMetadata": "{}",
            "grpcEnableTls": True,
            "keyword": "k",
        },
        {
            "type": "radius",
            "name": "radius",
            "hostname": "h",
            "radiusUsername": "u",
            "radiusPassword": "p",
            "radiusSecret": "s",
            "radiusCalledStationId": "1",
            "radiusCallingStationId": "2",
        },
        {
            "type": "kafka-producer",
            "name": "kafka",
            "kafkaProducerBrokers": ["h:9092"],
            "kafkaProducerTopic": "t",
            "kafkaProducerMessage": "m",
            "kafkaProducerSsl": True,
            "kafkaProducerAllowAutoTopicCreation": True,
            "kafkaProducerSaslOptions": {"mechanism": "plain", "username": "u", "password": "p"},
        },
        {
            "type": "snmp",
            "name": "snmp",
            "hostname": "h",
            "port": 161,
            "snmpOid": "1.3.6",
            "snmpVersion": "2c",
            "radiusPassword": "public",
            "jsonPath": "$",
            "jsonPathOperator": ">=",
            "expectedValue": "1",
        },
        {
            "type": "rabbitmq",
            "name": "rabbit",
            "rabbitmqNodes": ["http://r:15672"],
            "rabbitmqUsername": "u",
            "rabbitmqPassword": "p",
        },
        {"type": "steam", "name": "steam", "hostname": "h", "port": 27015},
        {
            "type": "gamedig",
            "name": "game",
            "game": "minecraft",
            "hostname": "h",
            "port": 25565,
            "gamedigGivenPortOnly": False,
            "gamedigToken": "tok",
        },
        {
            "type": "real-browser",
            "name": "browser",
            "url": "https://example.com",
            "remote_browser": None,
            "screenshot_delay": 100,
        },
        {"type": "system-service", "name": "service", "system_service_name": " nginx "},
        {"type": "ntp", "name": "ntp", "hostname": "h", "port": 123, "ntp_stratum_threshold": 5},
        {"type": "smtp", "name": "smtp", "hostname": "h", "port": 25, "smtpSecurity": "nostarttls"},
        {
            "type": "json-query",
            "name": "json",
            "url": "https://example.com",
            "jsonPath": "$.a",
            "expectedValue": "1",
        },
        {
            "type": "globalping",
            "name": "globalping",
            "subtype": "ping",
            "hostname": "h",
            "location": "world",
            "protocol": "ICMP",
        },
        {
            "type": "http",
            "name": "oauth",
            "url": "https://example.com",
            "authMethod": "oauth2-cc",
            "oauth_client_id": "i",
            "oauth_client_secret": "s",
            "oauth_token_url": "https://t",
            "oauth_scopes": "a b",
            "oauth_audience": "x",
        },
        {
            "type": "http",
            "name": "mtls",
            "url": "https://example.com",
            "authMethod": "mtls",
            "tlsCa": "ca",
            "tlsCert": "cert",
            "tlsKey": "key",
        },
        {
            "type": "websocket-upgrade",
            "name": "ws",
            "url": "wss://example.com",
            "wsSubprotocol": "chat",
            "wsIgnoreSecWebsocketAcceptHeader": True,
        },
    ]:
        await s.call(a, "add", monitor(active=False, **fields), label="add " + fields["name"])


@scenario("monitor_validation", order=42)
async def monitor_validation(s):
    """What add and editMonitor refuse."""
    a = await s.admin("a")
    for label, change in [
        ("interval 0", {"interval": 0}),
        ("interval negative", {"interval": -5}),
        ("retry interval 0", {"retryInterval": 0}),
        ("interval a half", {"interval": 0.5}),
        ("response length negative", {"response_max_length": -1}),
        ("response length too big", {"response_max_length": 99999999}),
        ("headers not JSON", {"headers": "{not json"}),
        ("accepted status codes are numbers", {"accepted_statuscodes": [200]}),
        ("accepted status codes missing", {"accepted_statuscodes": None}),
        ("ping packet size", {"type": "ping", "hostname": "h", "packetSize": 99999}),
        ("ping count", {"type": "ping", "hostname": "h", "ping_count": 1000}),
        ("ping per-request timeout", {"type": "ping", "hostname": "h", "ping_per_request_timeout": 1000}),
        ("ping timeout", {"type": "ping", "hostname": "h", "timeout": 1000}),
        ("mongodb query not JSON", {"type": "mongodb", "databaseQuery": "{x"}),
        ("service name missing", {"type": "system-service", "system_service_name": " "}),
        ("service name with a blank", {"type": "system-service", "system_service_name": "a b"}),
        ("process name missing", {"type": "pm2", "system_service_name": ""}),
        ("screenshot delay negative", {"type": "real-browser", "screenshot_delay": -1}),
        (
            "screenshot delay too long",
            {"type": "real-browser", "screenshot_delay": 3600 * 900, "interval": 3600},
        ),
        ("screenshot delay over half the interval", {"type": "real-browser", "screenshot_delay": 3600 * 600}),
        ("name missing", {"name": None}),
        ("unknown column", {"thereIsNoSuchField": 1}),
        ("unknown parent", {"parent": 99999}),
    ]:
        await s.call(a, "add", monitor(active=False, **change), label="add: " + label)
    await s.call(a, "add", None, label="add: null", ack_wait=1.0)
    await s.call(a, "add", "text", label="add: a string", ack_wait=1.5)
    i = await s.hidden_add(a, name="victim", active=False)
    for label, change in [
        ("interval 0", {"interval": 0}),
        ("headers not JSON", {"headers": "["}),
        ("accepted status codes are numbers", {"accepted_statuscodes": [1]}),
        ("unknown id", {"id": 99999}),
    ]:
        await s.call(
            a, "editMonitor", monitor(**{"id": i, "name": "victim", **change}), label="edit: " + label
        )


@scenario("monitor_pause", order=43)
async def monitor_pause(s):
    """Pausing and resuming."""
    a = await s.admin("a")
    i = await s.add(a, name="sleeper", type="manual", manual_status=1)
    await s.call(a, "pauseMonitor", i)
    await s.call(a, "pauseMonitor", i, label="pause again")
    await s.call(a, "getMonitor", i, label="paused")
    await s.call(a, "resumeMonitor", i)
    await s.beats(a, i, 1, label="a heartbeat after resuming")
    await s.call(a, "resumeMonitor", i, label="resume again")
    await s.beats(a, i, 1, label="restarted, another heartbeat")
    await s.call(a, "pauseMonitor", 99999, label="pause an unknown one")
    await s.call(a, "resumeMonitor", 99999, label="resume an unknown one")
    await s.call(a, "pauseMonitor", str(i), label="pause, id as a string")
    await s.call(a, "resumeMonitor", None, label="resume null")


@scenario("monitor_groups", order=44)
async def monitor_groups(s):
    """Nesting, paths, forced inactivity, status of a group, deletion with and without children."""
    a = await s.admin("a")
    g = await s.add(a, name="outer", type="group", interval=3600)
    h = await s.add(a, name="inner", type="group", parent=g, interval=3600)
    x = await s.add(a, name="leaf up", type="manual", manual_status=1, parent=h)
    y = await s.add(a, name="leaf down", type="manual", manual_status=0, parent=h)
    await s.call(a, "getMonitor", g, label="the outer group")
    await s.call(a, "getMonitor", x, label="a leaf: its path")
    await s.call(a, "getMonitorList", label="the tree")
    await s.call(a, "resumeMonitor", h, label="check the inner group")
    await s.beats(a, h, 1, label="inner: a child is down")
    await s.call(a, "resumeMonitor", g, label="check the outer group")
    await s.beats(a, g, 1, label="outer: a child is down")
    await s.call(a, "pauseMonitor", y)
    await s.call(a, "resumeMonitor", h, label="check the inner group without the paused child")
    await s.beats(a, h, 1, label="inner: up, paused children do not count")
    await s.call(a, "pauseMonitor", g, label="pause the outer group")
    await s.call(a, "getMonitor", x, label="a leaf is forced inactive")
    await s.call(a, "resumeMonitor", g)
    await s.beats(a, g, 1, label="outer: up")
    await s.call(
        a,
        "editMonitor",
        monitor(id=g, name="outer", type="group", parent=h, interval=3600),
        label="a group cannot move below its own child",
    )
    await s.call(
        a,
        "editMonitor",
        monitor(id=x, name="leaf up", type="manual", manual_status=1, parent=g),
        label="move a leaf",
    )
    await s.beats(a, x, 1, label="a restarted leaf")
    await s.call(a, "deleteMonitor", h, False, label="delete the inner group, keep its children")
    await s.call(a, "getMonitor", y, label="a kept child has no parent")
    await s.call(
        a,
        "editMonitor",
        monitor(id=g, name="was a group", type="manual", manual_status=1),
        label="a group becomes something else: children are unlinked",
    )
    await s.call(a, "getMonitor", x, label="unlinked")


@scenario("monitor_group_delete", order=45)
async def monitor_group_delete(s):
    """A group deleted together with everything below it."""
    a = await s.admin("a")
    g = await s.hidden_add(a, name="g", type="group", active=False)
    h = await s.hidden_add(a, name="h", type="group", parent=g, active=False)
    await s.hidden_add(a, name="x", type="manual", parent=h, active=False)
    await s.hidden_add(a, name="y", type="manual", parent=g, active=False)
    await s.call(a, "getMonitorList", label="before")
    await s.call(a, "deleteMonitor", g, True, label="delete the group and its children")
    await s.call(a, "getMonitorList", label="after")
