"""The full round of a client, step by step: each goes on where the one before it left off."""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlsplit

import requests

from kuma_lite.accounts.rules import one_time_code
from tests.clients.watched import HOOK_PATH, JSON_PATH
from tests.support.served import PASSWORD, USER

if TYPE_CHECKING:
    from tests.clients.session import Session

Step = Callable[["Session"], None]
STEPS: Final[list[Step]] = []


def step(function: Step) -> Step:
    STEPS.append(function)
    return function


def eventually(look: Callable[[], Any], what: str, seconds: float = 20) -> Any:
    """What `look` finds, as soon as it finds something."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.05)
    raise AssertionError(f"no {what} within {seconds} s")


@contextmanager
def refused(session: Session, message: str) -> Iterator[None]:
    """The block must end with the client's exception for a refusal."""
    try:
        yield
    except session.client.UptimeKumaException as error:
        assert re.search(message, str(error)), error
    else:
        raise AssertionError("not refused")


# --- accounts ---------------------------------------------------------------------------------------------


@step
def set_up_and_log_in(session: Session) -> None:
    api = session.api
    assert api.need_setup() is True
    assert api.setup(USER, PASSWORD)["msg"] == "successAdded"
    assert api.need_setup() is False
    with refused(session, "authIncorrectCreds"):
        api.login(USER, "wrong")
    with refused(session, "authInvalidToken"):
        api.login_by_token("wrong")
    session.log_in()
    assert api.info()["version"] == "2.5.3"
    session.reopen()
    assert session.api.get_monitors() == []
    session.api.logout()
    with refused(session, "You are not logged in."):
        session.api.get_settings()
    with refused(session, "authInvalidToken"):
        session.reopen()  # a token ends with its log-out
    session.log_in()


@step
def two_factors(session: Session) -> None:
    api = session.api
    assert api.twofa_status()["status"] is False
    uri = api.prepare_2fa(PASSWORD)["uri"]
    (text,) = parse_qs(urlsplit(uri).query)["secret"]
    secret = base64.b32decode(text + "=" * (-len(text) % 8)).decode()

    def code() -> str:
        return one_time_code(secret, time.time())

    assert api.verify_token(code(), PASSWORD)["valid"] is True
    assert api.save_2fa(PASSWORD)["msg"] == "2faEnabled"
    api.disconnect()
    session.api = api = session.connect()
    assert api.login(USER, PASSWORD) == {"tokenRequired": True}
    assert api.login(USER, PASSWORD, code())["token"]
    assert api.twofa_status()["status"] is True
    assert api.disable_2fa(PASSWORD)["msg"] == "2faDisabled"
    session.log_in()


# --- monitors ---------------------------------------------------------------------------------------------


def wanted_monitors(session: Session) -> dict[str, dict[str, Any]]:
    """Every type that is checked here and that the oldest client knows, by a name of its own."""
    web = session.watched.url
    return {
        "group": {"type": "group"},
        "http": {"type": "http", "url": web},
        "https": {"type": "http", "url": session.secure.url, "ignoreTls": True},
        "keyword": {"type": "keyword", "url": web, "keyword": "fine"},
        "json": {"type": "json-query", "url": web + JSON_PATH, "jsonPath": "state", "expectedValue": "fine"},
        "port": {"type": "port", "hostname": "127.0.0.1", "port": session.watched.port},
        "ping": {"type": "ping", "hostname": "127.0.0.1"},
        "push": {"type": "push", "maxretries": 0},
    }


@step
def add_monitors(session: Session) -> None:
    for name, fields in wanted_monitors(session).items():
        fields["type"] = session.client.MonitorType(fields["type"])
        if name == "http":
            fields["parent"] = session.monitors["group"]
        if name == "json" and session.sends_operator:
            fields["jsonPathOperator"] = "=="
        added = session.api.add_monitor(name=name, description="by a client", interval=20, **fields)
        assert added["msg"] == "successAdded"
        session.monitors[name] = added["monitorID"]
        monitor = session.api.get_monitor(added["monitorID"])
        assert {key: monitor[key] for key in fields} == fields
        assert (monitor["name"], monitor["description"], monitor["active"]) == (name, "by a client", True)
    session.reopen()
    assert {item["name"]: item["id"] for item in session.api.get_monitors()} == session.monitors


@step
def add_a_manual_monitor(session: Session) -> None:
    # By hand: two of the clients do not know the type, and the third does not know what it needs.
    fields = {"type": "manual", "name": "manual", "interval": 20, "retryInterval": 20, "maxretries": 0}
    fields |= {"accepted_statuscodes": ["200-299"], "notificationIDList": {}, "conditions": []}
    session.monitors["manual"] = number = session.api._call("add", fields)["monitorID"]
    session.api._call("editMonitor", {**session.api.get_monitor(number), "manual_status": 0})
    eventually(
        lambda: [b for b in session.api.get_monitor_beats(number, 1) if b["msg"] == "Down"], "manual beat"
    )


@step
def beats(session: Session) -> None:
    api, up = session.api, session.client.MonitorStatus.UP
    token = api.get_monitor(session.monitors["push"])["pushToken"]
    said = requests.get(f"{session.url}/api/push/{token}?status=up&msg=done&ping=12", timeout=5)
    assert said.json() == {"ok": True}
    names = set(session.monitors) - {
        "group",
        "ping",
        "manual",
    }  # the first two may wait for the others, and for permission

    def first(name: str) -> Any:
        found = api.get_monitor_beats(session.monitors[name], 1)
        return next((beat for beat in found if beat["status"] == up), None)

    # A json-query without an operator fails in 2.5 ("Invalid condition null"); here it means "==".
    texts = {name: eventually(lambda name=name: first(name), f"beat of {name}")["msg"] for name in names}
    assert texts["http"] == "200 - OK"
    assert "keyword is found" in texts["keyword"]
    assert texts["push"] == "done"
    assert eventually(lambda: api.get_heartbeats().get(session.monitors["http"]), "list of beats")


@step
def figures(session: Session) -> None:
    session.reopen()  # all figures are pushed at log-in
    api, http, push = session.api, session.monitors["http"], session.monitors["push"]
    eventually(lambda: api.uptime().get(http, {}).keys() >= {24, 720, "1y"}, "uptime")
    assert api.uptime()[http] == {24: 1, 720: 1, "1y": 1}
    assert eventually(lambda: api.avg_ping().get(push), "average") == 12
    assert api.get_monitor_status(http) == session.client.MonitorStatus.UP
    certificate = eventually(lambda: api.cert_info().get(session.monitors["https"]), "certificate")
    assert certificate["certInfo"]["subject"]["CN"] == "watched"
    assert certificate["certInfo"]["daysRemaining"] in (89, 90)

    # 2.5 lists no important beats at log-in: the getter knows those that come while it is connected.
    token = api.get_monitor(push)["pushToken"]
    requests.get(f"{session.url}/api/push/{token}?status=down&msg=ill", timeout=5)
    requests.get(f"{session.url}/api/push/{token}?status=up&msg=well", timeout=5)
    important = eventually(
        lambda: [beat["msg"] for beat in api.get_important_heartbeats()[push]][1:], "important beats"
    )
    assert "ill" in important


HOST: Final = {"hostname": "127.0.0.1", "port": 9}
DATABASE: Final = {"databaseConnectionString": "driver://user:secret@127.0.0.1:9/name"}
QUERY: Final = {**DATABASE, "databaseQuery": "SELECT 1"}
RADIUS: Final = ("Username", "Password", "Secret", "CalledStationId", "CallingStationId")
GRPC: Final = {"grpcUrl": "127.0.0.1:9", "grpcServiceName": "Health", "grpcMethod": "check", "keyword": "OK"}
KAFKA: Final = {"Brokers": ["127.0.0.1:9"], "Topic": "t", "Message": "m"}

# One monitor of every further type that a client can make.
OTHER_TYPES: Final[dict[str, dict[str, Any]]] = {
    "dns": {**HOST, "dns_resolve_server": "127.0.0.1", "dns_resolve_type": "MX"},
    "docker": {"docker_container": "web"},
    "gamedig": {**HOST, "game": "minecraft", "gamedigGivenPortOnly": False},
    "grpc-keyword": GRPC,
    "kafka-producer": {f"kafkaProducer{name}": value for name, value in KAFKA.items()},
    "mongodb": DATABASE,
    "mqtt": {**HOST, "mqttTopic": "door", "mqttSuccessMessage": "shut", "mqttUsername": "me"},
    "mysql": QUERY,
    "ntp": {"hostname": "127.0.0.1"},
    "oracledb": QUERY,
    "pm2": {"system_service_name": "web"},
    "postgres": QUERY,
    "radius": {**HOST, **{f"radius{name}": name for name in RADIUS}},
    "rabbitmq": {"rabbitmqNodes": ["http://127.0.0.1:9"], "rabbitmqUsername": "me"},
    "real-browser": {"url": "http://127.0.0.1:9"},
    "redis": DATABASE,
    "smtp": {**HOST, "smtpSecurity": "nostarttls"},
    "snmp": {**HOST, "snmpOid": "1.3.6.1", "snmpVersion": "2c"},
    "sqlserver": QUERY,
    "steam": HOST,
    "system-service": {"system_service_name": "cron.service"},
    "tailscale-ping": {"hostname": "127.0.0.1"},
}


def _written(found: Any, value: Any) -> Any:
    """One client sends lists as their JSON text, and what is written is what is read back."""
    return json.loads(found) if isinstance(value, list) and isinstance(found, str) else found


@step
def add_other_types(session: Session) -> None:
    api = session.api
    kind = session.client.DockerType.TCP
    docker = api.add_docker_host(name="none", dockerType=kind, dockerDaemon="http://127.0.0.1:9")["id"]
    known = [item for item in session.client.MonitorType if item.value in OTHER_TYPES]
    assert len(known) >= 15
    for item in known:
        fields = {**OTHER_TYPES[item.value], **({"docker_host": docker} if item.value == "docker" else {})}
        number = api.add_monitor(type=item, name=item.value, interval=20, **fields)["monitorID"]
        monitor = api.get_monitor(number)
        assert {key: _written(monitor[key], value) for key, value in fields.items()} == fields
        assert api.edit_monitor(number, description="edited")["msg"] == "Saved."
        assert api.get_monitor(number) == {**monitor, "description": "edited"}
        session.monitors[item.value] = number
    assert api.delete_docker_host(docker)["msg"] == "successDeleted"


@step
def edit_pause_and_resume(session: Session) -> None:
    api, http = session.api, session.monitors["http"]
    before = api.get_monitor(http)
    assert api.edit_monitor(http, name="renamed", interval=30)["msg"] == "Saved."
    assert api.get_monitor(http) == {**before, "name": "renamed", "interval": 30}
    assert api.pause_monitor(http)["msg"] == "successPaused"
    assert api.get_monitor(http)["active"] is False
    assert api.resume_monitor(http)["msg"] == "successResumed"
    assert api.get_monitor(http)["active"] is True
    with refused(session, "."):
        api.get_monitor(9999)


@step
def tags(session: Session) -> None:
    api, http = session.api, session.monitors["http"]
    tag = api.add_tag(name="place", color="#ffffff")
    assert api.edit_tag(tag["id"], color="#000000")["msg"] == "Saved."
    assert api.get_tag(tag["id"]) == {"id": tag["id"], "name": "place", "color": "#000000"}
    assert api.add_monitor_tag(tag["id"], http, "cellar")["msg"] == "successAdded"
    ((given),) = api.get_monitor(http)["tags"]
    assert (given["name"], given["value"], given["tag_id"]) == ("place", "cellar", tag["id"])
    assert api.delete_monitor_tag(tag["id"], http, "cellar")["msg"] == "successDeleted"
    assert api.get_monitor(http)["tags"] == []
    assert api.delete_tag(tag["id"])["msg"] == "successDeleted"
    assert api.get_tags() == []


# --- what monitors use ------------------------------------------------------------------------------------


@step
def notifications(session: Session) -> None:
    api, push, posted = session.api, session.monitors["push"], session.watched.posted
    kind = session.client.NotificationType.WEBHOOK
    fields = {"webhookURL": session.watched.url + HOOK_PATH, "webhookContentType": "json"}
    assert api.test_notification(name="hook", type=kind, **fields)["msg"] == "Sent Successfully."
    assert b"hook Testing" in posted[-1]
    added = api.add_notification(name="hook", type=kind, isDefault=True, **fields)["id"]
    (listed,) = api.get_notifications()
    assert (listed["id"], listed["type"], listed["isDefault"]) == (added, kind, True)
    api.edit_notification(added, name="bell")
    assert api.get_notification(added)["name"] == "bell"

    api.edit_monitor(push, notificationIDList=[added])
    monitor = api.get_monitor(push)
    assert monitor["notificationIDList"] == [added]
    requests.get(f"{session.url}/api/push/{monitor['pushToken']}?status=down&msg=broken", timeout=5)
    eventually(lambda: any(b"broken" in body for body in posted), "alert")

    assert api.delete_notification(added)["msg"] == "successDeleted"
    assert api.get_notifications() == []
    assert api.get_monitor(push)["notificationIDList"] == []


@step
def proxies(session: Session) -> None:
    api, http = session.api, session.monitors["http"]
    protocol = session.client.ProxyProtocol.HTTP
    added = api.add_proxy(protocol=protocol, host="127.0.0.1", port=session.watched.port)["id"]
    api.edit_proxy(added, host="localhost")
    (proxy,) = api.get_proxies()
    assert (proxy["id"], proxy["protocol"], proxy["host"]) == (added, protocol, "localhost")
    assert (proxy["active"], proxy["default"], proxy["auth"]) == (True, False, False)
    api.edit_monitor(http, proxyId=added)
    assert api.get_monitor(http)["proxyId"] == added
    assert api.delete_proxy(added)["msg"] == "successDeleted"
    assert api.get_monitor(http)["proxyId"] is None


@step
def docker_hosts(session: Session) -> None:
    api, kind = session.api, session.client.DockerType.TCP
    fields = {"dockerType": kind, "dockerDaemon": session.watched.url}
    answer = api.test_docker_host(name="engine", **fields)
    assert answer["msg"] == "Connected Successfully. Amount of containers: 1"
    added = api.add_docker_host(name="engine", **fields)["id"]
    api.edit_docker_host(added, name="motor")
    (host,) = api.get_docker_hosts()
    assert {key: host[key] for key in ("id", "name", *fields)} == {"id": added, "name": "motor", **fields}
    assert api.delete_docker_host(added)["msg"] == "successDeleted"
    assert api.get_docker_hosts() == []


@step
def status_page(session: Session) -> None:
    api, slug, http = session.api, "public", session.monitors["http"]

    def shown() -> Any:
        return requests.get(f"{session.url}/api/status-page/{slug}", timeout=5).json()

    assert api.add_status_page(slug, "Public")["msg"] == "successAdded"
    groups = [{"name": "Web", "weight": 1, "monitorList": [{"id": http}]}]
    session.save_status_page(slug, title="Open", publicGroupList=groups)
    page = shown()
    assert page["config"]["title"] == "Open"
    ((monitor),) = page["publicGroupList"][0]["monitorList"]
    assert (page["publicGroupList"][0]["name"], monitor["id"]) == ("Web", http)

    session.post_incident(slug, "Trouble", "We look into it.")
    (incident,) = requests.get(f"{session.url}/api/status-page/{slug}", timeout=5).json()["incidents"]
    assert (incident["title"], incident["style"]) == ("Trouble", "danger")
    session.unpin_incident(slug)

    session.before_deleting()
    assert [item["slug"] for item in session.api.get_status_pages()] == [slug]
    session.api.delete_status_page(slug)
    with refused(session, "."):
        session.api._call("getStatusPage", slug)


@step
def maintenance(session: Session) -> None:
    api, strategy = session.api, session.client.MaintenanceStrategy
    now = datetime.now()
    window = [(now + timedelta(hours=hours)).strftime("%Y-%m-%d %H:%M:%S") for hours in (24, 26)]
    plans = {
        strategy.MANUAL: {},
        strategy.SINGLE: {"dateRange": window},
        strategy.RECURRING_WEEKDAY: {"dateRange": window[:1], "weekdays": [1, 5]},
        strategy.RECURRING_DAY_OF_MONTH: {"dateRange": window[:1], "daysOfMonth": [1, "lastDay1"]},
        strategy.RECURRING_INTERVAL: {"dateRange": window[:1], "intervalDay": 2},
        strategy.CRON: {"cron": "30 3 * * *", "durationMinutes": 30},
    }
    ids = {}
    for kind, fields in plans.items():
        added = api.add_maintenance(title=kind.value, strategy=kind, timezoneOption="UTC", **fields)
        assert added["msg"] == "successAdded"
        ids[kind] = added["maintenanceID"]
        plan = api.get_maintenance(ids[kind])
        assert (plan["title"], plan["strategy"], plan["active"]) == (kind.value, kind, True)
    assert {plan["id"] for plan in api.get_maintenances()} == set(ids.values())

    single, http = ids[strategy.SINGLE], session.monitors["http"]
    assert api.edit_maintenance(single, title="Move", description="to the cellar")["msg"] == "Saved."
    assert api.get_maintenance(single)["title"] == "Move"
    assert api.add_monitor_maintenance(single, [{"id": http}])["msg"] == "successAdded"
    assert [monitor["id"] for monitor in api.get_monitor_maintenance(single)] == [http]
    api.add_status_page("plans", "Plans")
    page = api._call("getStatusPage", "plans")["config"]["id"]
    assert api.add_status_page_maintenance(single, [{"id": page}])["msg"] == "successAdded"
    assert [item["title"] for item in api.get_status_page_maintenance(single)] == ["Plans"]

    assert api.pause_maintenance(single)["msg"] == "successPaused"
    assert api.get_maintenance(single)["active"] is False
    assert api.resume_maintenance(single)["msg"] == "successResumed"
    assert api.get_maintenance(single)["active"] is True
    for number in ids.values():
        assert api.delete_maintenance(number)["msg"] == "successDeleted"
    session.reopen()
    assert session.api.get_maintenances() == []
    session.api.delete_status_page("plans")


# --- the server -------------------------------------------------------------------------------------------


@step
def api_keys(session: Session) -> None:
    api = session.api

    def metrics(key: str) -> int:
        return requests.get(f"{session.url}/metrics", auth=("", key), timeout=5).status_code

    added = api.add_api_key(name="metrics", expires="2099-12-31 00:00:00", active=True)
    key, number = added["key"], added["keyID"]
    assert metrics(key) == 200
    assert (api.get_api_key(number)["name"], api.get_api_key(number)["active"]) == ("metrics", True)
    assert api.disable_api_key(number)["msg"] == "successDisabled"
    assert metrics(key) == 401
    assert api.enable_api_key(number)["msg"] == "successEnabled"
    assert metrics(key) == 200
    assert api.delete_api_key(number)["msg"] == "successDeleted"
    assert metrics(key) == 401


@step
def settings(session: Session) -> None:
    api = session.api
    zone = api.get_settings()["serverTimezone"]
    assert zone
    saved = api.set_settings(keepDataPeriodDays=90, serverTimezone=zone, primaryBaseURL="http://here")
    assert saved["msg"] == "Saved."
    found = api.get_settings()
    assert (found["keepDataPeriodDays"], found["primaryBaseURL"]) == (90, "http://here")
    assert found["tlsExpiryNotifyDays"] == [7, 14, 21]


@step
def tools(session: Session) -> None:
    api = session.api
    assert api.get_database_size()["size"] > 0
    assert api.shrink_database() == {}
    assert isinstance(api.check_apprise(), bool)
    assert isinstance(api.get_game_list(), list)
    push = session.monitors["push"]
    assert api.clear_events(push) == {}
    assert [beat["msg"] for beat in api.get_monitor_beats(push, 1) if beat["msg"]] == []
    assert api.clear_heartbeats(push) == {}
    assert api.get_monitor_beats(push, 1) == []
    assert api.clear_statistics() == {}


# --- the end ----------------------------------------------------------------------------------------------


@step
def delete_monitors(session: Session) -> None:
    session.before_deleting()
    for number in session.monitors.values():
        assert session.api.delete_monitor(number)["msg"] == "successDeleted"
    session.reopen()
    assert session.api.get_monitors() == []


@step
def change_password(session: Session) -> None:
    session.password = "Another-5678"
    assert session.api.change_password(PASSWORD, session.password)["msg"] == "successAuthChangePassword"
    session.api.disconnect()
    session.api = session.connect()
    with refused(session, "authInvalidToken"):
        session.api.login_by_token(session.token)
    session.log_in()
